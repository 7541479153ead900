"""What a stake needs, what a position frees, and which ones to close first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from functions.rules.orders.margin import (
    Closable,
    best_to_close,
    factor_that_fits,
    leverage_of,
    needed,
    share_of,
    suffices,
)
from functions.venue import Unit, VenuePosition

AT = datetime(2026, 1, 31, tzinfo=UTC)
HALF = Decimal("0.5")


def held(symbol: str = "BTC/USDT:USDT", amount: str = "0.1", margin: str | None = "300") -> VenuePosition:
    return VenuePosition(
        Unit("binanceusdm", "main", symbol, "long"),
        Decimal(amount),
        Decimal(0),
        hedged=False,
        at=AT,
        mark_price=Decimal(60_000),
        unrealized=Decimal(-50),
        margin=Decimal(margin) if margin is not None else None,
    )


def closable(position_id: str, margin: str | None, gain: str | None) -> Closable:
    return Closable(
        position_id,
        "s1",
        "BTC/USDT:USDT",
        "long",
        Decimal(1),
        Decimal(margin) if margin else None,
        Decimal(gain) if gain else None,
    )


def test_the_leverage_is_what_the_positions_tell_those_in_the_same_symbols_first() -> None:
    btc, eth = held(), held("ETH/USDT:USDT", margin="600")
    assert leverage_of([btc, eth], ["BTC/USDT:USDT"]) == 20
    assert leverage_of([btc, eth], ["ETH/USDT:USDT"]) == 10
    assert leverage_of([btc, eth], []) == 10
    assert leverage_of([], ["BTC/USDT:USDT"]) is None


@pytest.mark.parametrize(
    "untold", [held(margin=None), held(margin="0"), held(amount="0"), replace(held(), mark_price=None)]
)
def test_a_position_that_does_not_tell_its_margin_tells_no_leverage(untold: VenuePosition) -> None:
    assert leverage_of([untold], []) is None
    assert leverage_of([untold, held()], []) == 20


def test_without_a_leverage_only_the_whole_stake_is_certainly_enough() -> None:
    stakes = [Decimal(100), Decimal(500)]
    assert needed(Decimal(500), Decimal(20)) == 25
    assert suffices(Decimal(25), stakes, Decimal(20)) is True
    assert suffices(Decimal("24.99"), stakes, Decimal(20)) is False
    assert suffices(Decimal(500), stakes, None) is True
    assert suffices(Decimal(499), stakes, None) is None
    assert suffices(None, stakes, Decimal(20)) is None
    assert suffices(Decimal(500), [], Decimal(20)) is None


@pytest.mark.parametrize(
    ("available", "factor"), [("15", "0.5"), ("12.5", "0.5"), ("12.4", "0.25"), ("2", "0.0625"), ("1.5", None)]
)
def test_the_factor_is_applied_as_often_as_it_takes_but_not_for_ever(available: str, factor: str | None) -> None:
    found = factor_that_fits([Decimal(500)], Decimal(available), Decimal(20), HALF)
    assert found == (Decimal(factor) if factor else None)


def test_what_cannot_be_reckoned_is_offered_as_it_was_stated_and_nothing_without_a_stake() -> None:
    assert factor_that_fits([Decimal(500)], None, Decimal(20), HALF) == HALF
    assert factor_that_fits([Decimal(500)], Decimal(1), None, HALF) == HALF
    assert factor_that_fits([], Decimal(1), Decimal(20), HALF) is None


def test_an_owners_part_of_margin_and_profit_is_that_of_the_amount() -> None:
    assert share_of(held(), Decimal("0.025")) == (Decimal(75), Decimal("-12.5"))
    assert share_of(held(), Decimal(9)) == (Decimal(300), Decimal(-50))
    assert share_of(held(margin=None), Decimal("0.1")) == (None, Decimal(-50))
    assert share_of(None, Decimal(1)) == (None, None)


def test_those_that_free_enough_come_first_by_their_loss_then_those_that_free_most() -> None:
    found = best_to_close(
        [
            closable("small", "4", "9"),
            closable("costly", "40", "-30"),
            closable("cheap", "11", "-1"),
            closable("smaller", "3", "0"),
        ],
        Decimal(10),
    )
    assert [one.position_id for one in found] == ["cheap", "costly", "small"]


def test_an_unknown_loss_counts_as_the_largest_and_an_unknown_margin_is_not_offered() -> None:
    given = [closable("unknown", "20", None), closable("known", "20", "-500"), closable("no", None, "1")]
    assert [one.position_id for one in best_to_close(given, Decimal(10))] == ["known", "unknown"]
