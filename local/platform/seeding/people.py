"""Whom mail may come from, and the people who have an identity of their own."""

from __future__ import annotations

from local.platform.aws import Aws
from local.platform.names import IAM_USERS, MAIL_DOMAIN


def create_people(aws: Aws) -> None:
    """A verified domain of SES, out of the sandbox, and IAM users without keys or policies."""
    aws.client("sesv2").create_email_identity(EmailIdentity=MAIL_DOMAIN)
    for name in IAM_USERS:
        aws.client("iam").create_user(UserName=name)
