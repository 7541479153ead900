"""Execution histories, as AWS and as the embedded engine write them: what is read, and what never comes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.adapters.histories import MOST_EXECUTIONS, StepFunctionsHistories
from functions.adapters.history_events import child_of, history_of
from functions.errors import Refused, Transient
from functions.history import History, StateSpan
from tests.adapters.rigs import MACHINES

RECORDED = Path(__file__).parents[1] / "console" / "histories"
SECRET = "AQCsAAAAKgAAAAMAAAAAAAAAAXvD4Vq8ZyRkZW1v"
START = datetime(2026, 1, 31, 3, 12, tzinfo=UTC)
Event = dict[str, Any]


def recorded(name: str) -> list[Event]:
    events: list[Event] = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))["events"]
    return [{**event, "timestamp": datetime.fromisoformat(event["timestamp"])} for event in events]


def execution(machine: str, name: str = "n") -> str:
    return f"{MACHINES.replace(':stateMachine:', ':execution:')}{machine}:{name}"


def told(events: Iterable[Event]) -> History:
    return history_of(execution("stale-heartbeat"), "stale-heartbeat", events)


class Client:
    """GetExecutionHistory over recorded histories, as its API Reference says: pages, and data only where asked."""

    def __init__(self, histories: Mapping[str, list[Event]]) -> None:
        self.histories, self.asked = dict(histories), list[dict[str, Any]]()
        self.refused: dict[str, str] = {}

    def get_execution_history(self, **given: Any) -> Mapping[str, Any]:
        self.asked.append(given)
        arn = given["executionArn"]
        if code := self.refused.get(arn) or (None if arn in self.histories else "ExecutionDoesNotExist"):
            raise ClientError({"Error": {"Code": code, "Message": "x"}}, "GetExecutionHistory")
        start = int(given.get("nextToken", 0))
        page = self.histories[arn][start : start + given["maxResults"]]
        more = start + len(page) < len(self.histories[arn])
        events = page if given["includeExecutionData"] else [without_data(event) for event in page]
        return {"events": events, **({"nextToken": str(start + len(page))} if more else {})}


def without_data(event: Event) -> Event:
    hidden = {"input", "output", "parameters"}
    return {
        key: {name: inner for name, inner in value.items() if name not in hidden}
        if isinstance(value, dict)
        else value
        for key, value in event.items()
    }


class OneClient:
    """In place of functions.adapters.aws.Aws."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def client(self, service: str, saying: object) -> Client:
        assert service == "stepfunctions"
        return self._client


def histories(client: Client, page: int = 1_000) -> StepFunctionsHistories:
    aws: Any = OneClient(client)
    return StepFunctionsHistories(aws, MACHINES, page=page)


