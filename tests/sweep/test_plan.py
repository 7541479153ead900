"""The sweep is made from the definitions: a new machine has faults the day it is added, or its states are holes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from local.engine.meter import points
from tests.definitions import machine, machines
from tests.sweep import faults, plan
from tests.sweep.places import Place, places, places_of
from tests.sweep.scenarios import BY_NAME, SCENARIOS

TWO = {
    "StartAt": "Outer",
    "States": {
        "Outer": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "In", "States": {"In": {"Type": "Task", "Resource": "${task:look}", "End": True}}}
            ],
            "Next": "Tell",
        },
        "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True},
    },
}


def test_every_task_state_of_every_definition_is_a_place() -> None:
    """Counted once more by the meter's own walk over the definitions."""
    assert list(places_of("two", TWO)) == [Place("two", "In", "function", "look"), Place("two", "Tell", "topic")]
    for one in machines():
        states = [point.state for point in points(one.name, one.machine) if point.kind == "state"]
        tasks = [state.rpartition("/")[2] for state in states if _at(one.machine, state)["Type"] == "Task"]
        found = [place.state for place in places() if place.machine == one.name]
        assert sorted(found) == sorted(tasks)


def _at(definition: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The state of that way through the states around it, `Outer/Inner`, as the meter tells it."""
    name, _, rest = path.partition("/")
    state: Mapping[str, Any] = definition["States"][name]
    if not rest:
        return state
    inner = [*state.get("Branches", ()), *(state[each] for each in ("ItemProcessor", "Iterator") if each in state)]
    [part] = [each for each in inner if rest.partition("/")[0] in each["States"]]
    return _at(part, rest)


def test_a_service_integration_without_faults_of_its_own_is_refused() -> None:
    state = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
    with pytest.raises(KeyError, match="sqs"):
        list(places_of("m", {"StartAt": "S", "States": {"S": state}}))


def test_every_kind_of_place_has_faults_with_names_of_their_own_and_can_be_stopped() -> None:
    for place in places():
        found = faults.faults_of(place)
        assert len({fault.name for fault in found}) == len(found)
        assert faults.STOPPED in found


def test_lambda_itself_throttles_a_function_unless_another_state_of_the_machine_calls_it() -> None:
    by_name = {str(place): place for place in places()}
    assert faults.BY_LAMBDA in faults.faults_of(by_name["stale-heartbeat/TakeGuard"])
    assert faults.BY_LAMBDA.answers() == {}
    both = [faults.faults_of(by_name[f"emergency-stop/{one}"]) for one in ("LookAtStop", "LookAgain")]
    assert all(faults.BY_LAMBDA not in one and faults.OF_THIS_STATE in one for one in both)


def test_the_mock_file_applies_to_executions_that_nobody_started_with_a_case() -> None:
    [once] = [one for one in faults.OF_A_FUNCTION if one.name == "uncertain, done"]
    file = faults.mock_file("env-", {("m", "S"): once.answers(), ("m", "T"): {}})
    assert file["StateMachines"] == {"env-m": {"TestCases": {"*": {"S": "m-S"}}}}
    assert file["MockedResponses"]["m-S"]["0"]["Throw"]["Error"] == "Uncertain"
    assert file["MockedResponses"]["m-S"]["0"]["Done"] is True


def test_what_a_scenario_breaks_on_the_way_exists() -> None:
    known = {(place.machine, place.state) for place in places()}
    assert all(set(one.before) <= known for one in SCENARIOS)
    assert all(machine(one.runbook) for one in SCENARIOS)


def test_what_was_walked_is_of_scenarios_and_places_that_there_are() -> None:
    found, known = plan.walks(), {str(place) for place in places()}
    assert set(found) <= set(BY_NAME)
    gone = {walked for one in found.values() for walked in one["walked"]} - known
    assert not gone, f"run `python -m tests.sweep --walks`: {gone} are no task states any more"


def test_every_place_is_tried_with_every_fault_or_is_a_hole() -> None:
    found = plan.walks()
    made = [(case.place, case.fault) for case in plan.cases(found)]
    assert len(set(made)) == len(made)
    empty = set(plan.holes(found))
    wanted = {(place, fault) for place in places() if place not in empty for fault in faults.faults_of(place)}
    assert set(made) == wanted


def test_the_holes_are_those_that_the_report_names() -> None:
    """Whoever adds a state adds a scenario that walks it, or it stands here and in docs/sweep.md."""
    assert {str(one) for one in plan.holes(plan.walks())} == set(plan.HOLES)
