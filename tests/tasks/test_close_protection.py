"""Protection is written down first, goes last, and is back at every end that is not flat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from functions.adapters.memory import twins
from functions.adapters.memory.exchange import said
from functions.errors import Refused, Transient, Uncertain
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.client_ids import attempt_id, protection_ids
from functions.rules.closing.next_step import Order
from functions.tasks import attempt_unprotected, restore_protection, write_down_protection
from functions.venue import OrderStatus, Row, Trouble
from tests.tasks.close_rig import APPROVAL, BTC, MARK, POSITION, STRATEGY, CloseRig, closes
from tests.tasks.rig import INCIDENT


def covered() -> CloseRig:
    """Its stop is written down, and the venue holds it against the quantity."""
    rig = CloseRig()
    rig.stop()
    rig.work(write_down_protection, job=rig.job())
    return rig


def order(rig: CloseRig) -> Order:
    return Order(1, rig.amount, rig.worst)


def again(rig: CloseRig) -> list[str]:
    """Which of the working orders this close has placed."""
    return [name for name in rig.working() if name.startswith("rbp")]


def test_what_was_written_down_first_stands() -> None:
    rig = covered()
    rig.stop("stop-2")
    assert rig.work(write_down_protection, job=rig.job()).orders == 1


def test_protection_that_is_off_is_placed_again_with_all_its_parameters() -> None:
    rig = covered()
    [stop] = rig.venue.working(rig.unit.where)
    rig.ports().exchange.cancel(rig.unit.where, stop)
    restored = rig.work(restore_protection, job=rig.job())
    assert restored.protected is True
    [there] = rig.venue.working(rig.unit.where)
    assert there.client_order_id in protection_ids(POSITION, INCIDENT, stop.order_id)
    assert (there.type, there.trigger_price, there.amount, there.reduce_only) == (
        stop.type,
        stop.trigger_price,
        stop.amount,
        True,
    )


def test_protection_that_rests_is_left_alone() -> None:
    rig = covered()
    assert rig.work(restore_protection, job=rig.job()).protected is True
    assert again(rig) == []


@pytest.mark.parametrize("after", [True, False])
def test_an_ambiguous_answer_to_placing_it_leaves_exactly_one(after: bool) -> None:
    rig = covered()
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    (rig.venue.executed_but if after else rig.venue.refusals).append(Uncertain("no answer"))
    assert rig.work(restore_protection, job=rig.job()).protected is True
    assert len(again(rig)) == 1


def test_protection_that_cannot_come_back_is_named_and_not_raised() -> None:
    rig = covered()
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    rig.venue.refusals += [said(Refused, Row.OTHER, "InvalidOrder", "-2021", "would trigger at once")] * 3
    restored = rig.work(restore_protection, job=rig.job())
    assert (restored.protected, restored.missing) == (False, ("stop-1",))
    assert "position without protection" in restored.why
    assert "would trigger at once" in restored.why


def test_protection_comes_back_although_its_intent_cannot_be_written() -> None:
    rig = covered()
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    rig.world.trouble["incidents.intend"] = Transient("the table is down")
    assert rig.work(restore_protection, job=rig.job()).protected is True


def test_without_the_guard_no_protection_is_placed() -> None:
    """Whoever has taken the unit over may have placed it."""
    rig = covered()
    job = rig.job()
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    rig.guard("inc-other")
    assert rig.work(restore_protection, job=job).protected is False
    assert again(rig) == []


def test_an_attempt_without_protection_ends_flat_with_none_or_not_flat_with_it() -> None:
    flat = covered()
    assert flat.work(attempt_unprotected, job=flat.job(), order=order(flat)).state == "done"
    assert (flat.held, flat.working()) == (Decimal(0), [])
    part = covered()
    part.venue.fills_at_most = Decimal("0.02")
    assert part.work(attempt_unprotected, job=part.job(), order=order(part)).state == "done"
    assert (part.held, len(again(part))) == (Decimal("0.03"), 1)


@pytest.mark.parametrize("call", ["closes.prepare", "closes.send", "exchange.create", "exchange.order"])
def test_whatever_breaks_while_it_is_off_it_comes_back(call: str) -> None:
    rig = covered()
    job = rig.job()
    if call == "exchange.create":
        rig.venue.refusals.append(Uncertain("no answer"))
        rig.work(attempt_unprotected, job=job, order=order(rig))
    else:
        once = {"left": 1}

        def breaks() -> None:
            if once["left"]:
                once["left"] = 0
                raise Transient("once")

        rig.world.meanwhile[call] = breaks
        with pytest.raises(Transient):
            rig.work(attempt_unprotected, job=job, order=order(rig))
    assert rig.held == rig.amount
    assert len(rig.working()) == 1
    # What comes before the order is done before it is taken off.
    assert again(rig) == ([] if call in ("closes.prepare", "exchange.order") else rig.working())


def test_the_time_without_it_is_accounted_for() -> None:
    rig = covered()
    rig.work(attempt_unprotected, job=rig.job(), order=order(rig))
    [told] = [value for what, value in rig.evidence() if what == "protection taken off for one attempt"]
    assert told.startswith("stop-1 off for 0.0 s")
    assert [i["action"] for i in rig.intents().values()] == ["take a protective order off"]


def test_protection_that_does_not_all_rest_is_not_touched() -> None:
    rig = CloseRig()
    rig.stop()
    rig.stop("take-1", type="take_profit_market", trigger_price=MARK * 2)
    rig.work(write_down_protection, job=rig.job())
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    with pytest.raises(Refused, match="not as it was written down"):
        rig.work(attempt_unprotected, job=rig.job(), order=order(rig))
    assert rig.working() == ["take-1"]


def test_a_stop_that_its_strategy_has_moved_comes_back_where_it_was_moved_to() -> None:
    rig = covered()
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    rig.stop("stop-2", trigger_price=Decimal(59_500))
    rig.stop("stop-3", trigger_price=Decimal(58_000), amount=Decimal("0.01"))
    rig.venue.fills_at_most = Decimal("0.01")
    job = rig.job()
    rig.work(attempt_unprotected, job=job, order=order(rig))
    there = rig.venue.working(rig.unit.where)
    assert len(again(rig)) == 2
    assert {(one.trigger_price, one.amount) for one in there} == {
        (Decimal(59_500), rig.amount),
        (Decimal(58_000), Decimal("0.01")),
    }
    # And so it does by a later look.
    for one in there:
        rig.ports().exchange.cancel(rig.unit.where, one)
    assert rig.work(restore_protection, job=job).protected is True
    assert {one.trigger_price for one in rig.venue.working(rig.unit.where)} == {59_500, 58_000}


def test_nothing_is_sent_where_its_protection_was_gone_when_it_was_to_be_taken_off() -> None:
    """It may have fired: what the order would close may be somebody else's."""
    rig = covered()

    def gone() -> None:
        for one in rig.venue.working(rig.unit.where):
            rig.venue.change(rig.unit.where, replace(one, status=OrderStatus.FILLED))

    rig.world.meanwhile["exchange.cancel"] = gone
    assert rig.work(attempt_unprotected, job=rig.job(), order=order(rig)).state == "moved"
    assert not [one for one in rig.venue.created if str(one.client_order_id).startswith("rbc")]


