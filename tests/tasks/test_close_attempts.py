"""One attempt is sent exactly once, whatever its function is killed by, and settled before another is sent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.adapters.memory.exchange import said
from functions.closing import sending, unit
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.ports.exchange import AttemptState
from functions.rules.closing.client_ids import attempt_id
from functions.rules.closing.next_step import Order
from functions.rules.closing.rounds import NEVER_SENT
from functions.tasks import send_attempt, settle_attempt
from functions.venue import OrderStatus, Row
from tests.tasks.close_rig import MARK, POSITION, CloseRig
from tests.tasks.rig import INCIDENT


def order(rig: CloseRig, number: int = 1) -> Order:
    return Order(number, rig.amount, rig.worst)


def test_an_order_is_reduce_only_at_the_approved_worst_price_under_its_own_id() -> None:
    rig = CloseRig()
    sent = rig.work(send_attempt, job=rig.job(), order=order(rig))
    assert (sent.state, sent.over) == ("done", True)
    [made] = rig.venue.created
    assert made.client_order_id == attempt_id(POSITION, INCIDENT, 1)
    assert (made.price, made.reduce_only, made.time_in_force) == (rig.worst, True, "IOC")
    [attempt] = rig.attempts()
    assert (attempt.state, attempt.filled, attempt.order_id) == (AttemptState.DONE, rig.amount, made.order_id)
    assert rig.held == 0


def test_a_reading_by_which_a_one_way_account_holds_the_other_way_sends_nothing() -> None:
    """Whatever the table makes of it: an order would not reduce what is held."""
    rig = CloseRig()
    sight = unit.see(rig.ports(), rig.settings, rig.job())
    assert sending.why_not(sight, rig.amount) is None
    venue = sight.facts.venue
    assert venue is not None
    turned = replace(venue, opposite=Decimal("0.01"))
    for hedged, why in ((False, "the venue holds 0.01 the other way"), (True, None)):
        seen = replace(sight, facts=replace(sight.facts, venue=replace(turned, hedged=hedged)))
        assert sending.why_not(seen, rig.amount) == why


def test_in_hedge_mode_an_order_says_its_position_side() -> None:
    rig = CloseRig(hedged=True, side="short")
    rig.work(send_attempt, job=rig.job(), order=order(rig))
    assert rig.venue.created[0].position_side == "short"
    assert rig.held == 0


def test_an_order_without_a_bound_goes_at_any_price() -> None:
    rig = CloseRig(option="emergency_close_unbounded")
    rig.work(send_attempt, job=rig.job(), order=Order(1, rig.amount, None))
    assert (rig.venue.created[0].type, rig.venue.created[0].price) == ("market", None)


def test_the_attempt_is_written_down_and_marked_before_the_order_goes_out() -> None:
    rig = CloseRig()
    job = rig.job()
    rig.world.calls.clear()
    rig.work(send_attempt, job=job, order=order(rig))
    assert rig.called(
        "closes.prepare", "exchange.order", "exchange.position", "closes.send", "exchange.create"
    ) == [
        "closes.prepare",
        "exchange.order",
        "exchange.position",
        "exchange.position",
        "closes.send",
        "exchange.create",
    ]


@pytest.mark.parametrize("word", [Uncertain, RunbookError])
def test_an_ambiguous_answer_stays_open_and_is_found_at_the_venue(word: type[RunbookError]) -> None:
    rig = CloseRig()
    job = rig.job()
    rig.venue.executed_but.append(word("no answer"))
    sent = rig.work(send_attempt, job=job, order=order(rig))
    assert (sent.state, sent.over) == ("sent", True)
    assert rig.attempts()[0].state is AttemptState.SENT
    settled = rig.work(settle_attempt, job=job, sent=sent)
    assert not settled.open
    assert (rig.attempts()[0].state, rig.attempts()[0].filled) == (AttemptState.DONE, rig.amount)
    assert len(rig.venue.created) == 1


def test_not_found_is_not_believed_before_the_venue_could_take_it_no_more() -> None:
    rig = CloseRig()
    job = rig.job()
    rig.venue.refusals.append(Uncertain("no answer"))
    sent = rig.work(send_attempt, job=job, order=order(rig))
    rig.world.advance(seconds=9)
    assert rig.work(settle_attempt, job=job, sent=sent).open
    rig.world.advance(seconds=2)
    assert not rig.work(settle_attempt, job=job, sent=sent).open
    assert rig.attempts()[0].state is AttemptState.NOT_ACCEPTED


def test_where_nobody_saw_the_call_end_its_function_is_given_its_whole_life() -> None:
    rig = CloseRig()
    job = rig.job()
    rig.world.trouble["exchange.create"] = Uncertain("the function died here")
    rig.work(send_attempt, job=job, order=order(rig))
    del rig.world.trouble["exchange.create"]
    rig.world.advance(seconds=60)
    assert rig.work(settle_attempt, job=job, sent=None).open
    rig.world.advance(seconds=11)
    assert not rig.work(settle_attempt, job=job, sent=None).open


def test_no_other_attempt_is_sent_while_one_is_open() -> None:
    rig = CloseRig()
    job = rig.job()
    rig.venue.refusals.append(Uncertain("no answer"))
    rig.work(send_attempt, job=job, order=order(rig))
    assert rig.work(send_attempt, job=job, order=order(rig, 2)).why == "another attempt is open"
    assert [one.number for one in rig.attempts()] == [1]


@pytest.mark.parametrize("status", [OrderStatus.OPEN, OrderStatus.FILLED, OrderStatus.UNKNOWN])
def test_an_order_that_the_venue_knows_by_its_id_is_not_sent_again(status: OrderStatus) -> None:
    """The records were lost, or put back to before: the venue remembers."""
    rig = CloseRig()
    job = rig.job()
    rig.exit(attempt_id(POSITION, INCIDENT, 1), listed=False, status=status)
    sent = rig.work(send_attempt, job=job, order=order(rig))
    assert (sent.state, sent.why) == ("sent", "the venue knows an order of its id")
    assert rig.called("closes.send", "exchange.create") == []
    assert rig.venue.created == []


def test_a_known_refusal_is_final() -> None:
    rig = CloseRig()
    rig.venue.refusals.append(said(Refused, Row.INSUFFICIENT_BALANCE, "InsufficientFunds", "-2019", "margin"))
    assert rig.work(send_attempt, job=rig.job(), order=order(rig)).state == "refused"
    assert (rig.attempts()[0].why or "").startswith("insufficient_balance (InsufficientFunds -2019)")


def test_too_many_requests_means_not_accepted() -> None:
    rig = CloseRig()
    rig.venue.refusals.append(said(Transient, Row.RATE_LIMITED, "DDoSProtection", "429", "later"))
    assert rig.work(send_attempt, job=rig.job(), order=order(rig)).state == "not_accepted"


def test_a_duplicate_id_is_no_refusal_but_an_order_to_be_found() -> None:
    rig = CloseRig()
    rig.venue.refusals.append(said(Refused, Row.DUPLICATE_ID, "InvalidOrder", "-4116", "duplicated"))
    assert rig.work(send_attempt, job=rig.job(), order=order(rig)).state == "sent"
    assert rig.attempts()[0].state is AttemptState.SENT


def test_what_was_prepared_and_not_sent_is_withdrawn_for_good() -> None:
    """Its function died between the two: nobody can send it any more, and it is no round."""
    rig = CloseRig()
    job = rig.job()
    rig.world.trouble["exchange.position"] = Transient("the function died here")
    with pytest.raises(Transient):
        rig.work(send_attempt, job=job, order=order(rig))
    del rig.world.trouble["exchange.position"]
    assert rig.work(settle_attempt, job=job, sent=None).why == NEVER_SENT
    again = rig.work(send_attempt, job=job, order=order(rig))
    assert (again.state, rig.venue.created) == ("prepared", [])
    assert rig.attempts()[0].state is AttemptState.NOT_ACCEPTED


def test_what_is_being_withdrawn_can_be_sent_by_nobody_any_more() -> None:
    """A slow first function wakes up while the attempt is looked for at the venue."""
    rig = CloseRig()
    job = rig.job()
    rig.world.trouble["exchange.position"] = Transient("slow")
    with pytest.raises(Transient):
        rig.work(send_attempt, job=job, order=order(rig))
    del rig.world.trouble["exchange.position"]
    sends: list[bool] = []
    closes = rig.ports().closes
    rig.world.meanwhile["exchange.order"] = lambda: sends.append(closes.send(rig.attempts()[0], rig.now))
    assert rig.work(settle_attempt, job=job, sent=None).why == NEVER_SENT
    assert sends == [False]


def test_two_functions_that_send_the_same_attempt_make_one_order() -> None:
    rig = CloseRig()
    job = rig.job()
    first = order(rig)
    rig.world.meanwhile["closes.send"] = lambda: rig.work(settle_attempt, job=job, sent=None)
    assert rig.work(send_attempt, job=job, order=first).why == "somebody else has the right to send it"
    assert rig.venue.created == []


def test_nothing_is_sent_where_the_position_became_smaller_since_the_look() -> None:
    rig = CloseRig()
    job = rig.job()
    rig.venue.trade(rig.unit, rig.closes, Decimal("0.02"), Decimal(60_000), rig.now)
    assert rig.work(send_attempt, job=job, order=order(rig)).state == "moved"
    assert rig.venue.created == []


def test_nothing_is_sent_before_the_protection_is_written_down() -> None:
    rig = CloseRig()
    rig.stop()
    job = rig.job()
    rig.world.trouble["closes.write_down"] = Transient("not written")
    with pytest.raises(Transient):
        rig.work(send_attempt, job=job, order=order(rig))
    assert rig.venue.created == []


def test_without_the_guard_nothing_is_sent() -> None:
    rig = CloseRig()
    job = rig.job()
    rig.guard("inc-other")
    assert rig.work(send_attempt, job=job, order=order(rig)).state == "lost"
    assert (rig.attempts(), rig.venue.created) == ([], [])


def test_an_approval_that_another_incident_has_used_allows_nothing() -> None:
    rig = CloseRig()
    job = rig.job()
    item = rig.world.item("approvals", "apr-1") or {}
    rig.world.put("approvals", {**item, "used_by": "inc-other"})
    assert rig.work(send_attempt, job=job, order=order(rig)).state == "used"
    assert rig.venue.created == []


def test_an_order_that_could_not_go_out_at_once_does_not_go_out() -> None:
    rig = CloseRig()
    job = rig.job()

    def slow() -> None:
        """Writing the mark took six seconds."""
        rig.world.advance(seconds=6)

    rig.world.meanwhile["closes.send"] = slow
    sent = rig.work(send_attempt, job=job, order=order(rig))
    assert (sent.state, sent.over) == ("sent", True)
    assert rig.venue.created == []


@pytest.mark.parametrize("last", ["market", "fills", "orders"])
def test_what_its_own_stop_closed_while_the_unit_was_read_is_not_closed_again_from_the_others(last: str) -> None:
    rig = CloseRig()
    stop = rig.stop()
    rig.position("pos-2", "bravo", rig.amount)
    rig.venue.hold(rig.unit, rig.amount * 2)
    job = rig.job()

    def fires() -> None:
        rig.venue.change(rig.unit.where, replace(stop, status=OrderStatus.FILLED, filled=rig.amount))
        rig.venue.trade(rig.unit, rig.closes, rig.amount, MARK - 3_000, rig.now, "of-the-trigger")

    rig.world.meanwhile[f"exchange.{last}"] = fires
    assert rig.work(send_attempt, job=job, order=order(rig)).state == "moved"
    assert (rig.held, rig.venue.created) == (rig.amount, [])


def test_where_its_stop_has_fired_and_another_owner_has_grown_by_as_much_nothing_is_sent() -> None:
    rig = CloseRig()
    stop = rig.stop()
    rig.position("pos-2", "bravo", rig.amount)
    rig.venue.hold(rig.unit, rig.amount * 2)
    job = rig.job()

    def fires() -> None:
        rig.venue.change(rig.unit.where, replace(stop, status=OrderStatus.FILLED, filled=rig.amount))

    rig.world.meanwhile["exchange.fills"] = fires
    sent = rig.work(send_attempt, job=job, order=order(rig))
    assert (sent.state, sent.why) == ("moved", "its protection does not rest any more: it may have fired")
