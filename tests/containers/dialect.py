"""How an engine reads a mocked answer of a function that a state names by its ARN.

AWS's page shows answers of `lambda:invoke` only, which come as the API gives them. Whether a function named by its
ARN is answered in the same way, or by the function's own result alone, an engine is asked once, before the cases.
Source: developer guide, "Configuration file for mocked service integrations".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.engine.environment import ACCOUNT_ID, REGION
from tests.containers.plain import inside
from tests.containers.runs import Job, Ran

JOB = Job("probe", "asked", "{}")
_RESULT = {"probe": True}
_FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:"

MACHINE = {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": f"{_FUNCTION}probe", "End": True}}}
CASES: Mapping[str, Any] = {
    "StateMachines": {JOB.machine: {"TestCases": {JOB.case: {"Ask": "Asked"}}}},
    "MockedResponses": {"Asked": {"0": {"Return": {"StatusCode": 200, "Payload": _RESULT}}}},
}


class Unreadable(Exception):
    """The engine does neither; the message holds what it did."""


def unwraps(ran: Ran) -> bool:
    """Whether the function's result is what stands in the answer's `Payload`. Raises Unreadable."""
    outputs = [
        one["stateExitedEventDetails"]["output"] for one in ran.history if one["type"].endswith("StateExited")
    ]
    found = json.loads(outputs[-1]) if outputs else None
    if found == _RESULT:
        return True
    if isinstance(found, dict) and found.get("Payload") == _RESULT:
        return False
    raise Unreadable(f"the engine made {found} of a mocked answer ({ran.status})")


def wrapped(cases: Mapping[str, Any], machines: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The same mock file with every function's result as Lambda's Invoke brings it; machines by deployed name."""
    answers = dict(cases["MockedResponses"])
    for name, machine in machines.items():
        named = _by_arn(machine)
        for states in cases["StateMachines"].get(name, {"TestCases": {}})["TestCases"].values():
            for state, answer in states.items():
                if state in named:
                    answers[answer] = {key: _enclosed(one) for key, one in cases["MockedResponses"][answer].items()}
    return {**cases, "MockedResponses": answers}


def _enclosed(one: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Return": {"StatusCode": 200, "Payload": one["Return"]}} if "Return" in one else one


def _by_arn(machine: Mapping[str, Any]) -> set[str]:
    """States that name their function by its ARN."""
    found = set()
    for name, state in machine["States"].items():
        if str(state.get("Resource", "")).startswith("arn:aws:lambda:"):
            found.add(name)
        for one in inside(state):
            found |= _by_arn(one)
    return found
