"""A close that died in the middle: its parent waits out what may live, and puts the protection back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from functions.adapters.memory import twins
from functions.approvals import CloseTerms
from functions.closing.calls import ACTS_WITHIN
from functions.errors import Broken
from functions.ports.exchange import AttemptState
from functions.rules.closing.client_ids import protection_id
from functions.rules.stuck.end import How, SettleEnd
from functions.stuck.model import Look, begin, step
from functions.tasks import mend_close, read_close
from functions.venue import VenueOrder
from tests.tasks.close_rig import CloseRig, approved
from tests.tasks.rig import INCIDENT
from tests.tasks.stuck_rig import APPROVAL, MARK, POSITION, STRATEGY, StuckRig, as_look
from tests.tasks.test_stuck_closing_result import attempt


@pytest.fixture
def stuck() -> StuckRig:
    rig = StuckRig()
    terms = CloseTerms(
        position_id=POSITION,
        venue=rig.unit.venue,
        account=rig.unit.account,
        symbol=rig.unit.symbol,
        side=rig.unit.side,
        amount=Decimal("0.5"),
        worst_price=MARK * Decimal("0.995"),
        mark_price=MARK,
        average=MARK,
        quoted_at=rig.now,
    )
    given = replace(approved(CloseRig(), APPROVAL, option="emergency_close", terms=terms), incident_id=INCIDENT)
    twins(rig.world).approvals.ask(given, "token")
    return rig


def bare(rig: StuckRig) -> VenueOrder:
    """The close has begun, and taken the stop off."""
    ports = twins(rig.world)
    [stop] = rig.venue.working(rig.unit.where)
    ports.closes.begin(STRATEGY, INCIDENT, until=rig.now + timedelta(hours=1))
    ports.trading_state.pause(STRATEGY, expected_status="running", status="paused", paused_by=INCIDENT)
    ports.closes.write_down(POSITION, INCIDENT, [stop])
    ports.exchange.cancel(rig.unit.where, stop)
    return stop


def test_what_a_stopped_close_has_taken_off_is_placed_again_after_its_functions_are_over(stuck: StuckRig) -> None:
    found: list[VenueOrder] = []
    began = stuck.now

    def died(_: Look) -> None:
        stuck.world.advance(seconds=5)
        found.append(bare(stuck))

    look = stuck.settle("emergency_close", close=died)
    again = protection_id(POSITION, INCIDENT, found[0].order_id, 1)
    assert [one.client_order_id for one in stuck.venue.working(stuck.unit.where)] == [again]
    assert stuck.now - began >= ACTS_WITHIN
    assert look.end is not None
    assert look.end.how is How.ESCALATE
    assert look.end.done == (f"placed its protection again: {again}",)
    assert "its protection: it rests at the venue" in look.end.known
    assert "entries of the strategy: paused: how the position stands is not known" in look.end.known
    assert look.end.unknown == ("whether the close cancelled working exits before it broke",)
    assert stuck.world.item("guards", f"closing/{STRATEGY}") is None


def test_protection_that_cannot_come_back_is_told(stuck: StuckRig) -> None:
    def died(_: Look) -> None:
        stuck.world.advance(seconds=5)
        bare(stuck)
        stuck.world.trouble["exchange.place_again"] = Broken("no")

    look = stuck.settle("emergency_close", close=died)
    assert look.end is not None
    assert any("may be without its protection" in line for line in look.end.not_done)
    assert stuck.venue.working(stuck.unit.where) == []


def test_an_order_that_may_be_on_its_way_stays_unknown_and_the_rest_is_mended(stuck: StuckRig) -> None:
    def died(_: Look) -> None:
        stuck.world.advance(seconds=5)
        bare(stuck)
        attempt(stuck, 1, AttemptState.SENT)

    look = stuck.settle("emergency_close", close=died)
    assert look.end is not None
    assert "what became of 1 order that was written down" in look.end.unknown
    assert "whether the position is closed" in look.end.unknown
    assert len(stuck.venue.working(stuck.unit.where)) == 1
    assert stuck.world.item("guards", f"closing/{STRATEGY}") is not None


def test_a_close_that_never_came_to_the_venue_leaves_nothing_to_mend(stuck: StuckRig) -> None:
    look = step(begin(stuck.job()), "close", "x", approval_id=APPROVAL)
    after = as_look(stuck.work(read_close, look=look, error={"Error": "Refused", "Cause": "at its door"}))
    assert (after.verdict, after.end and after.end.how) == ("end", How.ESCALATE)


def test_what_was_found_dead_is_told_although_it_cannot_be_mended(stuck: StuckRig) -> None:
    end = SettleEnd(How.ESCALATE, "it died")
    look = step(begin(stuck.job()), "mend", "it died", approval_id="apr-nobody", end=end)
    with pytest.raises(Broken, match="cannot be told"):
        stuck.work(mend_close, look=look)
    assert look.end == end
