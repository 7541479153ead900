"""What the deployed stack says of itself (CONTRACT.md 2, outputs)."""

from __future__ import annotations

from botocore.exceptions import ClientError

from console.aws import Aws
from console.errors import ConsoleError, ExitCode


def output(aws: Aws, name: str) -> str:
    """Raises `ConsoleError` where the stack, or this output of it, is not there."""
    try:
        stacks = aws.client("cloudformation").describe_stacks(StackName=aws.names.stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        stacks = []
    outputs = stacks[0].get("Outputs", []) if stacks else []
    found = next((str(one["OutputValue"]) for one in outputs if one["OutputKey"] == name), None)
    if found is None:
        raise ConsoleError(
            ExitCode.AWS_TROUBLE, f"the stack {aws.names.stack} in {aws.env} has no output {name}",
            "deploy this version of it",
        )  # fmt: skip
    return found