def run_with(*children: str, name: str = "n") -> list[Event]:
    """A run that starts children one after the other, each submitted and done within ten seconds."""
    events: list[Event] = [{"type": "ExecutionStarted", "executionStartedEventDetails": {"input": SECRET}}]
    for number, child in enumerate(children):
        about = {"resourceType": "states", "resource": "startExecution.sync:2"}
        output = json.dumps({"ExecutionArn": child, "Input": SECRET})
        events += [
            {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": f"Child{number}", "input": SECRET}},
            {"type": "TaskScheduled", "taskScheduledEventDetails": {**about, "parameters": SECRET}},
            {"type": "TaskStarted", "taskStartedEventDetails": about},
            {"type": "TaskSubmitted", "taskSubmittedEventDetails": {**about, "output": output}},
            {"type": "TaskSucceeded", "taskSucceededEventDetails": {**about, "output": output}},
            {"type": "TaskStateExited", "stateExitedEventDetails": {"name": f"Child{number}", "output": SECRET}},
        ]
    events.append({"type": "ExecutionSucceeded", "executionSucceededEventDetails": {"output": SECRET}})
    stamped = [
        {"id": n + 1, "previousEventId": n, "timestamp": START + timedelta(seconds=n)} for n in range(len(events))
    ]
    return [{**stamp, **event} for stamp, event in zip(stamped, events, strict=True)]


def states(history: History) -> list[str]:
    return [span.state for span in history.spans]


def span(history: History, state: str) -> StateSpan:
    return next(one for one in history.spans if one.state == state)


@pytest.mark.parametrize("name", ["stale_heartbeat", "redeploy_service", "prove_recovery"])
def test_every_state_that_was_entered_has_one_stay_that_ends_after_it_began(name: str) -> None:
    events = recorded(name)
    found = told(events)
    assert found.events == len(events)
    assert found.status == "SUCCEEDED"
    assert states(found) == [
        event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")
    ]
    assert all(one.left_at is not None and one.left_at >= one.entered_at for one in found.spans)


def test_a_task_that_was_tried_again_tells_its_tries_and_its_last_error() -> None:
    failing = {(one.state, one.error, one.tries) for one in told(recorded("stale_heartbeat")).spans if one.error}
    assert failing == {("ProbeExchange", "States.Timeout", 1), ("ReadLogs", "Transient", 2)}


def test_who_waits_for_a_person_is_known_by_the_kind_of_its_task() -> None:
    found = told(recorded("waits_for_a_person"))
    asks = span(found, "AskAPerson")
    assert asks.asks
    assert asks.left_at is not None
    assert asks.left_at - asks.entered_at > timedelta(minutes=11)
    assert not any(one.asks for one in told(recorded("stale_heartbeat")).spans)


def test_a_question_that_lapsed_and_a_fail_state_tell_their_errors() -> None:
    found = told(recorded("callback"))
    assert (span(found, "AskToClose").error, span(found, "AskToClose").asks) == ("States.Timeout", True)
    assert span(found, "Escalated").kind == "Fail"
    assert (found.status, span(found, "Escalated").left_at) == ("FAILED", found.ended_at)


def test_a_run_that_was_stopped_never_left_its_last_state() -> None:
    found = told(recorded("aborted"))
    assert (found.status, span(found, "OpenVerification").left_at) == ("ABORTED", None)


def test_an_execution_without_an_end_goes_on() -> None:
    found = told(recorded("aborted")[:-1])
    assert (found.status, found.ended_at) == ("RUNNING", None)


def test_branches_side_by_side_each_leave_their_own_state() -> None:
    """Two branches in one state of the same name: the second is left first."""
    kinds = [("TaskStateEntered", 1), ("TaskStateEntered", 1), ("TaskScheduled", 3), ("TaskStateExited", 4)]
    events: list[Event] = [
        {"id": n + 2, "previousEventId": before, "type": kind, "timestamp": START + timedelta(seconds=n)}
        for n, (kind, before) in enumerate(kinds)
    ]
    for event in events:
        event["stateEnteredEventDetails"] = event["stateExitedEventDetails"] = {"name": "Stop"}
    first, second = told(events).spans
    assert (first.left_at, first.tries) == (None, 0)
    assert (second.left_at, second.tries) == (START + timedelta(seconds=3), 1)


@pytest.mark.parametrize("name", ["callback", "waits_for_a_person", "stale_heartbeat", "embedded"])
def test_nothing_of_inputs_outputs_parameters_and_causes_comes_out(name: str) -> None:
    events = recorded(name)
    arn = execution("stale-heartbeat")
    for event in events:
        for detail in event.values():
            if isinstance(detail, dict):
                detail |= {
                    key: f'"{SECRET}"' for key in ("input", "output", "parameters", "cause") if key in detail
                }
    assert SECRET in str(events)
    assert SECRET not in str(histories(Client({arn: events})).of(arn))


@pytest.mark.parametrize("page", [1, 7, 1_000])
def test_a_history_of_several_pages_is_whole(page: int) -> None:
    arn, events = execution("stale-heartbeat"), recorded("prove_recovery")
    client = Client({arn: events})
    found = histories(client, page).of(arn)
    assert found.events == len(events)
    assert found.spans == history_of(arn, "stale-heartbeat", events).spans
    assert len(client.asked) >= len(events) / page


def test_data_is_asked_for_only_where_others_were_started() -> None:
    parent, child, alone = execution("stale-heartbeat"), execution("redeploy-service"), execution("verify-trading")
    client = Client({parent: run_with(child), child: recorded("aborted"), alone: recorded("aborted")})
    histories(client).of(alone)
    assert [one["includeExecutionData"] for one in client.asked] == [False]
    client.asked.clear()
    histories(client).of(parent)
    assert [(one["executionArn"], one["includeExecutionData"]) for one in client.asked] == [
        (parent, False),
        (parent, True),
        (child, False),
    ]


def test_children_and_their_children_stand_among_the_spans_under_their_own_machines() -> None:
    parent, child, grandchild = (execution(one) for one in ("stale-heartbeat", "redeploy-service", "outlast"))
    client = Client({parent: run_with(child), child: run_with(grandchild), grandchild: recorded("aborted")})
    found = histories(client).of(parent)
    assert {one.machine for one in found.spans} == {"stale-heartbeat", "redeploy-service", "outlast"}
    assert {one.execution_arn for one in found.spans} == {parent, child, grandchild}
    assert found.events == 8 + 8 + 5
    assert (found.status, found.machine, found.unread) == ("SUCCEEDED", "stale-heartbeat", ())
    assert list(found.spans) == sorted(found.spans, key=lambda one: one.entered_at)


def test_a_child_that_cannot_be_read_is_named_and_the_rest_is_told() -> None:
    parent, gone, shut = execution("stale-heartbeat"), execution("outlast", "gone"), execution("outlast", "shut")
    client = Client({parent: run_with(gone, shut), shut: []})
    client.refused[shut] = "ThrottlingException"
    found = histories(client).of(parent)
    assert states(found) == ["Child0", "Child1"]
    assert [one.partition(":")[0] for one in found.unread] == ["gone", "shut"]


def test_a_child_that_failed_is_found_by_its_cause() -> None:
    about = {"resourceType": "states", "resource": "startExecution.sync:2", "error": "States.TaskFailed"}
    cause = json.dumps({"ExecutionArn": execution("outlast"), "Input": SECRET})
    assert child_of({"taskFailedEventDetails": {**about, "cause": cause}}) == execution("outlast")
    assert child_of({"taskFailedEventDetails": {**about, "cause": "no JSON {"}}) is None
    assert child_of({"taskFailedEventDetails": {**about, "cause": '{"ExecutionArn": "arn:of:something"}'}}) is None
    other = {"resource": "invoke.waitForTaskToken", "output": cause}
    assert child_of({"taskSucceededEventDetails": other}) is None


def test_no_more_executions_are_read_than_a_report_can_hold() -> None:
    parent = execution("emergency-stop")
    children = [execution("return-batch", str(n)) for n in range(MOST_EXECUTIONS + 3)]
    client = Client({parent: run_with(*children), **{child: recorded("aborted") for child in children}})
    found = histories(client).of(parent)
    assert len({one.execution_arn for one in found.spans}) == MOST_EXECUTIONS
    assert len(found.unread) == 4
    assert all("not read, for there is too much of it" in one for one in found.unread)


def test_no_more_events_are_read_than_a_report_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.adapters.histories.MOST_EVENTS", 30)
    arn = execution("stale-heartbeat")
    found = histories(Client({arn: recorded("prove_recovery")})).of(arn)
    assert found.events == 30
    assert found.unread == ("n: not whole, read up to event 30",)


def test_an_execution_that_is_gone_and_an_answer_that_does_not_come_are_told_apart() -> None:
    arn = execution("stale-heartbeat")
    with pytest.raises(Refused, match="no execution"):
        histories(Client({})).of(arn)
    client = Client({arn: []})
    client.refused[arn] = "ThrottlingException"
    with pytest.raises(Transient):
        histories(client).of(arn)
