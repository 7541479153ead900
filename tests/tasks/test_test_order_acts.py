"""A real test order as an act of its incident: its intent before it is sent, what was seen of it, and what follows
where its run ended before it was seen gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import Check, ChecklistItem, Result
from functions.ports import Intent
from functions.rules.left_behind import TEST_ORDER
from functions.tasks import closer, judge_checklist, plan_test_order
from functions.test_order.job import ProbePlan, RealOrder
from functions.venue import OrderStatus, Row, Trouble
from functions.verifying import QUESTIONS, Scope
from tests.tasks.rig import EXECUTION, INCIDENT, MACHINE, Rig
from tests.tasks.test_test_order_tasks import SILENCE, approve, nothing_rests, once, placed, planned, rig, walked
from tests.tasks.venues import LONG, WHERE

__all__ = ["rig"]


def acts(rig: Rig) -> list[dict[str, Any]]:
    return [act for act in rig.item()["actions"] if act["action"] == TEST_ORDER]


def name_of(plan: ProbePlan) -> str:
    assert plan.probe is not None
    return plan.probe.client_order_id


# --- an act like every other


def test_a_test_order_stands_among_the_acts_as_done_with_all_by_which_it_is_found(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    assert walked(rig, plan).result is Check.PASS
    [act] = acts(rig)
    assert (act["target"], act["result"], act["by"]) == (name_of(plan), "done", EXECUTION)
    said = "buy 0.001 BTC/USDT:USDT at 58199.9, post-only, at binanceusdm/main"
    assert act["before"] == f"{said}; nothing was held there and nothing worked"
    assert act["after"].endswith("was placed, seen open, cancelled, and seen gone")


def test_its_intent_is_written_before_it_is_sent_and_its_result_after_the_cancel(rig: Rig) -> None:
    rig.world.calls.clear()
    placed(rig)
    order = rig.called("incidents.intend", "exchange.probe", "exchange.cancel", "incidents.settle")
    assert order[:4] == ["incidents.intend", "exchange.probe", "incidents.settle", "exchange.cancel"]
    assert order[4:]
    assert set(order[4:]) == {"incidents.settle"}


def test_each_moment_is_kept_with_its_time(rig: Rig) -> None:
    placed(rig)
    found = [one for one in rig.item()["evidence"] if one["what"].startswith("test order ")]
    assert [one["what"] for one in found] == [
        "test order placed",
        "test order seen open",
        "test order cancelled",
        "test order seen gone",
    ]
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)
    assert {one["where"] for one in found} == {"binanceusdm/main BTC/USDT:USDT"}


def test_between_placing_and_cancelling_its_result_is_unknown_and_never_done(rig: Rig) -> None:
    seen: list[dict[str, Any]] = []
    placed(rig, after=once("PlaceTestOrder", lambda: seen.extend(acts(rig))))
    assert [one["result"] for one in seen] == ["unknown"]
    assert "not seen gone" in seen[0]["after"]


@pytest.mark.parametrize("said", ["leave", "lapsed"])
def test_where_none_is_placed_no_act_stands(rig: Rig, said: str) -> None:
    walked(rig, planned(rig), said)
    assert acts(rig) == []


def refused(rig: Rig) -> None:
    trouble = Trouble(Row.INSUFFICIENT_BALANCE, "InsufficientFunds", "-2019", "Margin is insufficient.")
    rig.world.venue.refusals.append(Refused(trouble.told()).of(trouble))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (refused, "-2019"),
        (lambda rig: rig.world.meanwhile.update({"closes.send": rig.engage}), "kill switch"),
        (lambda rig: rig.world.venue.refusals.append(Uncertain("silence").of(SILENCE)), "not found"),
    ],
)
def test_one_that_the_venue_never_had_is_not_done_and_says_why(
    rig: Rig, spoil: Callable[[Rig], object], why: str
) -> None:
    plan = planned(rig)
    approve(rig, plan)
    spoil(rig)
    walked(rig, plan)
    [act] = acts(rig)
    assert (act["result"], why in act["after"]) == ("not_done", True), act


def test_one_that_was_found_after_silence_is_done(rig: Rig) -> None:
    rig.world.venue.executed_but.append(Uncertain("silence").of(SILENCE))
    placed(rig)
    assert [one["result"] for one in acts(rig)] == ["done"]


@pytest.mark.parametrize(
    ("trouble", "at"),
    [
        ({"exchange.cancel": Refused("the venue cancels nothing")}, None),
        ({"exchange.order": Transient("no answer")}, "PlaceTestOrder"),
    ],
)
def test_one_whose_cancel_could_not_be_proven_is_unknown(
    rig: Rig, trouble: dict[str, RunbookError], at: str | None
) -> None:
    plan = planned(rig)
    approve(rig, plan)
    if at is None:
        rig.world.trouble.update(trouble)
        tested = walked(rig, plan)
    else:
        tested = walked(rig, plan, after=once(at, lambda: rig.world.trouble.update(trouble)))
    assert tested.result is Check.FAIL
    [act] = acts(rig)
    assert (act["target"], act["result"], "by hand" in act["after"]) == (name_of(plan), "unknown", True)


def test_a_run_that_lost_its_guard_sends_nothing(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)

    def stolen() -> None:
        rig.world.put("guards", {**(rig.world.item("guards", LONG.guard_id) or {}), "incident_id": "inc-other"})

    rig.world.meanwhile["incidents.intend"] = stolen
    tested = walked(rig, plan)
    assert not rig.called("exchange.probe")
    assert (tested.result, "guard" in tested.value, acts(rig)) == (Check.UNKNOWN, True, [])


def test_a_run_that_has_ended_sends_nothing(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)

    def ended() -> None:
        twins(rig.world).incidents.close(INCIDENT, {})

    rig.world.meanwhile["incidents.intend"] = ended
    walked(rig, plan)
    assert not rig.called("exchange.probe")


def test_a_record_that_fails_keeps_nobody_from_cancelling(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    broken = {"incidents.settle": Transient("slow"), "incidents.note": Transient("slow")}
    hook = once("PlaceTestOrder", lambda: rig.world.trouble.update(broken))
    mended = once("WithdrawTestOrder", rig.world.trouble.clear)
    tested = walked(rig, plan, before=hook, after=mended)
    nothing_rests(rig)
    assert tested.result is Check.PASS
    # The telling says it once more, so that what was cancelled does not stand as unknown.
    assert [one["result"] for one in acts(rig)] == ["done"]


# --- the end of a verification


def judged(rig: Rig, *, child: bool, orders: Check = Check.PASS) -> judge_checklist.Response:
    def item(line: str, result: Check) -> ChecklistItem:
        return ChecklistItem(line, QUESTIONS[line], result, "as seen", "the venue", rig.now, "run", "", None, ())

    items = [item(line, orders if line == "orders" else Check.PASS) for line in QUESTIONS]
    scope = Scope(child=child, strategy_ids=("s1",), since=rig.now)
    run = rig.run(runbook="verify-trading")
    reply: judge_checklist.Response = rig.work(judge_checklist, run=run, scope=scope, items=items)
    return reply


@pytest.mark.parametrize("child", [False, True])
def test_a_verification_gives_its_test_order_as_what_it_did(rig: Rig, child: bool) -> None:
    plan = planned(rig)
    approve(rig, plan)
    walked(rig, plan)
    output = judged(rig, child=child).output
    assert [(act.action, act.target, act.result) for act in output.actions] == [
        (TEST_ORDER, name_of(plan), Result.DONE)
    ]
    assert output.actions_total == 1
    assert output.outcome == "resolved"


def test_a_childs_acts_are_its_own_and_not_its_parents(rig: Rig) -> None:
    rig.opened()
    intent = Intent("a1", "redeploy", "svc", "1", "arn:of-the-parent", rig.now)
    guard = f"service/{rig.settings.platform.service}"
    twins(rig.world).incidents.intend(INCIDENT, intent, guard_id=guard, act_until=rig.now)
    output = judged(rig, child=True).output
    assert (output.actions, output.actions_total) == ((), 0)


def test_the_report_of_a_verification_tells_the_order_and_each_moment(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    walked(rig, plan)
    judged(rig, child=False)
    text = rig.world.objects[f"incidents/{INCIDENT}/report.md"][0]
    section = text.partition("## The test order")[2].partition("\n## ")[0]
    assert name_of(plan) in section
    assert "buy 0.001 BTC/USDT:USDT at 58199.9" in section
    for moment in ("placed", "seen open", "cancelled", "seen gone"):
        assert f"UTC | {moment} |" in section
    assert f"{name_of(plan)} - over: nothing of it rests" in text
    assert f"- {TEST_ORDER} {name_of(plan)} (" in rig.world.sent[0][1]


def test_a_report_without_a_test_order_tells_of_none(rig: Rig) -> None:
    judged(rig, child=False)
    assert "test order" not in rig.world.objects[f"incidents/{INCIDENT}/report.md"][0].lower()


@pytest.mark.parametrize("orders", [Check.FAIL, Check.PASS])
def test_one_that_may_rest_is_told_by_its_id_and_withdrawn_once_more(rig: Rig, orders: Check) -> None:
    plan = planned(rig)
    approve(rig, plan)
    rig.world.trouble["exchange.cancel"] = Refused("the venue cancels nothing")
    walked(rig, plan)
    reply = judged(rig, child=False, orders=orders)
    assert (reply.escalated, reply.output.outcome) == (True, "escalated")
    for text in (reply.cause, rig.world.sent[0][1]):
        assert f"test order {name_of(plan)} may rest at the venue" in text
        assert "buy 0.001 BTC/USDT:USDT at 58199.9, post-only, at binanceusdm/main" in text
        assert f"the withdrawal of test order {name_of(plan)}: started" in text
    assert len(left_runs(rig)) == 1


def test_a_child_that_leaves_one_is_not_resolved(rig: Rig) -> None:
    plan = planned(rig)
    approve(rig, plan)
    rig.world.trouble["exchange.cancel"] = Refused("the venue cancels nothing")
    walked(rig, plan)
    assert judged(rig, child=True).output.outcome == "escalated"
    assert len(left_runs(rig)) == 1


# --- a run that is stopped between placing and cancelling


class Stopped(BaseException):
    """Somebody stops the execution: no exception, for no port turns the end of a function into a word."""


def stop() -> None:
    raise Stopped


def stopped(rig: Rig, *, at: str = "PlaceTestOrder") -> ProbePlan:
    """A run that was stopped right after this state."""
    plan = planned(rig)
    approve(rig, plan)
    with pytest.raises(Stopped):
        walked(rig, plan, after=once(at, stop))
    rig.execution(EXECUTION, "ABORTED")
    return plan


def closed(rig: Rig, **detail: Any) -> None:
    given = {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "status": "ABORTED",
        "startDate": int(rig.now.timestamp() * 1000),
        "input": "{}",
    }
    rig.work(closer, detail={**given, **detail})


def left_runs(rig: Rig) -> list[dict[str, Any]]:
    """What the withdrawals that were started were given."""
    return [dict(one.payload) for arn, one in rig.world.executions.items() if ":tradai-local-test-order:" in arn]


def withdrawn(rig: Rig, **more: Any) -> RealOrder:
    """The withdrawal that was started, walked as the engine would."""
    [given] = left_runs(rig)
    plan: ProbePlan = rig.work(plan_test_order, job=given)
    return walked(rig, plan, "nobody", start="IsItAsked", **more)


def test_the_closer_marks_it_unknown_names_it_and_starts_its_withdrawal(rig: Rig) -> None:
    name = name_of(stopped(rig))
    assert len(rig.world.venue.working(WHERE)) == 1
    closed(rig)
    [act] = acts(rig)
    assert (act["target"], act["result"]) == (name, "unknown")
    [(_, text)] = rig.world.sent
    assert f"- test order {name} may rest at the venue" in text
    assert "buy 0.001 BTC/USDT:USDT at 58199.9, post-only, at binanceusdm/main" in text
    assert "cancel the order by hand" in text
    assert f"- the withdrawal of test order {name}: started (test-order-" in text
    [given] = left_runs(rig)
    assert (given["left"]["client_order_id"], given["run"]["incident_id"]) == (name, INCIDENT)
    report = rig.world.objects[f"incidents/{INCIDENT}/report.md"][0]
    assert "it may rest at the venue: look for it there and cancel it" in report


def test_a_report_that_was_written_before_the_closer_came_gets_the_order_as_well(rig: Rig) -> None:
    """The end of the execution starts both, and the report may be quicker."""
    name = name_of(stopped(rig))
    twins(rig.world).incidents.note(INCIDENT, [], report_key=f"incidents/{INCIDENT}/report.html")
    closed(rig)
    assert f"{name} - it may rest at the venue" in rig.world.objects[str(rig.item()["sections_key"])][0]


def test_its_withdrawal_asks_nobody_places_nothing_cancels_it_and_tells_that_it_is_gone(rig: Rig) -> None:
    name = name_of(stopped(rig))
    closed(rig)
    rig.world.announced.clear()
    tested = withdrawn(rig)
    nothing_rests(rig)
    assert (tested.result, len(rig.world.venue.created)) == (Check.PASS, 1)
    subject, text = rig.world.sent[-1]
    assert subject == f"[tradai local] TEST ORDER is gone: {name}"
    assert f"Incident: {INCIDENT}" in text
    assert "seen open, cancelled, and seen gone" in text
    assert rig.world.item("guards", LONG.guard_id) is None
    assert rig.world.announced == [INCIDENT]
    assert ("test order", tested.value) in rig.evidence()
    told = rig.item()["told"]
    assert tested.value in told["known"]
    assert (told["not_done"], told["unknown"]) == ([], ["whether the symptom is cured"])
    assert not [one for one in rig.item()["open_questions"] if name in one]
    sections = rig.world.objects[str(rig.item()["sections_key"])][0]
    assert f"{name} - over: it was seen gone after its run had ended" in sections
    assert "may rest" not in sections
    # The end of the incident is not rewritten: what was unknown when it ended stands so, with what was seen since.
    assert [one["result"] for one in acts(rig)] == ["unknown"]


def test_one_that_was_never_sent_is_withdrawn_before_anybody_can_send_it(rig: Rig) -> None:
    """Its function was written down as about to send, and is dead or slow."""
    plan = planned(rig)
    approve(rig, plan)
    rig.world.meanwhile["closes.send"] = stop
    with pytest.raises(Stopped):
        walked(rig, plan)
    closed(rig)
    withdrawn(rig)
    assert not rig.called("exchange.probe")
    subject, text = rig.world.sent[-1]
    assert ("is gone" in subject, "was never sent" in text) == (True, True)
    attempt = twins(rig.world).closes.attempts(f"test-order/{name_of(plan)}", INCIDENT)[0]
    assert not twins(rig.world).closes.send(attempt, rig.now)


def test_a_function_that_sends_after_the_stop_is_waited_for(rig: Rig) -> None:
    """The stop of an execution does not stop the function that it had started."""
    plan = planned(rig)
    approve(rig, plan)
    rig.world.meanwhile["exchange.probe"] = stop
    with pytest.raises(Stopped):
        walked(rig, plan)
    closed(rig)
    assert plan.probe is not None
    probe = plan.probe
    sends = [lambda: twins(rig.world).exchange.probe(probe.where, probe.order)]
    began = rig.now

    def late(state: str) -> None:
        if state == "WithdrawTestOrder" and rig.now - began > timedelta(seconds=30) and sends:
            sends.pop()()

    assert withdrawn(rig, before=late).result is Check.PASS
    assert not sends
    nothing_rests(rig)


def test_one_that_cannot_be_withdrawn_is_told_loudly_with_its_id_and_keeps_its_unit(rig: Rig) -> None:
    name = name_of(stopped(rig))
    closed(rig)
    rig.world.trouble["exchange.cancel"] = Refused("the venue cancels nothing")
    assert withdrawn(rig).result is Check.FAIL
    subject, text = rig.world.sent[-1]
    assert subject == f"[tradai local] TEST ORDER MAY REST, cancel it by hand: {name}"
    assert "Order: buy 0.001 BTC/USDT:USDT at 58199.9, post-only, at binanceusdm/main" in text
    assert rig.world.item("guards", LONG.guard_id) is not None
    assert [one for one in rig.item()["told"]["not_done"] if f"test order {name} may rest" in one]


def test_one_that_filled_meanwhile_needs_a_person(rig: Rig) -> None:
    stopped(rig)
    closed(rig)
    (order,) = rig.world.venue.working(WHERE)
    done = replace(order, status=OrderStatus.FILLED, filled=order.amount, average=order.price)
    rig.world.venue.change(WHERE, done)
    withdrawn(rig)
    left = [one for one in rig.item()["told"]["not_done"] if "was filled: 0.001" in one]
    assert len(left) == 1
    assert [f"Left to a person: {left[0]}"] == [one for one in rig.item()["open_questions"] if "filled" in one]
    subject, text = rig.world.sent[-1]
    assert "TEST ORDER NEEDS A PERSON" in subject
    assert "was filled: 0.001" in text


def test_a_withdrawal_that_can_tell_nobody_breaks_and_the_closer_tells_its_order(rig: Rig) -> None:
    name = name_of(stopped(rig))
    closed(rig)
    [given] = left_runs(rig)
    arn = next(arn for arn in rig.world.executions if ":tradai-local-test-order:" in arn)
    machine = MACHINE.replace("stale-heartbeat", "test-order")
    closed(rig, executionArn=arn, stateMachineArn=machine, status="FAILED", input=json.dumps(given))
    subject, text = rig.world.sent[-1]
    assert "FAILED test-order" in subject
    assert f"- whether test order {name} rests at the venue: look for that id there" in text


def test_an_event_that_is_delivered_twice_starts_one_withdrawal(rig: Rig) -> None:
    stopped(rig)
    rig.world.trouble["notifier.publish"] = Transient("throttled")
    with pytest.raises(Transient):
        closed(rig)
    rig.world.trouble.clear()
    closed(rig)
    assert len(left_runs(rig)) == 1


@pytest.mark.parametrize("call", ["executions.start_withdrawal", "closes.attempts"])
def test_a_withdrawal_that_cannot_be_started_is_a_persons_work_and_the_run_is_closed(rig: Rig, call: str) -> None:
    name = name_of(stopped(rig))
    rig.world.trouble[call] = Transient("no answer")
    closed(rig)
    [(_, text)] = rig.world.sent
    assert f"- the withdrawal of test order {name} could not be started (no answer): cancel it by hand" in text
    assert left_runs(rig) == []


def test_a_run_that_was_stopped_after_the_cancel_leaves_nothing_to_withdraw(rig: Rig) -> None:
    name = name_of(stopped(rig, at="WithdrawTestOrder"))
    closed(rig)
    assert left_runs(rig) == []
    [(_, text)] = rig.world.sent
    assert f"Done:\n- {TEST_ORDER} {name} (" in text
    assert "may rest" not in text


def test_an_incident_that_takes_no_note_keeps_nothing_from_being_withdrawn(rig: Rig) -> None:
    stopped(rig)
    closed(rig)
    rig.world.trouble["incidents.note"] = Transient("slow")
    withdrawn(rig)
    nothing_rests(rig)
    assert "is gone" in rig.world.sent[-1][0]
