"""Protection that a close of this incident placed again is this position's own, in a shared unit too."""

from __future__ import annotations

from decimal import Decimal

from functions.adapters.memory import twins
from functions.rules.closing.client_ids import protection_id
from functions.rules.stuck.end import How, SettleEnd
from functions.stuck.model import begin, step
from functions.tasks import clear_left_over
from functions.venue import VenueOrder
from tests.tasks.rig import INCIDENT
from tests.tasks.stuck_rig import POSITION, STRATEGY, StuckRig, as_look


def shared() -> tuple[StuckRig, VenueOrder]:
    """beta owns 0.4 of the same unit; the stop was taken off by a close and stands again under an id of it."""
    rig = StuckRig()
    rig.position("pos-2", "beta", amount=Decimal("0.4"))
    rig.venue.hold(rig.unit, "0.9", "59000")
    ports = twins(rig.world)
    [stop] = rig.venue.working(rig.unit.where)
    ports.closes.write_down(POSITION, INCIDENT, [stop])
    ports.exchange.cancel(rig.unit.where, stop)
    client_id = protection_id(POSITION, INCIDENT, stop.order_id, 1)
    return rig, ports.exchange.place_again(rig.unit.where, stop, client_id)


def test_after_a_correction_nothing_of_it_stays_at_the_venue_against_the_other_owner() -> None:
    rig, again = shared()
    rig.position(POSITION, STRATEGY, status="closed")
    rig.venue.hold(rig.unit, "0.4", "59000")
    corrected = step(begin(rig.job()), "end", "x", end=SettleEnd(How.CORRECTED, "x"))
    look = as_look(rig.work(clear_left_over, look=corrected))
    assert look.end is not None
    assert rig.venue.working(rig.unit.where) == []
    assert look.end.done == (f"cancelled what was left of it at the venue: {again.client_order_id}",)


def test_a_stop_placed_again_that_fired_is_its_own_and_the_others_stand() -> None:
    rig, again = shared()
    rig.venue.trade(rig.unit, "sell", Decimal("0.5"), Decimal(57_000), rig.now, again.client_order_id)
    ports = twins(rig.world)
    ports.exchange.cancel(rig.unit.where, again)
    look = rig.settle()
    assert look.end is not None
    assert (look.end.how, look.end.not_done) == (How.CORRECTED, ())
    record = rig.record()
    assert (record["status"], record["exit_price"]) == ("closed", Decimal(57_000))
    assert "closed_manually" not in record
    assert "its own protective order" in " ".join((look.end.told, *look.end.known, *look.end.done))
