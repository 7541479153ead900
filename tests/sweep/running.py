"""One case from a healthy platform to its verdict."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from tests.e2e.platform import Platform
from tests.sweep.faults import SAID, Fault, mock_file
from tests.sweep.laws import broken_laws
from tests.sweep.people import People
from tests.sweep.places import Place
from tests.sweep.scenarios import Scenario
from tests.sweep.seen import PREFIX, Seen, look
from tests.sweep.waiting import ended, settled


@dataclass(frozen=True)
class Case:
    """`place` and `fault` None: the scenario as it is, with nothing mocked but what leads to its place."""

    scenario: Scenario
    place: Place | None = None
    fault: Fault | None = None

    def __str__(self) -> str:
        return f"{self.place or '-'}: {self.fault.name if self.fault else '-'} ({self.scenario.name})"


@dataclass(frozen=True)
class Verdict:
    """`outcome`: the word of the run that the scenario started. `hit`: whether the fault struck at all. `walked`:
    states that were worked on, as `machine/state`. `seen`: all of what was judged, so that a law which comes later
    can judge it too."""

    outcome: str
    hit: bool
    wrong: tuple[str, ...]
    walked: tuple[str, ...]
    seconds: float
    seen: Seen


def judged(platform: Platform, case: Case, around: AbstractContextManager[None] | None = None) -> Verdict:
    """Raises AssertionError where the platform or the scenario does not come to begin, or to an end. `around`: the
    run itself, and nothing that leads to it."""
    began = time.monotonic()
    platform.reset()
    platform.silence_the_alarm()
    platform.silence_the_detector()
    given = case.scenario.prepare(platform)
    prepared = {arn for machine in platform.state_machines for arn in platform.new_runs(machine)}
    platform._before |= prepared
    _mock(platform, mock_file(PREFIX, _answers(case)))
    _throttle(platform, case)
    try:
        with around or nullcontext():
            main = platform.start(case.scenario.runbook, given)
            people = People(platform, case.scenario.says, case.scenario.people, _silent(case))
            ended(platform, [main], people, case.scenario.seconds)
            settled(platform, [main], people)
    finally:
        _mock(platform, {})
    seen = look(platform, main)
    return Verdict(
        outcome=_outcome(seen),
        hit=_hit(seen, case),
        wrong=tuple(broken_laws(seen)),
        walked=tuple(sorted({f"{one.machine}/{state}" for one in seen.executions for state in one.states})),
        seconds=round(time.monotonic() - began, 1),
        seen=seen,
    )


def _answers(case: Case) -> dict[tuple[str, str], Mapping[str, Any]]:
    found = dict(case.scenario.before)
    if case.place is not None and case.fault is not None:
        found[case.place.machine, case.place.state] = case.fault.answers()
    return found


def _mock(platform: Platform, file: Mapping[str, Any]) -> None:
    platform.http("POST", "/_ministack/config", {"stepfunctions._sfn_mock_config": file})


def _throttle(platform: Platform, case: Case) -> None:
    """Until the next reset."""
    if case.place is not None and case.place.task is not None and case.fault is not None and case.fault.real:
        platform.throttle_function(_function(case.place.task))


def _silent(case: Case) -> tuple[str, str] | None:
    """Where nobody answers: (machine, state)."""
    if case.place is None or case.fault is None or not case.fault.silent:
        return None
    return case.place.machine, case.place.state


def _function(task: str) -> str:
    return task.replace("_", "-")


def _outcome(seen: Seen) -> str:
    [main] = [one for one in seen.executions if one.arn == seen.main]
    return str(main.output.get("outcome") or seen.incident(main.arn).get("outcome") or main.status.lower())


def _hit(seen: Seen, case: Case) -> bool:
    if case.place is None or case.fault is None:
        return True
    if case.fault.error is None:
        stopped = [one for one in seen.executions if one.status == "ABORTED" and one.cause == SAID]
        return any(one.machine == case.place.machine and case.place.state in one.states for one in stopped)
    own = [one for one in seen.executions if one.machine == case.place.machine]
    if case.fault.real and case.place.task is not None:
        return any(case.place.state in one.states and _function(case.place.task) in one.throttled for one in own)
    return any(one.hits for one in own)