def test_where_taking_it_off_takes_too_long_it_goes_back_and_nothing_is_sent() -> None:
    rig = covered()
    rig.world.meanwhile["exchange.cancel"] = lambda: _takes(rig, 6)
    sent = rig.work(attempt_unprotected, job=rig.job(), order=order(rig))
    assert (sent.state, sent.why) == ("moved", "taking its protection off took too long")
    assert (rig.held, len(again(rig))) == (rig.amount, 1)


def _takes(rig: CloseRig, seconds: float) -> None:
    rig.world.advance(seconds=seconds)


def slow(rig: CloseRig, call: str) -> None:
    """Every time it is called."""

    def takes() -> None:
        _takes(rig, 1.5)
        rig.world.meanwhile[f"exchange.{call}"] = takes

    rig.world.meanwhile[f"exchange.{call}"] = takes


def test_a_slow_venue_keeps_it_off_for_no_longer_than_it_may_be() -> None:
    rig = covered()
    for call in ("fills", "market", "order", "orders", "position", "cancel", "create", "place_again"):
        slow(rig, call)
    rig.venue.fills_at_most = Decimal("0.01")
    rig.work(attempt_unprotected, job=rig.job(), order=order(rig))
    [told] = [value for what, value in rig.evidence() if what == "protection taken off for one attempt"]
    assert (rig.held, len(again(rig))) == (Decimal("0.04"), 1)
    assert told == "stop-1 off for 6.0 s at most"


