"""The doors: what an execution is started with, and the events that start a function without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import functions.tasks
from functions.contracts import Run
from functions.errors import Broken, Refused
from functions.facts import Check
from functions.ids import incident_id_for
from functions.inputs import INPUTS
from functions.rules import kill_switch
from functions.rules.stop_order import NotReadable, read
from functions.tasks import (
    closer,
    engage_kill_switch,
    judge_risk_alarm,
    note_mail_event,
    open_close,
    open_incident,
    open_order_failures,
    open_resume,
    open_stuck,
    open_verification,
    refuse_input,
    refuse_stop,
    write_report,
)
from tests.definitions import machines
from tests.fuzz.hostile import LEAK, SECRET, jsonlike, mutated, text
from tests.fuzz.lawful import Unread, fuzzed, lawfully
from tests.tasks.rig import EXECUTION, INCIDENT, MACHINE, SETTINGS, Rig

RANDOM: Final = st.randoms(use_true_random=False)
STARTED: Final = datetime(2026, 1, 31, 3, tzinfo=UTC)
STARTED_BY: Final = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
TASKS: Final = sorted(file.stem for file in Path(str(functions.tasks.__file__)).parent.glob("[a-z]*.py"))

# The doors that anybody with leave to start an execution stands before, and an input that each of them takes.
DOORS: Final[dict[str, tuple[ModuleType, dict[str, Any]]]] = {
    "stale-heartbeat": (
        open_incident,
        {"strategy_id": "s1", "alarm_name": "a", "alarm_at": "2026-01-31T03:00:00Z"},
    ),
    "order-failures": (open_order_failures, {"strategy_id": "s1", "requested_by": "ana", "dry_run": True}),
    "stuck-position": (open_stuck, {"position_id": "p1", "reason": "too old", "dry_run": False}),
    "resume-trading": (
        open_resume,
        {"requested_by": "ana", "reason": "seen to", "strategy_ids": ["s1"], "to": "trading"},
    ),
    "verify-trading": (open_verification, {"strategy_ids": ["s1"], "incident_id": INCIDENT, "dry_run": False}),
    "close-position": (open_close, {"position_id": "p1", "incident_id": INCIDENT, "approval_id": "apr-1"}),
}
STOP: Final[dict[str, Any]] = {"reason": "drill", "requested_by": "ana", "strategy_ids": ["s1"], "dry_run": False}
# Handed down by a run of ours, whole, and checked as such by every task: see the tests of requests below.
CHILDREN: Final = {
    "bring_back_strategies",
    "open_order_remedy",
    "open_settling",
    "open_venue_cure",
    "plan_order_proof",
    "plan_outlast",
    "plan_proof",
    "plan_raise_memory",
    "plan_redeploy",
    "plan_restart",
    "plan_switch_exchange",
    "plan_test_order",
    "restore_service",
    "start_log_queries",
}
# What EventBridge, SES and API Gateway deliver. A schedule's event is not read.
EVENTS: Final = {"approvals_page", "closer", "judge_risk_alarm", "note_mail_event", "write_report"}
SCHEDULED: Final = {"check_keys", "detect_orders", "detect_stuck", "sweep_approvals", "watch_halt", "watcher"}


def module(name: str) -> Any:
    return import_module(f"functions.tasks.{name}")


def first_tasks() -> Iterator[str]:
    for machine in machines():
        state = machine.machine["States"][machine.machine["StartAt"]]
        yield str(state["Resource"]).removeprefix("${task:").removesuffix("}")


def test_every_door_has_its_test() -> None:
    doors = {one.__name__.rpartition(".")[2] for one, _ in DOORS.values()} | {"engage_kill_switch"}
    assert set(first_tasks()) == doors | CHILDREN
    triggered = {name for name in TASKS if hasattr(module(name), "TRIGGER")}
    assert triggered == EVENTS | SCHEDULED
    assert set(DOORS) == {*INPUTS, "close-position"}


def rig() -> Rig:
    made = Rig()
    made.strategy("s1")
    made.world.put("positions", {"position_id": "p1", "strategy_id": "s1", "amount": 1})
    made.incident(made.run())
    return made


def opened(here: Rig, runbook: str, given: Any) -> Any:
    task, _ = DOORS[runbook]
    request: dict[str, Any] = {"input": given}
    if task is not open_close:
        request |= {"execution_arn": f"{EXECUTION}-2", "started_at": STARTED}
    if task is open_incident:
        request["runbook"] = runbook
    return lawfully(lambda: here.work(task, **request))


def hostile(rng: Random, plain: dict[str, Any]) -> Any:
    """JSON as Step Functions takes it: no number without a value."""
    found = jsonlike(rng) if not rng.randrange(4) else mutated(rng, plain)
    return json.loads(json.dumps(found), parse_constant=lambda _: None)


@pytest.mark.parametrize("runbook", DOORS)
def test_a_plain_input_is_taken(runbook: str) -> None:
    found = opened(rig(), runbook, DOORS[runbook][1])
    assert isinstance(found, Unread) == (runbook == "close-position"), "nobody has approved anything here"


@pytest.mark.parametrize("runbook", DOORS)
@fuzzed(80)
@given(rng=RANDOM)
def test_an_input_is_taken_as_it_is_or_refused_by_name_and_changes_nothing(runbook: str, rng: Random) -> None:
    here, given_ = rig(), hostile(rng, DOORS[runbook][1])
    before = {name: deepcopy(here.world.tables[name]) for name in ("trading_state", "positions", "guards")}
    found = opened(here, runbook, given_)
    assert {name: here.world.tables[name] for name in before} == before
    if isinstance(found, Unread):
        assert type(found.word) is Refused
        assert 0 < len(str(found.word)) < 1_000
        return
    # One thing is never turned into all of them, nor a rehearsal into an act.
    run: Run = found if isinstance(found, Run) else found.run
    assert run.strategy_id == given_.get("strategy_id")
    assert run.dry_run or given_.get("dry_run", False) is False
    if runbook == "stuck-position":
        assert found.position_id == given_.get("position_id")
    if runbook == "resume-trading":
        assert (found.order.strategy_ids is None) == ("strategy_ids" not in given_)


# --- the emergency stop takes everything


@fuzzed(200)
@given(rng=RANDOM)
def test_whatever_it_is_given_it_engages_unless_a_rehearsal_is_asked_for(rng: Random) -> None:
    here, given_ = rig(), hostile(rng, STOP)
    found = lawfully(
        lambda: here.work(engage_kill_switch, given=given_, execution_arn=EXECUTION, started_at=STARTED)
    )
    asked = given_.get("dry_run", False) if isinstance(given_, dict) else False
    if isinstance(found, Unread):
        assert type(found.word) is Refused
        assert not isinstance(asked, bool)
        return
    assert found.latched == (asked is not True)
    switch = here.ports().guards.kill_switch()
    assert switch.engaged == (asked is not True)
    ids = given_.get("strategy_ids") if isinstance(given_, dict) else None
    if switch.engaged:
        named = ids if isinstance(ids, list) and ids and all(isinstance(one, str) for one in ids) else ["s1", "x"]
        assert all(kill_switch.halts(switch, one) for one in named)


@fuzzed(200)
@given(rng=RANDOM)
def test_an_order_to_stop_is_read_whole_or_as_everybody(rng: Random) -> None:
    given_ = hostile(rng, STOP)
    try:
        order = read(given_)
    except NotReadable:
        return
    if order.strategy_ids:
        assert isinstance(given_, dict)
        assert set(order.strategy_ids) == set(given_["strategy_ids"])


# --- events


ALARM_EVENT: Final[dict[str, Any]] = {
    "source": "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    "detail": {
        "alarmName": "drawdown",
        "state": {"value": "ALARM", "timestamp": "2026-01-31T02:59:00.000+0000"},
        "previousState": {"value": "OK"},
    },
}
MAIL_EVENT: Final[dict[str, Any]] = {
    "source": "aws.ses",
    "detail": {
        "eventType": "Bounce",
        "mail": {"messageId": "m-1", "tags": {"approval_id": ["apr-1"], "person_id": ["ana"]}},
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"diagnosticCode": f"550 {LEAK}"}]},
    },
}
STATUS_EVENT: Final[dict[str, Any]] = {
    "source": "aws.states",
    "detail": {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "status": "ABORTED",
        "startDate": 1_769_828_400_000,
        "stopDate": 1_769_828_500_000,
        "name": "e1",
        "input": "{}",
        "error": "States.Runtime",
        "cause": LEAK,
    },
}
EVENT_OF: Final[dict[str, dict[str, Any]]] = {
    "judge_risk_alarm": ALARM_EVENT,
    "note_mail_event": MAIL_EVENT,
    "closer": STATUS_EVENT,
    "write_report": STATUS_EVENT,
}


def delivered(here: Rig, task: ModuleType, event: Any) -> Any:
    """As the runtime does it: an event that does not fit is `Broken`."""
    try:
        parsed = task.Request.model_validate(event)
    except ValidationError:
        return Unread(Broken("does not fit"))
    return lawfully(lambda: task.handler.work(parsed, here.ports(), here.settings))


@pytest.mark.parametrize(
    "task", [judge_risk_alarm, note_mail_event, closer, write_report], ids=lambda one: one.__name__
)
@fuzzed(120)
@given(rng=RANDOM)
def test_an_event_is_handled_or_named_and_nobody_is_told_a_secret(task: ModuleType, rng: Random) -> None:
    here = rig()
    delivered(here, task, hostile(rng, EVENT_OF[task.__name__.rpartition(".")[2]]))
    told = [here.world.sent, here.world.paged, here.world.objects, here.world.mails]
    assert SECRET not in str(told)


@fuzzed(150)
@given(rng=RANDOM)
def test_no_event_stops_trading_unless_the_settings_name_its_alarm(rng: Random) -> None:
    here = rig()
    delivered(here, judge_risk_alarm, hostile(rng, ALARM_EVENT))
    assert not [one for one in here.world.executions.values() if one.runbook == "emergency-stop"]


@pytest.mark.parametrize("task", [refuse_input, refuse_stop], ids=lambda one: one.__name__)
@fuzzed(80)
@given(rng=RANDOM)
def test_a_refusal_is_told_whatever_the_engine_says_of_it(task: ModuleType, rng: Random) -> None:
    here = rig()
    cause = rng.choice((text(rng), json.dumps(jsonlike(rng)), "[" * 9_999, json.dumps({"errorMessage": LEAK})))
    more = {"runbook": "stale-heartbeat"} if task is refuse_input else {}
    found = lawfully(
        lambda: here.work(task, execution_arn=f"{EXECUTION}-9", started_at=STARTED, refusal=cause, **more)
    )
    assert not isinstance(found, Unread)
    assert here.world.sent
    assert SECRET not in str([here.world.sent, here.world.paged, here.world.tables["incidents"]])


# --- a request that does not fit


@pytest.mark.parametrize("name", [name for name in TASKS if name != "approvals_page"])
@fuzzed(8)
@given(rng=RANDOM)
def test_a_request_that_does_not_fit_is_broken_and_its_value_is_not_told(name: str, rng: Random) -> None:
    """Whoever may start a child machine may hand it anything."""
    event = {"a field": LEAK, "run": LEAK, "job": {"run": LEAK}, "input": LEAK, "x": jsonlike(rng)}
    try:
        module(name).Request.model_validate(event)
    except ValidationError:
        with pytest.raises(Broken) as told:
            module(name).handler(event, None)
        assert SECRET not in str(told.value)


# --- what the search has found, as it was found


@pytest.mark.parametrize("began", [10**18, -(10**18), 2**63])
def test_an_execution_that_began_beyond_the_calendar_is_ended_all_the_same(began: int) -> None:
    here = rig()
    event = {"detail": {**STATUS_EVENT["detail"], "executionArn": f"{EXECUTION}-5", "startDate": began}}
    assert delivered(here, closer, event).closed


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 50_000])
@pytest.mark.parametrize("task", [closer, write_report], ids=lambda one: one.__name__)
def test_brackets_without_an_end_in_an_input_end_no_closer(task: ModuleType, deep: str) -> None:
    """Python's parser gives up on them with a `RecursionError`, which is no `ValueError`."""
    here = rig()
    event = {"detail": {**STATUS_EVENT["detail"], "executionArn": f"{EXECUTION}-5", "input": deep}}
    assert not isinstance(delivered(here, task, event), Unread)


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 50_000])
def test_brackets_without_an_end_in_a_cause_are_told_as_they_are(deep: str) -> None:
    here = rig()
    here.work(
        refuse_input, runbook="stale-heartbeat", execution_arn=f"{EXECUTION}-9", started_at=STARTED, refusal=deep
    )
    assert here.world.sent


