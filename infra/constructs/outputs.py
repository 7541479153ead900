"""What a person or a program needs to know of the deployed stack (CONTRACT.md 2)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aws_cdk import CfnOutput
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.links import dashboard_url, emergency_stop_url
from infra.constructs.direct_stop import DirectStop
from infra.names import Names


def outputs(
    stack: Construct,
    names: Names,
    machines: Sequence[str],
    reports: s3.IBucket,
    approvals_url: str,
    direct: DirectStop | None,
) -> None:
    """What does not exist has no output; `direct` is there where emergency-stop is."""
    by_name = {machine: names.machine_arn(machine) for machine in machines}
    CfnOutput(
        stack,
        "StateMachineArns",
        value=json.dumps(by_name, sort_keys=True),
        description="JSON: the ARN of each state machine by its runbook",
    )
    CfnOutput(stack, "ReportsBucket", value=reports.bucket_name, description="Incident reports")
    CfnOutput(stack, "ApprovalsUrl", value=approvals_url, description="Where people see and answer questions")
    CfnOutput(stack, "DashboardUrl", value=dashboard_url(names.settings), description="How the runbooks go")
    if direct:
        CfnOutput(
            stack,
            "EmergencyStopConsoleUrl",
            value=emergency_stop_url(names.settings),
            description="Start execution with {} to stop all trading",
        )
        CfnOutput(
            stack,
            "EmergencyStopDirectPolicyArn",
            value=direct.policy.managed_policy_arn,
            description="For those who may stop all trading without Step Functions; attached to nobody",
        )