def shared() -> CloseRig:
    rig = CloseRig()
    rig.position("pos-2", "bravo", Decimal("0.10"))
    rig.stop("stop-2", "pos-2", amount=Decimal("0.10"))
    rig.venue.hold(rig.unit, Decimal("0.15"))
    return rig


def test_with_several_owners_what_rests_is_cut_to_what_is_left_and_nobody_elses() -> None:
    rig = shared()
    rig.stop()
    rig.venue.bids[BTC] = [(MARK - 1, Decimal("0.03")), (MARK * Decimal("0.9"), Decimal(100))]
    assert closes(rig).error == "Escalated"
    assert (rig.held, rig.result().left, rig.result().protected) == (Decimal("0.12"), Decimal("0.02"), True)
    assert {str(one.client_order_id)[:3]: one.amount for one in rig.venue.working(rig.unit.where)} == {
        "sto": Decimal("0.10"),
        "rbp": Decimal("0.02"),
    }


def test_with_several_owners_two_stops_come_back_with_what_is_left_together() -> None:
    rig = shared()
    rig.stop("s1", amount=Decimal("0.025"))
    rig.stop("s2", amount=Decimal("0.025"), trigger_price=Decimal(56_000))
    rig.work(write_down_protection, job=rig.job())
    rig.venue.fills_at_most = Decimal("0.03")
    rig.work(attempt_unprotected, job=rig.job(), order=order(rig))
    assert [one.amount for one in rig.venue.working(rig.unit.where) if one.client_order_id in again(rig)] == [
        Decimal("0.01"),
        Decimal("0.01"),
    ]


def test_protection_that_would_close_what_others_own_is_no_protection() -> None:
    rig = shared()
    rig.stop()
    rig.venue.bids[BTC] = [(MARK - 1, Decimal("0.03")), (MARK * Decimal("0.9"), Decimal(100))]
    rig.world.trouble["exchange.cancel"] = Transient("down")
    assert closes(rig).error == "Escalated"
    assert rig.result().protected is False
    assert "protection holds more than what is left" in rig.result().why


def test_with_several_owners_nobody_elses_stop_is_taken_off() -> None:
    rig = CloseRig()
    rig.stop()
    rig.position("pos-2", "bravo", Decimal("0.03"))
    rig.stop("stop-2", "pos-2", amount=Decimal("0.03"))
    rig.venue.hold(rig.unit, Decimal("0.08"))
    rig.work(write_down_protection, job=rig.job())
    rig.work(attempt_unprotected, job=rig.job(), order=order(rig))
    assert (rig.held, rig.working()) == (Decimal("0.03"), ["stop-2"])


def test_a_close_that_ends_by_a_dry_book_leaves_everything_as_it_was() -> None:
    rig = CloseRig()
    rig.stop()
    rig.dry()
    ended = closes(rig)
    assert ended.error == "Escalated"
    assert (rig.result().how, rig.result().protected) == ("void", True)
    assert (rig.held, rig.working(), rig.venue.created) == (rig.amount, ["stop-1"], [])
    assert (rig.world.item("trading_state", STRATEGY) or {})["status"] == "running"


def test_a_look_after_a_death_puts_it_back_before_anything_else() -> None:
    """The function died between taking it off and putting it back."""
    rig = covered()
    gone = {"once": True}

    def between(state: str) -> None:
        if state == "LookAtUnit" and gone.pop("once", False):
            [stop] = rig.venue.working(rig.unit.where)
            rig.venue.change(rig.unit.where, stop)
            rig.ports().exchange.cancel(rig.unit.where, stop)

    rig.venue.fills_at_most = Decimal("0.01")
    ended = closes(rig, between=between)
    states = [state for state in ended.path if state in ("RestoreAndGoOn", "SendAttempt")]
    assert states[0] == "RestoreAndGoOn"
    assert rig.result().how == "flat"
    assert rig.working() == []
    assert all(one.state is AttemptState.DONE for one in rig.attempts())
    assert OrderStatus.CANCELED in {found.status for _, found in rig.venue.orders}


