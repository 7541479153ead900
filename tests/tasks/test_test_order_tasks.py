"""A real test order over the twins: the machine walked as its file says, killed anywhere, answered strangely."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from functions.adapters.memory import twins
from functions.approvals import Approval, Decision, Delivery, Standing
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import Check
from functions.tasks import check_orders, plan_test_order
from functions.test_order import placing
from functions.test_order.job import Placed, ProbePlan, RealOrder
from functions.venue import OrderStatus, Row, Trouble, Validation
from functions.verifying import Scope
from infra.asl import discover
from tests.properties.asl import Ended, Engine, Rest, walk
from tests.tasks.rig import EXECUTION, INCIDENT, Rig
from tests.tasks.venues import BTC, LONG, WHERE, holds, protects, rests, trades

APPROVAL = "apr-1"
SILENCE = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "silence")


@cache
def machine() -> dict[str, Any]:
    found = next(one for one in discover(Path(__file__).parents[2] / "statemachines") if one.name == "test-order")
    return dict(found.machine)


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.strategy("s1", age=5)
    trades(made, "s1", symbols=[BTC])
    made.incident(made.run())
    made.execution(EXECUTION)
    return made


def planned(rig: Rig, **run: Any) -> ProbePlan:
    scope = Scope(child=False, strategy_ids=("s1",), since=rig.now, test_order=True)
    job = {"run": rig.run(**run), "scope": scope, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": EXECUTION}
    found: ProbePlan = rig.work(plan_test_order, job=job)
    return found


def approve(rig: Rig, plan: ProbePlan, **more: Any) -> None:
    assert plan.question is not None
    given: dict[str, Any] = {
        "approval_id": APPROVAL,
        "version": 1,
        "standing": Standing.DECIDED,
        "delivery": Delivery.TAKEN,
        "runbook": "verify-trading",
        "incident_id": INCIDENT,
        "execution_arn": EXECUTION,
        "state": "AskAPerson",
        "entered_at": rig.now,
        "question": plan.question,
        "asked_at": rig.now,
        "lapses_at": rig.now + timedelta(minutes=15),
        "decision": Decision("place", ("ana",), rig.now),
        **more,
    }
    assert twins(rig.world).approvals.ask(Approval(**given), "token")


def walked(
    rig: Rig,
    plan: ProbePlan,
    said: str = "place",
    *,
    after: Callable[[str], None] = lambda state: None,
    before: Callable[[str], None] = lambda state: None,
    start: str = "WhatWasSaid",
) -> RealOrder:
    """From the yes on, or from `start`. `before` and `after` each task's work, by its state; what they raise, the
    engine reports of the function."""
    answer = {
        "approval_id": APPROVAL, "decision": said, "decided_by": ["ana"], "decided_at": rig.now.isoformat(),
        "note": None, "until": None, "why_alone": None,
    }  # fmt: skip
    data = {
        **machine()["States"]["PlanTestOrder"]["ResultSelector"],
        "plan": json.loads(TypeAdapter(ProbePlan).dump_json(plan)),
        "asked": {"said": said, "answer": answer, "error": None},
    }
    del data["plan.$"]
    going = walk({**machine(), "StartAt": start}, {}, data, {})
    reply: Any = None
    error: Exception | None = None
    while True:
        try:
            step = going.throw(error) if error else going.send(reply)
        except StopIteration as stop:
            ended: Ended = stop.value
            break
        reply = error = None
        if isinstance(step, Rest):
            rig.world.advance(seconds=step.seconds)
            continue
        rig.world.advance(seconds=0.2)
        try:
            before(step.state)
            told = rig.work(import_module(f"functions.tasks.{step.task}"), **step.request)
            after(step.state)
        except (RunbookError, Engine) as raised:
            error = raised
        else:
            reply = json.loads(TypeAdapter(type(told)).dump_json(told))
    assert ended.error is None, ended
    return TypeAdapter(RealOrder).validate_python(ended.output)


def placed(rig: Rig, **more: Any) -> RealOrder:
    plan = planned(rig)
    approve(rig, plan)
    return walked(rig, plan, **more)


def nothing_rests(rig: Rig) -> None:
    assert not rig.world.venue.working(WHERE)


def once(state: str, do: Callable[[], None]) -> Callable[[str], None]:
    left = [state]

    def hook(at: str) -> None:
        if at in left:
            left.remove(at)
            do()

    return hook


def dies() -> None:
    raise Engine("Runtime.ExitError")


def of_another(rig: Rig) -> None:
    item = {"position_id": "p9", "strategy_id": "other", "symbol": BTC, "side": "long", "status": "open"}
    rig.world.put("positions", {**item, "amount": Decimal(1)})


def lock_unit(rig: Rig) -> None:
    """Another run has it."""
    rig.execution("arn:other")
    twins(rig.world).guards.take(LONG.guard_id, owner="arn:other", incident_id="inc-other", now=rig.now)


# --- where none is placed


def test_the_question_names_the_least_order_and_one_person_decides(rig: Rig) -> None:
    plan = planned(rig)
    assert plan.question is not None
    assert plan.probe is not None
    assert (plan.question.kind, plan.question.target) == ("change", "BTCUSDT")
    assert [(o.id, o.needed) for o in plan.question.options] == [("place", 1), ("leave", 1)]
    assert "buy 0.001 at 58199.9" in plan.question.title
    assert not rig.world.venue.orders


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda rig: holds(rig), "the venue holds 1"),
        (lambda rig: holds(rig, replace(LONG, side="short")), "the venue holds 1"),
        (lambda rig: rests(rig, "x"), "1 orders work"),
        (lambda rig: protects(rig), "1 orders work"),
        (lambda rig: of_another(rig), "p9 open"),
        (lambda rig: rig.engage(), "kill switch is engaged"),
        (lambda rig: rig.engage(strategy_ids=["other"]), "kill switch is engaged"),
        (lambda rig: rig.world.trouble.update({"guards.kill_switch": Transient("slow")}), "could not be read"),
        (lambda rig: rig.world.trouble.update({"exchange.orders": Transient("slow")}), "slow"),
        (lambda rig: trades(rig, "s1", symbols=[BTC], mode="paper"), "no live account"),
        (lambda rig: trades(rig, "s1", symbols=[BTC], mode="dunno"), "whose account"),
        (lambda rig: setattr(rig.world.venue, "validation", Validation.NOT_OFFERED), "offers no validation"),
        (lambda rig: rig.world.venue.refusals.append(Refused("no margin")), "no margin"),
        (lambda rig: rig.world.venue.asks.clear(), "no price on both sides"),
        (lambda rig: rig.strategy("s1", status="stopped"), "no live account"),
    ],
)  # fmt: skip
def test_where_it_could_harm_nobody_is_asked(rig: Rig, spoil: Callable[[Rig], object], why: str) -> None:
    spoil(rig)
    plan = planned(rig)
    assert plan.question is None
    assert why in plan.reason
    tested = walked(rig, plan, "nobody")
    assert tested.result is Check.SKIPPED
    assert not rig.called("exchange.probe")


def test_a_dry_run_asks_nobody(rig: Rig) -> None:
    plan = planned(rig, dry_run=True)
    assert (plan.question, plan.reason) == (None, "a dry run places no order")


@pytest.mark.parametrize("said", ["leave", "lapsed", "revoked", "unreached"])
def test_without_a_yes_none_is_placed(rig: Rig, said: str) -> None:
    tested = walked(rig, planned(rig), said)
    assert (tested.result, f"the answer was {said}" in tested.value) == (Check.SKIPPED, True)
    assert not rig.called("exchange.probe")


# --- placed, seen, gone


def test_it_is_placed_seen_open_cancelled_and_seen_gone(rig: Rig) -> None:
    tested = placed(rig)
    assert tested.result is Check.PASS, tested
    assert "placed, seen open, cancelled, and seen gone" in tested.value
    nothing_rests(rig)
    (made,) = rig.world.venue.created
    assert (made.time_in_force, made.side, made.amount) == ("GTX", "buy", Decimal("0.001"))
    assert rig.world.item("guards", LONG.guard_id) is None
    assert any(what == "test order" for what, _ in rig.evidence())


def test_in_hedge_mode_it_is_of_the_long_side(rig: Rig) -> None:
    rig.world.venue.hedged = True
    assert placed(rig).result is Check.PASS
    assert rig.world.venue.created[0].position_side == "long"


@pytest.mark.parametrize(
    ("approval", "why"),
    [
        ({"decision": Decision("leave", ("ana",), None)}, "decided for leave"),  # type: ignore[arg-type]  # unread
        ({"standing": Standing.LAPSED, "decision": None}, "is lapsed"),
        ({"incident_id": "inc-other"}, "belongs to the incident inc-other"),
    ],
)
def test_only_a_yes_to_these_words_in_this_incident_places_it(rig: Rig, approval: dict[str, Any], why: str) -> None:
    if isinstance(approval.get("decision"), Decision):
        approval = {**approval, "decision": replace(approval["decision"], at=rig.now)}
    plan = planned(rig)
    approve(rig, plan, **approval)
    tested = walked(rig, plan)
    assert (tested.result, why in tested.value) == (Check.SKIPPED, True), tested
    assert not rig.called("exchange.probe")


def test_a_phrase_that_was_made_longer_is_the_same_question(rig: Rig) -> None:
    plan = planned(rig)
    assert plan.question is not None
    approve(rig, plan, question=replace(plan.question, target=f"{plan.question.target}-123"))
    assert walked(rig, plan).result is Check.PASS


def test_a_yes_to_another_order_or_an_old_one_places_none(rig: Rig) -> None:
    plan = planned(rig)
    assert plan.probe is not None
    assert plan.question is not None
    approve(rig, plan, question=replace(plan.question, title="Place something else"))
    assert "about something else" in walked(rig, plan).value
    rig.world.tables["approvals"].clear()
    approve(rig, plan)
    rig.world.advance(minutes=6)
    assert "has lapsed since" in walked(rig, plan).value
    assert not rig.called("exchange.probe")


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (lambda rig: rig.engage(), "kill switch"),
        (lambda rig: rig.world.trouble.update({"guards.kill_switch": Transient("slow")}), "could not be read"),
        (lambda rig: holds(rig), "holds 1"),
        (lambda rig: rests(rig, "entry"), "orders work"),
        (lambda rig: rig.world.venue.bids.update({BTC: [(Decimal(58_300), Decimal(1))]}), "too near"),
        (lambda rig: setattr(rig.world.venue, "hedged", True), "position mode"),
        (lock_unit, "incident inc-other"),
    ],
)
def test_what_moved_since_the_question_holds_it_back(
    rig: Rig, meanwhile: Callable[[Rig], object], why: str
) -> None:
    plan = planned(rig)
    approve(rig, plan)
    meanwhile(rig)
    tested = walked(rig, plan)
    assert (tested.result, why in tested.value) == (Check.SKIPPED, True), tested
    assert not rig.called("exchange.probe")


def test_a_halt_that_comes_while_it_is_written_down_holds_it_back(rig: Rig) -> None:
    rig.world.meanwhile["closes.send"] = rig.engage
    tested = placed(rig)
    assert tested.result is Check.UNKNOWN
    assert "kill switch" in tested.value
    assert not rig.called("exchange.probe")


# --- the venue says no, or nothing


def test_a_refusal_of_the_venue_fails_with_its_code(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    trouble = Trouble(Row.INSUFFICIENT_BALANCE, "InsufficientFunds", "-2019", "Margin is insufficient.")
    rig.world.venue.refusals.append(Refused(trouble.told()).of(trouble))
    tested = walked(rig, plan)
    assert (tested.result, "-2019" in tested.value) == (Check.FAIL, True)
    nothing_rests(rig)


def test_later_is_no_proof(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    rig.world.venue.refusals.append(Transient("429").of(Trouble(Row.RATE_LIMITED, "DDoS", None, "429")))
    assert walked(rig, plan).result is Check.UNKNOWN
    nothing_rests(rig)


def test_an_order_that_was_accepted_in_silence_is_found_and_cancelled(rig: Rig) -> None:
    rig.world.venue.executed_but.append(Uncertain("silence").of(SILENCE))
    rig.world.venue.lag = 2
    tested = placed(rig)
    assert tested.result is Check.PASS, tested
    assert len(rig.world.venue.created) == 1
    nothing_rests(rig)


def test_an_order_that_was_never_accepted_is_unknown_after_the_venue_can_take_it_no_more(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    rig.world.venue.refusals.append(Uncertain("silence").of(SILENCE))
    began = rig.now
    tested = walked(rig, plan)
    assert (tested.result, "not accepted" in tested.value) == (Check.UNKNOWN, True), tested
    assert rig.now - began >= timedelta(seconds=20)


def test_one_that_filled_all_the_same_fails_and_nothing_is_traded_back(rig: Rig) -> None:
    def fill() -> None:
        (order,) = rig.world.venue.working(WHERE)
        done = replace(order, status=OrderStatus.FILLED, filled=order.amount, average=order.price)
        rig.world.venue.change(WHERE, done)
        rig.world.venue.hold(LONG, order.amount)

    tested = placed(rig, after=once("PlaceTestOrder", fill))
    assert tested.result is Check.FAIL
    assert "was filled: 0.001" in tested.value
    assert rig.world.venue.amount(LONG) == Decimal("0.001")
    assert len(rig.world.venue.created) == 1


def test_one_that_filled_in_part_is_cancelled_and_fails(rig: Rig) -> None:
    def fill() -> None:
        (order,) = rig.world.venue.working(WHERE)
        rig.world.venue.change(WHERE, replace(order, filled=Decimal("0.0005"), average=order.price))

    tested = placed(rig, after=once("PlaceTestOrder", fill))
    assert (tested.result, "was filled: 0.0005" in tested.value) == (Check.FAIL, True)
    nothing_rests(rig)


# --- killed anywhere

STATES = ("TakeGuard", "PlaceTestOrder", "WithdrawTestOrder", "TellTestOrder")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_function_that_dies_leaves_nothing_resting(rig: Rig, state: str, when: str) -> None:
    tested = placed(rig, **{when: once(state, dies)})
    nothing_rests(rig)
    assert len(rig.world.venue.created) <= 1
    assert tested.result in (Check.PASS, Check.SKIPPED, Check.UNKNOWN), tested


# Every write and every call to the venue, in order.
CALLS = (
    "closes.attempts", "approvals.get", "exchange.position", "exchange.orders", "closes.prepare",
    "incidents.intend", "closes.send", "exchange.probe", "incidents.settle", "exchange.order",
    "exchange.cancel", "incidents.note",
    "closes.settle",
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_death_right_before_any_call_leaves_nothing_resting(rig: Rig, call: str) -> None:
    plan = planned(rig)
    approve(rig, plan)
    rig.world.meanwhile[call] = dies
    tested = walked(rig, plan)
    nothing_rests(rig)
    assert len(rig.world.venue.created) <= 1
    assert tested.result is not Check.FAIL, tested


def allowed(rig: Rig) -> Callable[[], Placed]:
    """The task's own work, under the guard."""
    plan = planned(rig)
    approve(rig, plan)
    ports = twins(rig.world)
    ports.guards.take(plan.guard_id, owner=EXECUTION, incident_id=INCIDENT, now=rig.now)
    return lambda: placing.place(ports, rig.settings, plan, APPROVAL)