POISON: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "evidence that is no list": lambda: {"evidence": "x"},
    "acts that are no map": lambda: {"intents": ["a"]},
    "an act that is no map": lambda: {"intents": {"a": "done"}},
    "a result that nobody has": lambda: {"intents": {"a": {"action": "stop", "target": "s1", "result": "yes"}}},
}


@pytest.mark.parametrize("poison", POISON)
def test_an_incident_that_cannot_be_read_is_not_well_documented(poison: str) -> None:
    check = module("check_incident")
    here = Rig()
    run = here.opened()
    item = here.world.item("incidents", INCIDENT)
    assert item is not None
    here.world.put("incidents", {**item, "evidence": [{"what": "a"}], **POISON[poison]()})
    scope = {"child": True, "strategy_ids": ["s1"], "since": STARTED}
    assert here.work(check, run=run, scope=scope).result is not Check.PASS


@pytest.mark.parametrize(
    "poison", [{"opened_at": "x"}, {"opened_at": None}, {"cured_at": {}}, {"strategy_ids": True}]
)
def test_a_verification_begins_whatever_the_incident_of_its_parent_holds(poison: Any) -> None:
    here = Rig()
    here.opened()
    item = here.world.item("incidents", INCIDENT)
    assert item is not None
    here.world.put("incidents", {**item, **poison})
    given_ = {"incident_id": INCIDENT, STARTED_BY: EXECUTION}
    found = opened(here, "verify-trading", given_)
    assert found.run.incident_id == INCIDENT


def test_the_settings_of_these_tests_name_no_risk_alarm() -> None:
    """Else the test above would have to let some of them stop trading."""
    assert SETTINGS.emergency_stop.risk_alarms == ()
    assert incident_id_for(EXECUTION) == INCIDENT