def test_protection_comes_back_however_many_orders_the_incident_has_sent() -> None:
    rig = covered()
    job = rig.job()
    closes_twin = twins(rig.world).closes
    for number in range(1, 200):
        attempt = Attempt(
            position_id=POSITION,
            incident_id=INCIDENT,
            number=number,
            client_order_id=attempt_id(POSITION, INCIDENT, number),
            unit=rig.unit,
            amount=rig.amount,
            worst_price=rig.worst,
            state=AttemptState.PREPARED,
            prepared_at=rig.now,
        )
        until = rig.now + timedelta(seconds=60)
        closes_twin.prepare(attempt, approval_id=APPROVAL, guard_id=rig.unit.guard_id, act_until=until)
        closes_twin.settle(replace(attempt, state=AttemptState.REFUSED, why="no"))
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    assert rig.work(restore_protection, job=job).protected is True
    # Once more, from the beginning where the last of its ids was used.
    rig.ports().exchange.cancel(rig.unit.where, rig.venue.working(rig.unit.where)[0])
    assert rig.work(restore_protection, job=job).protected is True
    assert len(again(rig)) == 1


def test_a_stop_that_has_fired_is_not_placed_again_against_the_other_owner() -> None:
    rig = shared()
    stop = rig.stop()
    rig.work(write_down_protection, job=rig.job())

    def fires() -> None:
        rig.venue.change(rig.unit.where, replace(stop, status=OrderStatus.FILLED, filled=rig.amount))
        rig.venue.trade(rig.unit, rig.closes, rig.amount, MARK - 3_000, rig.now, "of-the-trigger")

    rig.world.meanwhile["closes.prepare"] = fires
    closes(rig)
    assert (rig.held, rig.working()) == (Decimal("0.10"), ["stop-2"])
    assert again(rig) == []


def test_what_has_fired_is_said_and_not_placed_again() -> None:
    rig = covered()
    [stop] = rig.venue.working(rig.unit.where)
    rig.venue.change(rig.unit.where, replace(stop, status=OrderStatus.FILLED, filled=rig.amount))
    restored = rig.work(restore_protection, job=rig.job())
    assert (restored.protected, again(rig)) == (False, [])
    assert "stop-1 has fired" in restored.why


def test_where_whose_it_is_is_not_known_only_what_was_surely_taken_off_comes_back() -> None:
    rig = shared()
    stop = rig.stop()
    rig.work(write_down_protection, job=rig.job())
    rig.ports().exchange.cancel(rig.unit.where, stop)
    rig.venue.hold(rig.unit, Decimal("0.13"))
    assert rig.work(restore_protection, job=rig.job()).placed != ()
    for one in list(rig.venue.orders):
        if str(one[1].client_order_id) != "stop-2":
            rig.venue.orders.remove(one)
    restored = rig.work(restore_protection, job=rig.job())
    assert (restored.protected, again(rig)) == (False, [])
    assert "nor what became of it" in restored.why


def test_what_stands_without_protection_is_said_where_the_record_was_reduced_in_the_middle_of_the_close() -> None:
    """The platform takes our fill off its amount: by record and fills together nothing would be left of it."""
    rig = CloseRig()
    rig.stop()
    rig.venue.fills_at_most = Decimal("0.03")
    nothing = Trouble(Row.NOTHING_TO_REDUCE, "InvalidOrder", "-2022", "ReduceOnly Order is rejected")
    rig.venue.refusals = [Refused("nothing to reduce").of(nothing)]

    def between(state: str) -> None:
        rig.world.trouble.pop("exchange.place_again", None)
        if any(one.filled for one in rig.attempts()):
            rig.position(POSITION, STRATEGY, rig.held)
        if state == "AttemptUnprotected":
            rig.world.trouble["exchange.place_again"] = Transient("busy")

    assert closes(rig, between=between).error == "Escalated"
    result = rig.result()
    assert (result.how, rig.held, rig.working()) == ("break", Decimal("0.02"), [])
    assert result.protected is False
