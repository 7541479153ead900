"""A fault that is tried again changes nothing of the end; and scenarios that end well come first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sweep import plan
from tests.sweep.faults import FOR_EVER, Fault
from tests.sweep.places import places
from tests.sweep.wanted import otherwise, taken_back, wanted

STATE: dict[str, Any] = {"Retry": [{"ErrorEquals": ["Transient", "Sandbox.Timedout"], "MaxAttempts": 2}]}
ONE = Fault("transient once", "Transient")


@pytest.mark.parametrize(
    ("fault", "state", "expected"),
    [
        (ONE, STATE, True),
        (Fault("timeout, done", "Sandbox.Timedout", done=True), STATE, True),
        (Fault("transient for ever", "Transient", FOR_EVER), STATE, False),
        (Fault("refused", "Refused"), STATE, False),
        (Fault("stopped", None), STATE, False),
        (ONE, {}, False),
        (ONE, {"Retry": [{"ErrorEquals": ["Transient"], "MaxAttempts": 0}, *STATE["Retry"]]}, False),
        (ONE, {"Retry": [{"ErrorEquals": ["States.ALL"]}]}, True),
        (ONE, {"Retry": [{"ErrorEquals": ["States.TaskFailed"]}]}, True),
        (Fault("timeout", "States.Timeout"), {"Retry": [{"ErrorEquals": ["States.TaskFailed"]}]}, False),
        (Fault("nobody answers", "Transient", done=True, silent=True), STATE, False),
    ],
)
def test_the_states_own_retry_says_what_is_taken_back(fault: Fault, state: dict[str, Any], expected: bool) -> None:
    assert taken_back(fault, state) == expected


def test_what_is_taken_back_must_end_as_without_it() -> None:
    [place] = [one for one in places() if str(one) == "restart-strategies/StopStrategy"]
    assert wanted(place, ONE, "resolved") == "resolved"
    assert wanted(place, Fault("broken", "Broken", FOR_EVER), "resolved") is None
    assert wanted(place, ONE, None) is None, "nobody knows yet how it ends without it"
    assert otherwise("escalated", "resolved") == [
        "as if nothing had happened: a fault that is tried again ended it as escalated, not resolved"
    ]
    assert otherwise("resolved", "resolved") == otherwise("escalated", None) == []


def test_a_scenario_that_ends_well_comes_before_a_shorter_one_that_does_not() -> None:
    [place] = [one for one in places() if str(one) == "resume-trading/Conclude"]
    short = {"seconds": 5, "outcome": "escalated", "walked": [str(place)]}
    found: dict[str, dict[str, Any]] = {"one stays silent": short, "resume": {**short, "seconds": 20}}
    chosen = plan.scenario_for(place, found)
    assert chosen is not None
    assert chosen.name == "one stays silent"
    found["resume"]["outcome"] = "resolved"
    chosen = plan.scenario_for(place, found)
    assert chosen is not None
    assert chosen.name == "resume"