def test_a_function_that_is_tried_again_places_no_second_one_and_does_not_say_that_none_was_sent(rig: Rig) -> None:
    place = allowed(rig)
    place()
    assert place() == Placed(over=False, why="it was written down before")
    assert len(rig.world.venue.created) == 1


def test_what_another_function_wrote_down_in_that_very_moment_is_not_sent(rig: Rig) -> None:
    """That one has died before it sent it, or is about to."""
    place = allowed(rig)

    def other() -> None:
        rig.world.meanwhile["incidents.intend"] = dies
        with pytest.raises(Engine):
            place()

    rig.world.meanwhile["closes.prepare"] = other
    assert place() == Placed(over=False, why="it was written down before")
    assert rig.world.venue.created == []


def test_a_slow_first_function_cannot_send_what_was_withdrawn(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)

    def withdrawn() -> None:
        """Somebody looked for it between its record and its mark."""
        attempt = twins(rig.world).closes.attempts(plan.probe.record_id if plan.probe else "", INCIDENT)[0]
        assert twins(rig.world).closes.send(attempt, rig.now)

    rig.world.meanwhile["closes.send"] = withdrawn
    walked(rig, plan)
    assert not rig.called("exchange.probe")


def test_one_that_cannot_be_seen_gone_fails_and_names_its_id(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)

    def cut() -> None:
        rig.world.trouble["exchange.order"] = Transient("no answer")

    tested = walked(rig, plan, after=once("PlaceTestOrder", cut))
    assert plan.probe is not None
    assert tested.result is Check.FAIL
    assert plan.probe.client_order_id in tested.value
    assert "by hand" in tested.value


