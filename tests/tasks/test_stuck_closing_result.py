"""What a run says of its close: what its own orders did, who decided, and what it has left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.errors import Transient
from functions.facts import Result
from functions.ports.exchange import Attempt, AttemptState, CloseResult
from functions.rules.closing.rounds import NEVER_SENT
from functions.rules.stuck.end import How
from functions.stuck.model import Look
from functions.tasks import account_for_close, closer, conclude_stuck, prove_gone
from functions.venue import Row, Trouble
from tests.tasks.rig import EXECUTION, INCIDENT, MACHINE
from tests.tasks.stuck_rig import APPROVAL, POSITION, STRATEGY, StuckRig, as_look, text


@pytest.fixture
def stuck() -> StuckRig:
    rig = StuckRig()
    rig.world.put("approvals", {"approval_id": APPROVAL})
    return rig


def attempt(rig: StuckRig, number: int, state: AttemptState, **more: Any) -> Attempt:
    """One more order of the close, as it stands at its end."""
    new = Attempt(
        position_id=POSITION,
        incident_id=INCIDENT,
        number=number,
        client_order_id=f"rbc{number}",
        unit=rig.unit,
        amount=Decimal("0.5"),
        worst_price=Decimal(59_700),
        state=AttemptState.PREPARED,
        prepared_at=rig.now,
    )
    closes = twins(rig.world).closes
    until = rig.now + timedelta(minutes=1)
    closes.prepare(new, approval_id=APPROVAL, guard_id=rig.unit.guard_id, act_until=until)
    sent = replace(new, state=state, sent_at=rig.now, **more)
    if state is not AttemptState.PREPARED:
        closes.send(new, rig.now)
    if state not in (AttemptState.PREPARED, AttemptState.SENT):
        closes.settle(sent)
    return sent


def closed(rig: StuckRig, look: Look, how: Any, *orders: tuple[AttemptState, dict[str, Any]], **more: Any) -> None:
    """The child, which stores its orders and its result after the decision."""
    assert look.approval_id == APPROVAL
    rig.world.advance(seconds=5)
    for number, (state, fields) in enumerate(orders, 1):
        attempt(rig, number, state, **fields)
    given: dict[str, Any] = {
        "closed": Decimal("0.25"),
        "left": Decimal(0),
        "average": Decimal("60300.5"),
        "attempts": len(orders),
        "why": "flat at two reads.",
        "recorded": True,
        "left_over": (),
        "protected": None,
        "entries": "running",
        "trades_against": (),
        **more,
    }
    twins(rig.world).closes.conclude(POSITION, INCIDENT, CloseResult(how=how, at=rig.now, **given))


REFUSED = (AttemptState.REFUSED, {"why": "no_funds -2019 Margin is insufficient."})
HALF = (AttemptState.DONE, {"filled": Decimal("0.25"), "average": Decimal(60_000), "why": "filled"})
UNSENT = (AttemptState.NOT_ACCEPTED, {"why": NEVER_SENT})


def test_what_this_run_closed_is_told_apart_from_all_exits_of_the_position(stuck: StuckRig) -> None:
    look = stuck.settle("emergency_close", close=lambda one: closed(stuck, one, "flat", REFUSED, HALF, UNSENT))
    assert look.end is not None
    assert look.end.told == (
        "closed 0.25 at 60000 on average, by 1 order; "
        "1 order took nothing (refused: no_funds -2019 Margin is insufficient); "
        "1 order written down and never sent (not_accepted: withdrawn: it was never sent); "
        "all its exits: 60300.5 on average; this position is proven flat by two reads and fills"
    )


def test_what_others_own_beside_it_is_named_where_it_is_flat(stuck: StuckRig) -> None:
    stuck.config("beta")
    stuck.position("pos-2", "beta", amount=Decimal("0.3"), exit_signal_at=None)
    stuck.venue.hold(stuck.unit, "0.8")
    look = stuck.settle("emergency_close", close=lambda one: closed(stuck, one, "flat", HALF))
    assert look.end is not None
    assert look.end.told.endswith("proven flat by two reads and fills; 0.3 of other owners stays at the venue")


def test_whoever_decided_and_what_was_refused_stands_in_the_end_after_a_silence(stuck: StuckRig) -> None:
    look = stuck.settle(
        "emergency_close",
        "lapsed",
        close=lambda one: closed(stuck, one, "not_closed", REFUSED, left=Decimal("0.5"), closed=Decimal(0)),
    )
    assert look.end is not None
    assert look.end.how is How.UNANSWERED
    assert look.end.told.startswith("Decided by ana: emergency_close; it was not closed whole: ")
    assert "no_funds -2019" in look.end.told
    assert look.end.told.endswith("Then nobody answered in time, so nothing more was decided")
    assert ".." not in look.end.told
    assert any("no_funds -2019" in line for line in look.end.known)


def test_protection_that_was_not_seen_is_no_proof_that_it_is_off(stuck: StuckRig) -> None:
    look = stuck.settle(
        "emergency_close", close=lambda one: closed(stuck, one, "not_closed", REFUSED, protected=False)
    )
    assert look.end is not None
    assert "may be without its protection" in look.end.not_done[0]


def test_a_close_that_broke_says_what_it_may_have_left(stuck: StuckRig) -> None:
    def broke(look: Look) -> None:
        stuck.world.advance(seconds=5)
        attempt(stuck, 1, AttemptState.SENT)

    look = stuck.settle("emergency_close", close=broke)
    assert look.end is not None
    assert look.end.how is How.ESCALATE
    assert "what became of 1 order that was written down" in look.end.unknown
    assert "whether its protection rests at the venue: look there now" in look.end.unknown


def test_every_order_that_was_sent_is_an_act_once_and_stands_once_in_the_report(stuck: StuckRig) -> None:
    look = stuck.settle("emergency_close", close=lambda one: closed(stuck, one, "flat", REFUSED, HALF, UNSENT))
    answer = conclude(stuck, look)
    acts = [one for one in stuck.item()["actions"] if one["action"].startswith("close ")]
    assert [(one["target"], one["result"]) for one in acts] == [("rbc1", Result.NOT_DONE), ("rbc2", Result.DONE)]
    assert [one.target for one in answer.output.actions] == ["rbc1", "rbc2"]
    assert answer.output.actions_total == 2
    assert acts[1]["after"] == "0.25 filled at 60000"
    report = next(str(one) for key, one in stuck.world.objects.items() if key.endswith("report.md"))
    assert report.count("rbc2") == 1


def test_an_order_that_was_sent_is_an_act_where_the_settling_itself_was_stopped(stuck: StuckRig) -> None:
    attempt(stuck, 1, AttemptState.DONE, filled=Decimal("0.5"), average=Decimal(60_000))
    attempt(stuck, 2, AttemptState.SENT)
    state = {
        "run": stuck.the_run.model_dump(mode="json"),
        "position_id": POSITION,
        "guard_id": stuck.unit.guard_id,
        "reason": None,
        "strategy_ids": [STRATEGY],
        "one": True,
        "guard": {"guard_id": stuck.unit.guard_id, "owned": True, "why": "taken"},
        "error": {"Error": "States.TaskFailed", "Cause": "stopped by hand"},
    }
    answer = stuck.work(conclude_stuck, execution_arn=EXECUTION, state=state)
    assert answer.escalated
    assert [(one["target"], one["result"]) for one in stuck.item()["actions"]] == [
        ("rbc1", Result.DONE),
        ("rbc2", Result.UNKNOWN),
    ]


def conclude(rig: StuckRig, look: Look) -> Any:
    accounted = rig.work(account_for_close, run=rig.the_run, position_id=POSITION).model_dump(mode="json")
    state = {
        "run": rig.the_run.model_dump(mode="json"),
        "position_id": POSITION,
        "guard_id": rig.unit.guard_id,
        "reason": None,
        "strategy_ids": [STRATEGY],
        "one": True,
        "guard": {"guard_id": rig.unit.guard_id, "owned": True, "why": "taken"},
        "settled": {"look": look.model_dump(mode="json"), "error": None},
        "accounted": accounted,
    }
    return rig.work(conclude_stuck, execution_arn=EXECUTION, state=state)


def paused(rig: StuckRig, by: str) -> None:
    assert twins(rig.world).trading_state.pause(STRATEGY, expected_status="running", status="paused", paused_by=by)


def test_entries_that_this_incident_has_left_paused_are_never_resolved(stuck: StuckRig) -> None:
    look = stuck.settle("emergency_close", close=lambda one: closed(stuck, one, "flat", HALF))
    paused(stuck, INCIDENT)
    answer = conclude(stuck, look)
    assert answer.output.outcome == "escalated"
    assert "alpha is still paused" in answer.cause
    assert "set its status back to running" in answer.cause


def test_entries_that_an_incident_which_is_over_has_left_paused_are_told_too(stuck: StuckRig) -> None:
    look = stuck.settle("emergency_close", close=lambda one: closed(stuck, one, "flat", HALF))
    stuck.world.put("incidents", {"incident_id": "inc-before", "ended_at": text(stuck.now)})
    paused(stuck, "inc-before")
    assert "paused by the close of incident inc-before, which is over" in conclude(stuck, look).cause


@pytest.mark.parametrize("by", ["alice", "inc-at-work"])
def test_a_pause_of_a_person_or_of_a_close_at_work_is_nobodys_trouble(stuck: StuckRig, by: str) -> None:
    look = stuck.settle("emergency_close", close=lambda one: closed(stuck, one, "flat", HALF))
    stuck.world.put("incidents", {"incident_id": "inc-at-work"})
    paused(stuck, by)
    assert "is still paused" not in conclude(stuck, look).cause


def test_the_word_that_it_is_gone_is_not_believed_once_it_is_there_again(stuck: StuckRig) -> None:
    held = dict(stuck.venue.held)
    stuck.venue.held.clear()
    look = as_look(stuck.work(prove_gone, look=stuck.look()))
    assert look.verdict == "ask"
    stuck.venue.held.update(held)
    look = stuck.look(stuck.said(look, "closed", note="liquidated"))
    assert look.verdict == "ask"
    assert stuck.record()["status"] == "open"


def test_no_price_when_it_was_due_no_waiting(stuck: StuckRig) -> None:
    stuck.world.trouble["exchange.rate"] = Transient("slow")
    look = stuck.look()
    assert look.question is not None
    assert "wait_next_cycle" not in [option.id for option in look.question.options]
    facts = {line.name: line.value for line in look.question.facts}
    assert "the loss since the exit was due is not known" in facts["Waiting for the next cycle"]
    assert "what BTC cost in USDT" in facts["Not readable"]


def test_a_run_that_is_stopped_by_hand_tells_every_order_that_it_has_sent(stuck: StuckRig) -> None:
    stuck.ports().incidents.note(INCIDENT, [], position_ids=[POSITION])
    attempt(stuck, 1, AttemptState.DONE, filled=Decimal("0.5"), average=Decimal(60_000))
    attempt(stuck, 2, AttemptState.SENT)
    stuck.work(
        closer,
        detail={
            "executionArn": EXECUTION,
            "stateMachineArn": MACHINE.replace("stale-heartbeat", "stuck-position"),
            "status": "ABORTED",
            "input": "{}",
        },
    )
    item = stuck.item()
    assert [(one["target"], one["result"]) for one in item["actions"]] == [("rbc1", "done"), ("rbc2", "unknown")]
    [letter] = [one for one in stuck.world.sent if "ABORTED" in one[0]]
    for said in (
        "close 0.5 at 59700 or better rbc1 (0.5 filled at 60000)",
        "rbc2",
        f"whether {POSITION} is closed",
    ):
        assert said in letter[1]


def test_what_a_close_has_waited_for_the_venue_is_not_waited_for_again(stuck: StuckRig) -> None:
    waits: list[int] = []

    def child(look: Look) -> None:
        stuck.venue.down = Trouble(Row.UNREACHABLE, "NetworkError", None, "connection refused")
        closed(stuck, look, "not_closed", REFUSED, left=Decimal("0.5"), protected=True, waited=890)

    look = stuck.settle("emergency_close", close=child, waits=waits.append)
    assert look.end is not None
    assert (look.end.how, waits) == (How.ESCALATE, [])
    assert "waited for 890 s" in look.end.told
