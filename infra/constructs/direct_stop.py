"""Who may stop everything without Step Functions: a managed policy that the stack gives to nobody.

It is made of the grants of the stop's tasks, so that `runbooks emergency-stop --direct` may do what they may and
nothing besides. Whoever runs the desk attaches it to the operators' role.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.role import document, give_reasons
from infra.names import Names
from infra.policies import Statement, merged

_OUTPUTS = "the stack's id is CloudFormation's to give; its outputs name the bucket for reports"


class DirectStop(Construct):
    """`granted` are the statements of the tasks."""

    def __init__(self, scope: Construct, names: Names, granted: Sequence[Statement]) -> None:
        super().__init__(scope, "emergency-stop-direct")
        stack = names.arn("cloudformation", f"stack/{names.stack}/*")
        statements = merged([*granted, Statement(("cloudformation:DescribeStacks",), (stack,), _OUTPUTS)])
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            managed_policy_name=names.direct_policy,
            description="Stops all trading without Step Functions: runbooks emergency-stop --direct",
            document=document(statements),
        )
        give_reasons(self.policy, statements)