def test_one_that_stays_open_fails(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    rig.world.trouble["exchange.cancel"] = Refused("the venue cancels nothing")
    tested = walked(rig, plan)
    assert tested.result is Check.FAIL
    assert "by hand" in tested.value


# --- told by the checklist


def line(rig: Rig, tested: dict[str, Any] | None) -> Any:
    scope = Scope(child=False, strategy_ids=("s1",), since=rig.now - timedelta(minutes=5), test_order=True)
    return rig.work(check_orders, run=rig.run(), scope=scope, tested=tested)


@pytest.mark.parametrize(
    ("real", "result"),
    [("pass", Check.PASS), ("fail", Check.FAIL), ("unknown", Check.UNKNOWN), ("skipped", Check.PASS)],
)
def test_the_third_line_tells_what_became_of_it(rig: Rig, real: str, result: Check) -> None:
    item = line(rig, {"result": real, "value": "a real one", "at": rig.now.isoformat()})
    assert item.result is result
    assert "a real one" in item.value
    assert "a real test order, its end seen at" in item.query


def test_a_real_order_is_told_even_where_nobody_trades_any_more(rig: Rig) -> None:
    rig.strategy("s1", status="stopped")
    assert line(rig, {"result": "fail", "value": "it rests", "at": rig.now.isoformat()}).result is Check.FAIL
    assert line(rig, {"result": "pass", "value": "gone", "at": rig.now.isoformat()}).result is Check.PASS


def test_one_that_an_earlier_run_left_fails_every_verification(rig: Rig) -> None:
    plan = planned(rig)
    assert plan.probe is not None
    rests(rig, plan.probe.client_order_id)
    item = line(rig, None)
    assert item.result is Check.FAIL
    assert plan.probe.client_order_id in item.value


def test_a_plan_without_an_order_cannot_be_placed(rig: Rig) -> None:
    plan = planned(rig, dry_run=True)
    with pytest.raises((Refused, Broken)):
        rig.work(import_module("functions.tasks.place_test_order"), plan=plan, answer={
            "approval_id": APPROVAL, "decision": "place", "decided_by": ["ana"],
            "decided_at": rig.now.isoformat(), "note": None, "until": None, "why_alone": None,
        })  # fmt: skip
