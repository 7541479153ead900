"""What at a venue may be one strategy's: all that is not proven to be another's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.facts import OrderFact, PositionFact
from functions.rules.venue_owners import may_be_of
from tests.rules.test_venue_orders import ONE, UNIT, held, order

TABLE = PositionFact("p2", "s2", UNIT.symbol, "long", ONE, "open")
THEIRS = OrderFact("p2", "7", "s2", "buy", "limit", "open", protective=False, client_order_id="c1")


@pytest.mark.parametrize(
    ("symbols", "table_orders", "table_positions", "found"),
    [
        (None, [], [], 2),
        ([UNIT.symbol], [], [], 2),
        (["ETH/USDT:USDT"], [], [], 0),
        (None, [THEIRS], [TABLE], 0),
        (None, [replace(THEIRS, strategy_id="s1")], [TABLE], 1),
        (["ETH/USDT:USDT"], [replace(THEIRS, strategy_id="s1")], [TABLE], 1),
        (None, [replace(THEIRS, strategy_id=None)], [TABLE], 0),
        (None, [replace(THEIRS, strategy_id=None, position_id="p9")], [TABLE], 1),
        (None, [replace(THEIRS, client_order_id=None)], [TABLE], 0),
        (None, [], [replace(TABLE, amount=Decimal("0.4"))], 2),
        (None, [], [replace(TABLE, strategy_id="s1")], 2),
        (None, [], [replace(TABLE, side="short")], 2),
        (None, [], [replace(TABLE, strategy_id="")], 2),
    ],
)
def test_only_what_is_proven_anothers_is_left_out(
    symbols: Any, table_orders: list[OrderFact], table_positions: list[PositionFact], found: int
) -> None:
    assert len(may_be_of("s1", symbols, [order()], [held()], table_orders, table_positions)) == found


def test_it_is_told_in_words() -> None:
    assert may_be_of("s1", None, [order()], [held()], [], []) == (
        "long 1 BTC/USDT:USDT",
        "order 7 (c1): buy 1 BTC/USDT:USDT limit at 60000",
    )
