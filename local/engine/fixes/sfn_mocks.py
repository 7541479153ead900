"""A mocked answer counts for one attempt, and goes through the state like a real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place


@fix("mocked-attempts")
def answer_each_attempt_by_its_own_mock(_setup: Setup) -> None:
    """Every attempt of a state, retries and further visits counted on, takes the answer of its own number.

    AWS: Step Functions developer guide, "Using mocked service integrations": the keys of a mocked response are
    attempts ("0", "1-2"), so that a state fails twice and then succeeds; the answer is recorded in the history.
    """
    lookup = stepfunctions._get_mock_response
    around(stepfunctions, "_get_mock_response", lambda _original: _none)
    for name in ("_invoke_resource_with_timeout", "_invoke_with_callback", "_invoke_resource"):
        around(stepfunctions, name, lambda original: _mocked(original, lookup))


def _none(*_given: Any) -> None:
    return None


def _mocked(original: Callable[..., Any], lookup: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(*given: Any) -> Any:
        where = place.here.get()
        execution = stepfunctions._executions.get(where.execution) if where is not None else None
        if where is None or not execution or not execution.get("testCase"):
            return original(*given)
        attempts, name = execution["mockAttempts"], where.path[-1]
        found = lookup(where.machine, execution["testCase"], name, attempts.get(name, 0))
        if found is None:
            return original(*given)
        attempts[name] = attempts.get(name, 0) + 1
        if "Throw" not in found:
            return found.get("Return", {})
        thrown = found["Throw"]
        raise stepfunctions._ExecutionError(thrown.get("Error", "MockError"), thrown.get("Cause", ""))

    return invoke
