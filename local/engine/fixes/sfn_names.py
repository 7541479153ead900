"""StartExecution is idempotent by name and strict about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
LONGEST_NAME = 80
LARGEST_INPUT = 262_144


@fix("execution-names")
def check_names(_setup: Setup) -> None:
    """Same name and input while running: the same execution. Ended, or another input: it exists already.

    AWS: Step Functions API reference, StartExecution (name, idempotency, InvalidName,
    InvalidExecutionInput, ExecutionAlreadyExists).
    """
    around(stepfunctions, "_start_execution", _checked)


def _checked(original: Callable[..., Any]) -> Callable[..., Any]:
    def start_execution(data: dict[str, Any]) -> Any:
        name, given = data.get("name"), data.get("input", "{}")
        if name is not None and (not 1 <= len(name) <= LONGEST_NAME or FORBIDDEN.search(name)):
            return stepfunctions.error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
        try:
            if len(given.encode()) > LARGEST_INPUT:
                raise ValueError("too large")
            json.loads(given)
        except ValueError as error:
            told = f"Invalid State Machine Execution Input: '{error}'"
            return stepfunctions.error_response_json("InvalidExecutionInput", told, 400)
        running = _running(data.get("stateMachineArn", ""), name, given) if name else None
        if running is not None:
            body = {"executionArn": running["executionArn"], "startDate": running["startDate"]}
            return stepfunctions.json_response(body)
        return original(data)

    return start_execution


def _running(machine: str, name: str, given: str) -> dict[str, Any] | None:
    base = stepfunctions._resolve_state_machine_arn(machine.split("#")[0])
    if base is None:
        return None
    arn = base.replace(":stateMachine:", ":execution:") + f":{name}"
    found: dict[str, Any] | None = stepfunctions._executions.get(arn)
    same = found is not None and found["status"] == "RUNNING" and found["input"] == given
    return found if same else None
