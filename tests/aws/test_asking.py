"""Every question has the shape that AWS's own model of the API takes, and every answer is compared whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from local.engine.process import Engine
from tests.aws.asking import ask, judge, request
from tests.aws.recording import recorded
from tests.aws.state_cases import StateCase, Thrown, unaskable
from tests.aws.visits import states
from tests.containers.lane import Cases

# A Map, a Parallel with a callback and a child in it, a budget that loops.
FOLDERS = ("restart-strategies", "raise-memory", "test-order")
Recorded = tuple[Cases, list[StateCase]]


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return recorded(tmp_path_factory.mktemp("recorded"), FOLDERS)


def expected(case: StateCase) -> dict[str, Any]:
    """The answer for which the case was made."""
    told = {"status": case.status, "nextState": case.after, "output": case.output, "error": case.error}
    return {name: one for name, one in told.items() if one is not None}


def test_every_state_of_a_machine_is_asked_about(questions: Recorded) -> None:
    given, cases = questions
    for folder, definition in given.machines.items():
        assert {one.state for one in cases if one.machine == folder} == {name for name, _ in states(definition)}
    assert {one.status for one in cases} == {"SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"}


def test_every_question_and_its_answer_fit_awss_model(questions: Recorded, stub: Stubber) -> None:
    given, cases = questions
    for case in cases:
        definition = given.machines[case.machine]
        stub.add_response("test_state", expected(case), request(case, definition))
        assert ask(stub.client, case, definition) is None, case


def test_no_task_is_ever_asked_about_without_a_mock(questions: Recorded) -> None:
    given, cases = questions
    for case in cases:
        kind = dict(states(given.machines[case.machine]))[case.state]["Type"]
        asked = request(case, given.machines[case.machine])
        assert ("mock" in asked) == (kind in ("Task", "Parallel", "Map"))
        assert ("context" in asked) == ("mock" in asked), "AWS takes a context object only with a mock"
        assert "roleArn" not in asked
    task = next(one for one in cases if one.returned is not None)
    with pytest.raises(ValueError, match="a Task, is not mocked"):
        request(replace(task, returned=None), given.machines[task.machine])


def test_a_state_inside_another_is_given_alone(questions: Recorded) -> None:
    given, cases = questions
    definition = given.machines["restart-strategies"]
    inner = next(one for one in cases if one.state == "StopStrategy" and one.returned is not None)
    asked = request(inner, definition)
    assert "stateName" not in asked
    assert json.loads(asked["definition"])["Type"] == "Task"
    outer = request(next(one for one in cases if one.state == "PlanRestart"), definition)
    assert outer["stateName"] == "PlanRestart"
    assert json.loads(outer["definition"])["StartAt"] == "PlanRestart"


def test_the_embedded_engines_own_test_state_agrees_where_it_has_one(questions: Recorded) -> None:
    given, cases = questions
    asked = 0
    with Engine.start(platform=False) as engine:
        client: Any = boto3.client(
            "stepfunctions",
            endpoint_url=engine.endpoint_url,
            region_name=engine.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            # AWS's own host name begins with `sync-`; 127.0.0.1 has no such names.
            config=Config(inject_host_prefix=False),
        )
        for case in cases:
            definition = given.machines[case.machine]
            state = dict(states(definition))[case.state]
            # It knows no retries, no token in its context, and neither Parallel nor Map.
            known = state["Type"] not in ("Parallel", "Map") and ".waitForTaskToken" not in state.get(
                "Resource", ""
            )
            if known and case.status != "RETRIABLE" and not unaskable(state):
                assert ask(client, case, definition) is None, case
                asked += 1
    assert asked > len(cases) / 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"status": "SUCCEEDED", "nextState": "Next", "output": '{"b": 2, "a": 1}'}, None),
        ({"status": "FAILED", "error": "States.Runtime"}, "status: SUCCEEDED | FAILED"),
        ({"status": "SUCCEEDED", "nextState": "Other", "output": "{}"}, "nextState: Next | Other"),
        (
            {"status": "SUCCEEDED", "nextState": "Next", "output": '{"a": 1}'},
            """output: {"a":1,"b":2} | {"a": 1}""",
        ),
        ({"status": "SUCCEEDED", "nextState": "Next"}, """output: {"a":1,"b":2} | None"""),
    ],
)
def test_an_answer_is_compared_whole(answer: dict[str, str], told: str | None) -> None:
    assert judge(StateCase("m", "One", "{}", "1", None, "SUCCEEDED", "Next", '{"a":1,"b":2}'), answer) == told


def test_another_error_is_a_difference() -> None:
    case = StateCase("m", "One", "{}", None, Thrown("Refused", "no"), "FAILED", None, error="Refused")
    assert judge(case, {"status": "FAILED", "error": "Refused", "cause": "no"}) is None
    assert judge(case, {"status": "FAILED", "error": "States.Runtime"}) == "error: Refused | States.Runtime"


def test_what_aws_refuses_is_told_and_not_raised(questions: Recorded, stub: Stubber) -> None:
    given, cases = questions
    stub.add_client_error("test_state", "ValidationException", "State type 'Pass' is not supported")
    told = ask(stub.client, cases[0], given.machines[cases[0].machine])
    assert told is not None
    assert told.startswith("refused: ")
    assert "is not supported" in told
