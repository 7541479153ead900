"""A mocked answer counts for one attempt, and goes through the state like a real one.

Three things besides what Step Functions Local's mock file knows, for faults in runs that nobody starts by hand:

- The test case `*` of a machine applies to its executions that were started without one: by a rule, by a detector,
  as a child. Its attempts are counted over all of them since the mock file was set, so that what fails once fails
  once and not once in each execution.
- `{"Throw": {...}, "Done": true}`: the real call is made and its answer is lost.
- `{"Stop": "cause"}`: the execution is stopped, as by StopExecution, while the real call is at work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, copy_context
from threading import Lock, Timer
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place
from local.engine.sfn.scope import current

ANY = "*"
# A function has been called by then, and no function of ours has answered.
SOON_SECONDS = 0.03
# The state whose answer was looked up already: ministack's ways of calling call one another.
_at_work: ContextVar[place.Place | None] = ContextVar("at_work", default=None)


@fix("mocked-attempts")
def answer_each_attempt_by_its_own_mock(_setup: Setup) -> None:
    """Every attempt of a state, retries and further visits counted on, takes the answer of its own number.

    AWS: Step Functions developer guide, "Using mocked service integrations": the keys of a mocked response are
    attempts ("0", "1-2"), so that a state fails twice and then succeeds; the answer is recorded in the history.
    """
    lookup = stepfunctions._get_mock_response
    counted = _Counted()
    around(stepfunctions, "_get_mock_response", lambda _original: _none)
    around(stepfunctions, "_run_execution", _with_the_case_of_all)
    for name in ("_invoke_resource_with_timeout", "_invoke_with_callback", "_invoke_resource"):
        around(stepfunctions, name, lambda original: _mocked(original, lookup, counted))


def _none(*_given: Any) -> None:
    return None


def _with_the_case_of_all(original: Callable[[str], Any]) -> Callable[[str], Any]:
    def run_execution(arn: str) -> Any:
        execution = stepfunctions._executions.get(arn)
        machines = (stepfunctions._sfn_mock_config or {}).get("StateMachines", {})
        cases = machines.get(place.machine_of(arn), {}).get("TestCases", {})
        if execution and not execution.get("testCase") and ANY in cases:
            execution["testCase"] = ANY
        return original(arn)

    return run_execution


class _Counted:
    """How often each state was worked on: of one execution, or since the mock file was set."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._file: Any = None
        self._shared: Counter[tuple[str, str]] = Counter()

    def taken(self, execution: dict[str, Any], machine: str, name: str, lookup: Callable[..., Any]) -> Any:
        """The answer of this attempt, which counts as made; None where the file has none for it."""
        case, own = execution["testCase"], execution["mockAttempts"]
        with self._lock:
            if self._file is not stepfunctions._sfn_mock_config:
                self._file, self._shared = stepfunctions._sfn_mock_config, Counter()
            attempt = self._shared[machine, name] if case == ANY else own.get(name, 0)
            found = lookup(machine, case, name, attempt)
            if case == ANY:
                # A later one may be mocked where this one is not.
                self._shared[machine, name] += 1
            elif found is not None:
                own[name] = attempt + 1
            return found


def _mocked(original: Callable[..., Any], lookup: Callable[..., Any], counted: _Counted) -> Callable[..., Any]:
    def invoke(*given: Any) -> Any:
        where = place.here.get()
        execution = stepfunctions._executions.get(where.execution) if where is not None else None
        if where is None or not execution or not execution.get("testCase") or _at_work.get() is where:
            return original(*given)
        token = _at_work.set(where)
        try:
            found = counted.taken(execution, where.machine, where.path[-1], lookup)
            if found is None:
                return original(*given)
            if "Stop" in found:
                return _stopped(where.execution, found["Stop"], original, given)
            if "Throw" not in found:
                return found.get("Return", {})
            if found.get("Done"):
                _done(original, given)
        finally:
            _at_work.reset(token)
        thrown = found["Throw"]
        raise stepfunctions._ExecutionError(thrown.get("Error", "MockError"), thrown.get("Cause", ""))

    return invoke


def _done(original: Callable[..., Any], given: tuple[Any, ...]) -> None:
    """The real call; what it answers is lost, whatever it is. Raises Stopped where the execution is stopped."""
    with suppress(stepfunctions._ExecutionError):
        original(*given)
    current().check()


def _stopped(arn: str, cause: str, original: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    """Raises Stopped."""
    asked = {"executionArn": arn, "error": "", "cause": cause}
    stop = Timer(SOON_SECONDS, copy_context().run, (stepfunctions._stop_execution, asked))
    stop.start()
    with suppress(stepfunctions._ExecutionError):
        original(*given)
    stop.join()
    current().check()
    raise stepfunctions._ExecutionError("MockError", f"{arn} could not be stopped")
