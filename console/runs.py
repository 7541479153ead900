"""Runbooks and executions of an environment: which there are, start one, find one, how one ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from console.aws import Aws
from console.errors import ConsoleError, ExitCode
from console.live.steps import Run
from functions.ids import incident_id_for
from infra.paths import STATEMACHINES

ENDED = {
    "SUCCEEDED": ExitCode.OK, "FAILED": ExitCode.RUN_FAILED,
    "TIMED_OUT": ExitCode.RUN_TIMED_OUT, "ABORTED": ExitCode.RUN_ABORTED,
}  # fmt: skip
BY_ERROR = {"Escalated": ExitCode.ESCALATED, "InvalidInput": ExitCode.INVALID_INPUT}
GONE = frozenset({"ExecutionDoesNotExist", "InvalidArn", "StateMachineDoesNotExist", "ValidationException"})


def exit_code(run: Run) -> ExitCode:
    """Of a run that has ended."""
    if run.status == "FAILED" and run.error in BY_ERROR:
        return BY_ERROR[run.error]
    return ENDED.get(run.status, ExitCode.RUN_FAILED)


def check_runbook(runbook: str) -> None:
    """Refuses a name that no folder in `statemachines/` has."""
    known = sorted(path.parent.name for path in STATEMACHINES.glob("*/machine.asl.yaml"))
    if runbook not in known:
        raise ConsoleError(
            ExitCode.UNKNOWN_RUNBOOK, f"there is no runbook {runbook!r}", f"there are {', '.join(known)}"
        )


def start(aws: Aws, runbook: str, given: Mapping[str, Any]) -> str:
    """Starts a run and returns its ARN."""
    check_runbook(runbook)
    machine = aws.names.machine_arn(runbook)
    try:
        started = aws.client("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps(given))
    except ClientError as error:
        if error.response["Error"]["Code"] == "StateMachineDoesNotExist":
            raise ConsoleError(
                ExitCode.UNKNOWN_RUNBOOK, f"{runbook} is not deployed in {aws.env} ({machine})",
                "deploy the stack first",
            ) from error  # fmt: skip
        raise
    return str(started["executionArn"])


def find(aws: Aws, wanted: str) -> str:
    """The ARN of an execution given by its ARN, or by its name (looked for in every runbook)."""
    client = aws.client("stepfunctions")
    if wanted.startswith("arn:"):
        candidates = [wanted]
    else:
        machines = sorted(path.parent.name for path in STATEMACHINES.glob("*/machine.asl.yaml"))
        candidates = [aws.names.arn("states", f"execution:{aws.names.machine(m)}:{wanted}") for m in machines]
    for arn in candidates:
        try:
            client.describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
        else:
            return arn
    raise ConsoleError(
        ExitCode.NOT_FOUND, f"there is no execution {wanted!r} in {aws.env}",
        "give its ARN, or its name as the console shows it (AWS keeps them for 90 days)",
    )  # fmt: skip


def incident_of(aws: Aws, execution_arn: str) -> Mapping[str, Any] | None:
    """The incident of a run; None where there is none or where it may not be read."""
    key = {"incident_id": incident_id_for(execution_arn)}
    try:
        item = aws.table(aws.names.incidents_table).get_item(Key=key, ConsistentRead=True).get("Item")
    except ClientError:
        return None
    return shown(item) if item else None


def shown(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item with its acts as a list also while the run goes on (they stand in `intents` until its end)."""
    if "actions" in item:
        return item
    intents = item.get("intents") or {}
    return {**item, "actions": sorted(intents.values(), key=lambda act: str(act.get("at")))}
