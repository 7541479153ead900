"""Why a position is stuck whose exit order the table still has as pending: the venue's word, and never a guess."""

from __future__ import annotations

from decimal import Decimal

import pytest

from functions.errors import Transient
from functions.venue import OrderStatus, VenueOrder
from tests.tasks.stuck_rig import BTC, StuckRig


@pytest.fixture
def rig() -> StuckRig:
    rig = StuckRig()
    rig.order("x", "pending")
    return rig


def at_venue(rig: StuckRig, status: OrderStatus) -> None:
    amount = Decimal("0.5")
    order = VenueOrder("", "c-x", BTC, "sell", "limit", status, amount, Decimal(0), price=Decimal(61_000))
    rig.venue.rest(rig.unit.where, order)


def told(rig: StuckRig) -> str:
    look = rig.look()
    assert look.question is not None
    return next(line.value for line in look.question.facts if line.name == "Why it is stuck")


@pytest.mark.parametrize("status", [OrderStatus.OPEN, OrderStatus.CANCELED])
def test_the_person_reads_what_the_venue_has_of_it(rig: StuckRig, status: OrderStatus) -> None:
    at_venue(rig, status)
    assert told(rig).endswith(f"and the venue has it {status.value}: 0 of 0.5 filled.")


def test_one_that_the_venue_knows_nothing_of_never_reached_it(rig: StuckRig) -> None:
    assert told(rig).endswith("it never reached the venue.")


def test_one_that_the_venue_was_not_heard_about_is_not_called_lost(rig: StuckRig) -> None:
    rig.world.trouble["exchange.order"] = Transient("no answer")
    assert told(rig).endswith("whether it reached the venue is not known.")
