"""What a person or a program needs to know of the deployed stack (CONTRACT.md 2)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aws_cdk import CfnOutput
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.names import Names

EMERGENCY_STOP = "emergency-stop"


def outputs(
    stack: Construct, names: Names, machines: Sequence[str], reports: s3.IBucket, approvals_url: str
) -> None:
    """What does not exist has no output."""
    by_name = {machine: names.machine_arn(machine) for machine in machines}
    CfnOutput(
        stack,
        "StateMachineArns",
        value=json.dumps(by_name, sort_keys=True),
        description="JSON: the ARN of each state machine by its runbook",
    )
    CfnOutput(stack, "ReportsBucket", value=reports.bucket_name, description="Incident reports")
    CfnOutput(stack, "ApprovalsUrl", value=approvals_url, description="Where people see and answer questions")
    if EMERGENCY_STOP in by_name:
        region = names.settings.region
        CfnOutput(
            stack,
            "EmergencyStopConsoleUrl",
            value=f"https://{region}.console.aws.amazon.com/states/home?region={region}"
            f"#/statemachines/view/{by_name[EMERGENCY_STOP]}",
            description="Start execution with {} to stop all trading",
        )
