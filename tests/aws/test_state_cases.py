"""Of a run's history and its mocks come questions whose answers are known beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.state_cases import StateCase, Thrown, answer_of, distinct, of_run, unaskable

CATCH = [{"ErrorEquals": ["Refused"], "Next": "Told"}, {"ErrorEquals": ["States.ALL"], "Next": "Broke"}]
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:lambda:eu-central-1:000000000000:function:one",
    "Retry": [{"ErrorEquals": ["Transient"], "MaxAttempts": 2}],
    "Catch": CATCH,
    "Next": "Told",
}
DEFINITION = {
    "StartAt": "Work",
    "States": {
        "Work": TASK,
        "Told": {"Type": "Choice", "Choices": [], "Default": "End"},
        "Broke": {"Type": "Fail", "Error": "Broken"},
        "End": {"Type": "Succeed"},
    },
}


def ran(*names: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for name in names:
        events.append({"type": "XStateEntered", "stateEnteredEventDetails": {"name": name, "input": "{}"}})
        if name != "Broke":
            events.append({"type": "XStateExited", "stateExitedEventDetails": {"name": name, "output": '"out"'}})
    return events


def thrown(error: str) -> dict[str, Any]:
    return {"Throw": {"Error": error, "Cause": "mocked"}}


def asked(answers: dict[str, Any], *names: str) -> list[StateCase]:
    return list(of_run("m", DEFINITION, {"Work": answers}, ran(*names)))


def test_an_answer_is_expected_to_go_on_with_the_output_that_was_seen() -> None:
    work, told, end = asked({"0": {"Return": {"a": 1}}}, "Work", "Told", "End")
    assert work == StateCase("m", "Work", "{}", '{"a": 1}', None, "SUCCEEDED", "Told", '"out"')
    assert told == StateCase("m", "Told", "{}", None, None, "SUCCEEDED", "End", '"out"')
    assert end == StateCase("m", "End", "{}", None, None, "SUCCEEDED", None, '"out"')


def test_an_error_is_retried_as_often_as_its_retrier_says_and_then_caught() -> None:
    work = asked({"0-2": thrown("Transient")}, "Work", "Broke")[:-1]
    assert [(one.status, one.thrown, one.after) for one in work] == [
        ("RETRIABLE", Thrown("Transient", "mocked", 0), None),
        ("RETRIABLE", Thrown("Transient", "mocked", 1), None),
        ("CAUGHT_ERROR", Thrown("Transient", "mocked", 2), "Broke"),
    ]
    assert work[-1].output == '"out"'


def test_after_a_retry_the_next_attempts_answer_counts() -> None:
    work = asked({"0": thrown("Transient"), "1": {"Return": 7}}, "Work", "Told", "End")[:2]
    assert [(one.status, one.returned) for one in work] == [("RETRIABLE", None), ("SUCCEEDED", "7")]


def test_an_error_that_no_retrier_takes_goes_to_the_first_catcher_that_does() -> None:
    (work, *_) = asked({"0": thrown("Refused")}, "Work", "Told", "End")
    assert (work.status, work.after, work.error) == ("CAUGHT_ERROR", "Told", "Refused")


def test_an_error_that_nothing_takes_fails() -> None:
    (work,) = asked({"0": thrown("States.DataLimitExceeded")}, "Work")
    assert (work.status, work.after, work.error) == ("FAILED", None, "States.DataLimitExceeded")


def test_a_second_visit_takes_the_next_attempts_answer() -> None:
    answers = {"0": {"Return": 1}, "1": thrown("Refused")}
    work = [one for one in asked(answers, "Work", "Told", "Work", "Told", "End") if one.state == "Work"]
    assert [one.status for one in work] == ["SUCCEEDED", "CAUGHT_ERROR"]


def test_a_fail_is_expected_with_its_error() -> None:
    *_, broke = asked({"0": thrown("Broken")}, "Work", "Broke")
    assert (broke.status, broke.error, broke.output) == ("FAILED", "Broken", None)


def test_every_catcher_of_a_parallel_is_asked_about() -> None:
    inner = {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}}
    definition = {
        "StartAt": "Both",
        "States": {"Both": {"Type": "Parallel", "Branches": [inner], "Catch": CATCH, "Next": "Told"}},
    }
    events = ran("Both", "One")
    history = [events[0], *events[2:], events[1]]
    both = [one for one in of_run("m", definition, {}, history) if one.state == "Both"]
    assert [(one.status, one.after, one.returned) for one in both] == [
        ("SUCCEEDED", "Told", '["out"]'),
        ("CAUGHT_ERROR", "Told", None),
        ("CAUGHT_ERROR", "Broke", None),
    ]


@pytest.mark.parametrize(("attempt", "found"), [(0, "a"), (1, "b"), (3, "b"), (4, None)])
def test_a_key_is_one_attempt_or_several(attempt: int, found: str | None) -> None:
    answers = {"0": {"Return": "a"}, "1-3": {"Return": "b"}}
    assert (answer_of(answers, attempt) or {}).get("Return") == found


def test_the_same_question_is_asked_once() -> None:
    one = StateCase("m", "Work", "{}", "1", None, "SUCCEEDED", "Told", "1")
    other = StateCase("m", "Work", '{"x":1}', "2", None, "SUCCEEDED", "Told", "2")
    elsewhere = StateCase("m", "Work", "{}", None, Thrown("Refused", "mocked"), "CAUGHT_ERROR", "Told")
    assert distinct([one, other, elsewhere]) == [one, elsewhere]


def test_who_reads_the_context_object_without_a_mock_cannot_be_asked() -> None:
    assert unaskable({"Type": "Pass", "Parameters": {"at.$": "$$.Execution.StartTime"}})
    assert unaskable({"Type": "Pass", "Parameters": {"at.$": "$.at"}}) is None
    assert unaskable({"Type": "Task", "Parameters": {"at.$": "$$.Execution.StartTime"}}) is None
