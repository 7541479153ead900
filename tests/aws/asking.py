"""A question to TestState, and whether AWS answers as the embedded engine did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.engine.environment import ACCOUNT_ID, REGION
from tests.aws.state_cases import StateCase
from tests.aws.visits import states

_MOMENT = "2026-01-01T00:00:00.000Z"
_ARN = f"arn:aws:states:{REGION}:{ACCOUNT_ID}"


def request(case: StateCase, definition: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords of `test_state`. A task is never asked about without a mock: AWS would call it."""
    state = dict(states(definition))[case.state]
    # A state inside a Parallel or a Map is given alone: `stateName` names one of the machine's own.
    named = case.state in definition["States"]
    asked: dict[str, Any] = {"definition": json.dumps(definition if named else state), "input": case.given}
    if named:
        asked["stateName"] = case.state
    mocked = case.returned is not None or case.thrown is not None
    kind = state["Type"]
    if mocked != (kind in ("Task", "Parallel", "Map")):
        raise ValueError(f"{case.machine}: {case.state}, a {kind}, {'is' if mocked else 'is not'} mocked")
    if mocked:
        asked["context"] = json.dumps(context(case, kind))
    if case.returned is not None:
        # What a case returns is what the next states read of an answer, not the whole answer of an API.
        asked["mock"] = {"result": case.returned, "fieldValidationMode": "NONE"}
    if case.thrown is not None:
        asked["mock"] = {"errorOutput": {"error": case.thrown.error, "cause": case.thrown.cause}}
        if kind == "Task":
            asked["stateConfiguration"] = {"retrierRetryCount": case.thrown.retried}
    return asked


def context(case: StateCase, kind: str) -> dict[str, Any]:
    """The context object, as the developer guide describes it; the token is a made-up one."""
    item = {} if kind == "Map" else {"Map": {"Item": {"Index": 0, "Value": {}}}}
    return {
        "Execution": {
            "Id": f"{_ARN}:execution:{case.machine}:asked",
            "Input": {},
            "Name": "asked",
            "RoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/asked",
            "StartTime": _MOMENT,
        },
        "State": {"EnteredTime": _MOMENT, "Name": case.state, "RetryCount": 0},
        "StateMachine": {"Id": f"{_ARN}:stateMachine:{case.machine}", "Name": case.machine},
        "Task": {"Token": "asked"},
        **item,
    }


def judge(case: StateCase, answer: Mapping[str, Any]) -> str | None:
    """How AWS's answer differs; None where it does not."""
    wanted = {"status": case.status, "nextState": case.after}
    if case.status != "SUCCEEDED":
        wanted["error"] = case.error
    for name, one in wanted.items():
        if answer.get(name) != one:
            return f"{name}: {one} | {answer.get(name)}"
    if case.output is not None and json.loads(answer.get("output", "null")) != json.loads(case.output):
        return f"output: {case.output[:200]} | {str(answer.get('output'))[:200]}"
    return None


def ask(client: Any, case: StateCase, definition: Mapping[str, Any]) -> str | None:
    """`client`: boto3's Step Functions. What differs, or what AWS refuses; None where all is as expected."""
    try:
        return judge(case, client.test_state(**request(case, definition)))
    except (ClientError, BotoCoreError) as error:
        return f"refused: {error}"
