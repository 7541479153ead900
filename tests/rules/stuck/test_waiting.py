"""Waiting for the next cycle is offered only while it costs little, and what is not known speaks against it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.position_settings import PositionSettings
from functions.rules.stuck.waiting import Market, liquidation_near, why_not_wait

SETTINGS = PositionSettings()
FINE = Market(Decimal(10), Decimal(30), True, Decimal(1))
SOME = st.none() | st.decimals(-1_000, 1_000, places=2)


def test_it_is_offered_within_every_limit() -> None:
    assert why_not_wait(FINE, SETTINGS, healthy=None, waited_minutes=0) == ()


@pytest.mark.parametrize(
    ("market", "healthy", "waited", "why"),
    [
        (Market(Decimal(101), Decimal(30), True, Decimal(1)), None, 0, "101 bps are lost"),
        (Market(None, Decimal(30), True, Decimal(1)), None, 0, "loss since the exit was due is not known"),
        (Market(Decimal(10), Decimal("9.9"), True, Decimal(1)), None, 0, "liquidation is 9.9 % away"),
        (Market(Decimal(10), None, True, Decimal(1)), None, 0, "distance to liquidation is not known"),
        (Market(Decimal(10), Decimal(30), True, Decimal(21)), None, 0, "the spread is 21 bps"),
        (Market(Decimal(10), Decimal(30), True, None), None, 0, "the spread is not known"),
        (FINE, "it is stopped", 0, "it is stopped"),
        (FINE, None, 60, "it was waited 60 min already"),
    ],
)
def test_each_limit_speaks_against_it(market: Market, healthy: str | None, waited: int, why: str) -> None:
    (found,) = why_not_wait(market, SETTINGS, healthy=healthy, waited_minutes=waited)
    assert why in found


def test_a_venue_that_names_no_liquidation_price_is_not_held_against_it() -> None:
    assert why_not_wait(Market(Decimal(0), None, False, Decimal(1)), SETTINGS, healthy=None, waited_minutes=0) == ()


@pytest.mark.parametrize(("percent", "near"), [("4.99", True), ("5", False), (None, False)])
def test_a_second_person_is_not_waited_for_near_liquidation(percent: str | None, near: bool) -> None:
    far = None if percent is None else Decimal(percent)
    assert liquidation_near(Market(None, far, True, None), SETTINGS) is near


@given(SOME, SOME, SOME, st.booleans(), st.integers(0, 200))
def test_nothing_is_offered_outside_its_limits(
    loss: Decimal | None, far: Decimal | None, spread: Decimal | None, well: bool, waited: int
) -> None:
    healthy = None if well else "ill"
    offered = not why_not_wait(Market(loss, far, True, spread), SETTINGS, healthy=healthy, waited_minutes=waited)
    inside = loss is not None and far is not None and spread is not None
    if inside:
        assert loss is not None
        assert far is not None
        assert spread is not None
        inside = loss <= 100 and far >= 10 and spread <= 20 and well and waited < 60
    assert offered == inside
