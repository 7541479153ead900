"""The command stops by whichever way works, says which, and never calls unproven what is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from console import stop_table, stopping
from console.aws import Aws
from console.errors import ConsoleError, ExitCode
from console.live.steps import Tone
from console.live.views import PlainView
from console.stopping import End
from infra.config import load_settings

ARN = "arn:aws:states:eu-central-1:333333333333:execution:tradai-prod-emergency-stop:e1"
ORDER = {"reason": "doubled orders", "requested_by": "arn:aws:iam::333333333333:user/ana", "dry_run": False}
AT = datetime(2026, 1, 31, 3, tzinfo=UTC)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "StartExecution")


class Machine:
    """Step Functions with one execution whose history is `events`; `start` and `look` are what it raises."""

    def __init__(self, events: list[dict[str, Any]] | None = None, *, start: Any = None, look: Any = None) -> None:
        self._events, self._start, self._look = events or [], start, look
        self.started: list[dict[str, Any]] = []

    def start_execution(self, **given: Any) -> dict[str, Any]:
        self.started.append(given)
        if self._start:
            raise self._start
        return {"executionArn": ARN}

    def describe_state_machine_for_execution(self, **_: Any) -> dict[str, Any]:
        return {"definition": "{}"}

    def get_execution_history(self, **_: Any) -> dict[str, Any]:
        if self._look:
            raise self._look
        return {"events": self._events}


class Prod(Aws):
    machine: Machine

    def client(self, service: str) -> Any:
        assert service == "stepfunctions"
        return self.machine

    def hurried(self, service: str) -> Any:
        return self.client(service)

    def table(self, name: str) -> Any:
        raise refusal("AccessDeniedException")


class Shown(PlainView):
    def __init__(self) -> None:
        self.lines: list[str] = []
        super().__init__(self.lines.append)


def play(machine: Machine, *, directly: bool = False) -> tuple[End, list[str], list[Mapping[str, Any]]]:
    """The end, the lines shown, and the orders that were stopped directly."""
    aws = Prod(load_settings("prod"), boto3.session.Session())
    object.__setattr__(aws, "machine", machine)
    shown, orders = Shown(), list[Mapping[str, Any]]()

    def direct(_: Aws, order: Mapping[str, Any], __: Any) -> End:
        orders.append(order)
        return End(ExitCode.OK, "resolved", "direct", None, None, "inc-1")

    return stopping.stop(aws, ORDER, shown, directly=directly, patience=0.2, direct=direct), shown.lines, orders


def event(number: int, kind: str, **details: Any) -> dict[str, Any]:
    name = {"ExecutionSucceeded": "executionSucceeded", "ExecutionFailed": "executionFailed"}.get(kind)
    key = f"{name or ('stateEntered' if kind.endswith('Entered') else 'stateExited')}EventDetails"
    more = {key: details} if details else {}
    return {"id": number, "previousEventId": number - 1, "type": kind, "timestamp": AT, **more}


def part(name: str, result: str = "done", **more: Any) -> dict[str, Any]:
    return {"name": name, "result": result, "why": f"{name} told", "items": [], "details_key": None, **more}


STATE: dict[str, Any] = {
    "job": {"order": ORDER, "execution_arn": ARN, "started_at": AT.isoformat(), "halt_id": "inc-1", "latched": True,
            "latch_why": None},
    "did": [part("kill switch"), {"segments": [], "error": None}, part("service"),
            part("entry orders", "not_done", items=["o-1 of grid-eth"]), part("notice"), part("status page")],
    "look": {"counts": {"seen": 12, "done": 10, "already": 2, "not_done": 0, "unknown": 0}, "latched": True,
             "halt_id": "inc-1", "unread": [], "came_back": {"total": 0, "some": []}, "desired": 0, "running": 0},
    "exposure": part("exposure", items=["p-1 long 0.010 BTC"]),
}  # fmt: skip
ENDED = [
    event(1, "ExecutionStarted"),
    event(2, "TaskStateEntered", name="Conclude", input=json.dumps(STATE)),
    event(3, "TaskStateExited", name="Conclude", output="{}"),
    event(4, "ExecutionSucceeded", output=json.dumps({"outcome": "resolved", "incident_id": "inc-1",
                                                      "report_url": "https://report"})),
]  # fmt: skip


def test_starts_the_machine_with_the_order_and_follows_it() -> None:
    machine = Machine(ENDED)
    end, lines, orders = play(machine)
    assert [json.loads(one["input"]) for one in machine.started] == [ORDER]
    assert machine.started[0]["stateMachineArn"].endswith(":stateMachine:tradai-prod-emergency-stop")
    assert (end.code, end.outcome, end.state, end.report) == (ExitCode.OK, "resolved", STATE, "https://report")
    assert orders == []
    assert lines[0] == f"started {ARN}"


@pytest.mark.parametrize(
    "trouble",
    [refusal("StateMachineDoesNotExist"), refusal("AccessDeniedException"), refusal("ThrottlingException"),
     EndpointConnectionError(endpoint_url="https://states.eu-central-1.amazonaws.com/")],
)  # fmt: skip
def test_stops_directly_whatever_keeps_the_machine_from_starting_and_says_so_in_one_line(trouble: Any) -> None:
    end, lines, orders = play(Machine(start=trouble))
    assert orders == [ORDER]
    assert end.execution_arn == "direct"
    (line,) = lines
    assert line.startswith("Step Functions does not start it")
    assert line.endswith("stopping directly")


def test_stops_directly_beside_an_execution_that_does_not_move() -> None:
    _, lines, orders = play(Machine([event(1, "ExecutionStarted"), event(2, "TaskStateEntered", name="Engage")]))
    assert orders == [ORDER]
    assert "does not move" in lines[-1]


def test_stops_directly_where_step_functions_no_longer_answers() -> None:
    gone = EndpointConnectionError(endpoint_url="https://states.eu-central-1.amazonaws.com/")
    _, lines, orders = play(Machine(look=gone))
    assert orders == [ORDER]
    assert "cannot be followed" in lines[-1]


def test_without_the_right_to_follow_it_says_that_the_stop_runs() -> None:
    with pytest.raises(ConsoleError, match="the stop runs") as caught:
        play(Machine(look=refusal("AccessDeniedException")))
    assert caught.value.code is ExitCode.AWS_TROUBLE
    assert "--direct" in caught.value.hint


def test_direct_asks_step_functions_for_nothing() -> None:
    machine = Machine()
    _, lines, orders = play(machine, directly=True)
    assert (machine.started, orders, lines) == ([], [ORDER], [])


def test_an_escalated_stop_has_its_exit_code_and_its_table() -> None:
    failed = [*ENDED[:3], event(4, "ExecutionFailed", error="Escalated", cause="one strategy still trades")]
    end, _, _ = play(Machine(failed))
    assert (end.code, end.outcome, end.state) == (ExitCode.ESCALATED, "escalated", STATE)


def table(**changed: Any) -> dict[str, str]:
    """The rows by title; what stands below a title belongs to it."""
    found: dict[str, str] = {}
    title = ""
    for name, row in stop_table.rows(
        {**STATE, **changed}, outcome="resolved", incident_id="inc-1", report=None, execution_arn=ARN
    ):
        title = name or title
        found[title] = f"{found[title]}; {row.text}" if title in found else row.text
    return found


def test_the_table_names_every_part_of_the_stop() -> None:
    assert table() == {
        "outcome": "RESOLVED",
        "kill switch": "engaged, halt inc-1",
        "strategies": "12 done, 0 not done, 0 unknown",
        "service": "done: service told; at the last look: no task runs",
        "entry orders": "not done: entry orders told; o-1 of grid-eth",
        "status page": "done: status page told",
        "exposure": "listed: exposure told; p-1 long 0.010 BTC",
        "incident": "inc-1",
        "report": "not stored",
        "run": ARN,
    }


def test_the_table_says_unknown_of_whatever_was_not_seen() -> None:
    seen = table(job=None, did=[], look=None, exposure=None)
    parts = ("kill switch", "strategies", "service", "entry orders", "status page", "exposure")
    assert {seen[name] for name in parts} == {stop_table.NOT_SEEN.text}


def test_the_table_says_that_it_is_not_latched_and_why() -> None:
    job = {**STATE["job"], "latched": False, "halt_id": None, "latch_why": "Transient: throttled"}
    assert (
        table(job=job, look={**STATE["look"], "latched": False})["kill switch"]
        == "NOT LATCHED: Transient: throttled"
    )


def test_a_dry_run_is_told_as_what_would_be_done() -> None:
    job = {**STATE["job"], "latched": False, "order": {**ORDER, "dry_run": True}}
    look = {**STATE["look"], "latched": False, "counts": {**STATE["look"]["counts"], "not_done": 7}}
    seen = table(job=job, look=look)
    assert seen["kill switch"] == "dry run: not touched"
    assert seen["strategies"] == "dry run: 7 would be stopped, 0 unknown"


def test_a_status_page_that_is_not_configured_is_not_said_to_be_done() -> None:
    part = {"name": "status page", "result": "done", "why": stop_table.NOT_CONFIGURED, "items": []}
    assert table(did=[part])["status page"] == "not configured"


def test_a_table_that_could_not_be_read_is_no_0_of_0_and_the_same_reason_stands_once() -> None:
    unread = [f"segment {n} of the trading state was not read to its end: throttled" for n in range(8)]
    none = {"seen": 0, "done": 0, "already": 0, "not_done": 0, "unknown": 0}
    seen = table(look={**STATE["look"], "counts": none, "unread": unread})["strategies"]
    assert seen.startswith("how many is unknown; 8 of 8 parts of the table unread; segments 0, 1, 2")
    assert seen.count("throttled") == 1


def test_exposure_that_is_listed_is_no_green_tick() -> None:
    rows = stop_table.rows(STATE, outcome="resolved", incident_id="i", report=None, execution_arn=ARN)
    assert dict(rows)["exposure"].tone is Tone.UNKNOWN


def test_a_rehearsal_shows_no_part_as_failed_or_as_stopped() -> None:
    job = {**STATE["job"], "latched": False, "order": {**ORDER, "dry_run": True}}
    did = [part("service", "not_done", why="dry run: nothing was changed; would be scaled to 0")]
    rows = stop_table.rows(
        {**STATE, "job": job, "did": did, "look": {**STATE["look"], "latched": False}},
        outcome="dry_run", incident_id="i", report=None, execution_arn=ARN,
    )  # fmt: skip
    assert dict(rows)["service"].text == "dry run: nothing was changed; would be scaled to 0"
    assert not [row for _, row in rows if row.tone is Tone.BAD]


def test_the_report_of_an_escalated_stop_is_its_address_and_no_bare_key() -> None:
    cause = "one still trades\n\nIncident: inc-1\nReport: https://console/report\n"
    end, _, _ = play(Machine([*ENDED[:3], event(4, "ExecutionFailed", error="Escalated", cause=cause)]))
    assert end.report == "https://console/report"
