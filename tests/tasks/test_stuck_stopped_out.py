"""A stop that fired is known by the stop's ids, though the venue's trade is that of the order which it made."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.rules.stuck.end import How
from functions.tasks import correct_record, prove_gone
from functions.venue import OrderStatus, VenueOrder
from tests.tasks.stuck_rig import StuckRig, as_look


@pytest.fixture
def stuck() -> StuckRig:
    return StuckRig()


def fires(stuck: StuckRig, stop: VenueOrder, price: str) -> None:
    stuck.venue.trade(stuck.unit, "sell", stop.amount, Decimal(price), stuck.now, stop.order_id)
    stuck.venue.change(stuck.unit.where, replace(stop, status=OrderStatus.FILLED, filled=stop.amount))


def test_stopped_out_before_the_person_closed_it_is_not_recorded_as_closed_by_hand(stuck: StuckRig) -> None:
    [stop] = stuck.venue.working(stuck.unit.where)
    stuck.order("o2", "open", protective=True, type="stop_market", client_order_id=stop.client_order_id)
    look = stuck.look(stuck.said(stuck.look(), "manual_close"))
    fires(stuck, stop, "57000")
    look = stuck.look(stuck.said(look, "closed", note="57000"))
    assert look.verdict == "second_read"
    stuck.world.advance(seconds=5)
    look = as_look(stuck.work(prove_gone, look=look))
    stuck.work(correct_record, look=look)
    record = stuck.record()
    assert (record["status"], record["exit_price"]) == ("closed", Decimal(57_000))
    assert record.get("closed_manually", False) is False


def test_of_two_owners_who_were_both_stopped_out_each_gets_its_own_price(stuck: StuckRig) -> None:
    [stop] = stuck.venue.working(stuck.unit.where)
    stuck.order("o2", "open", protective=True, type="stop_market", client_order_id=stop.client_order_id)
    stuck.position("pos-2", "beta", amount=Decimal("0.4"))
    stuck.venue.hold(stuck.unit, "0.9", "59000")
    stuck.order("o3", "open", position_id="pos-2", strategy_id="beta", protective=True, client_order_id="beta-stop")
    theirs = replace(stop, client_order_id="beta-stop", amount=Decimal("0.4"), trigger_price=Decimal(55_000))
    fires(stuck, stop, "57000")
    fires(stuck, stuck.venue.rest(stuck.unit.where, theirs), "55000")
    look = stuck.settle()
    assert look.end is not None
    assert look.end.how is How.CORRECTED
    assert stuck.record()["exit_price"] == Decimal(57_000)


def test_a_liquidation_is_told_as_one_and_not_as_a_persons(stuck: StuckRig) -> None:
    amount = stuck.venue.amount(stuck.unit)
    name = "autoclose-1769828400"
    stuck.venue.trade(stuck.unit, "sell", amount, Decimal(50_000), stuck.now, client_order_id=name)
    look = stuck.settle()
    assert look.end is not None
    assert (look.end.how, "liquidat" in look.end.told) == (How.CORRECTED, True)
    assert stuck.record().get("closed_manually", False) is False
