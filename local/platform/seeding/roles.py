"""IAM roles that the platform's resources name; what they may do is the platform's affair, not the runbooks'."""

from __future__ import annotations

import json

from local.platform.aws import Aws


def create_role(aws: Aws, name: str, service: str) -> str:
    """A role that `service` may assume. Returns its ARN."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }
    made = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    arn: str = made["Role"]["Arn"]
    return arn
