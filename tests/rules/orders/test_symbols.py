"""New names of a symbol, and lists without the old one."""

from __future__ import annotations

import pytest

from functions.rules.orders.symbols import candidates, replaced, without

TRADED = (
    "BTC/USDT:USDT",
    "SOL2/USDT:USDT",
    "1000SOL/USDT:USDT",
    "SOL/USDC:USDC",
    "SOLX/USDT:USDT",
    "1000SHIB/USDT:USDT",
    "SHIB1000/USDT:USDT",
)


@pytest.mark.parametrize(
    ("symbol", "found"),
    [
        ("SOL/USDT:USDT", ("SOL2/USDT:USDT", "1000SOL/USDT:USDT")),
        ("SHIB/USDT:USDT", ("1000SHIB/USDT:USDT", "SHIB1000/USDT:USDT")),
        ("SOL2/USDT:USDT", ("1000SOL/USDT:USDT",)),
        ("SOL/USDC:USDC", ()),
        ("MATIC/USDT:USDT", ()),
        ("BTC/USDT:USDT", ()),
        ("BTCUSDT", ()),
        ("", ()),
        ("42/USDT:USDT", ()),
    ],
)
def test_a_name_fits_by_quote_and_base_but_for_a_number(symbol: str, found: tuple[str, ...]) -> None:
    assert candidates(symbol, TRADED) == found


def test_no_more_are_offered_than_a_question_has_room_for() -> None:
    assert len(candidates("SOL/USDT:USDT", [f"SOL{n}/USDT:USDT" for n in range(9)])) == 3


def test_the_order_of_a_list_stays_and_a_new_name_stands_there_once() -> None:
    assert without(["A", "B", "C", "B"], "B") == ["A", "C"]
    assert replaced(["A", "B", "C"], "B", "D") == ["A", "D", "C"]
    assert replaced(["A", "B", "C"], "B", "C") == ["A", "C"]
