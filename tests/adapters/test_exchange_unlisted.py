"""A position or an order in a symbol that is in no market any more: told as it was, and it hides no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.exchange.venues.binance_symbols import symbol_of
from functions.errors import Refused
from functions.venue import Row
from local.platform.exchange.market import UNLISTED
from tests.adapters.exchange_rigs import BTC, LONG, MAIN, HttpVenueRig, stand_in


@pytest.fixture(scope="module")
def rig() -> Iterator[HttpVenueRig]:
    with stand_in() as served:
        rig = HttpVenueRig(served)
        rig.hold(LONG, "0.050")
        rig.protect(LONG, "stop1")
        rig.venue.exchange.set_price("ETHUSDT", Decimal(3_000))
        bought = {"symbol": "ETHUSDT", "side": "BUY", "positionSide": "BOTH", "type": "MARKET", "quantity": "1"}
        rig.venue.exchange.place("main", bought)
        rig.venue.exchange.set_status("BTCUSDT", UNLISTED)
        yield rig


def test_a_position_in_it_is_told_by_its_old_name_beside_the_others(rig: HttpVenueRig) -> None:
    held = {one.unit: one.amount for one in rig.exchange.positions(MAIN)}
    assert held == {LONG: Decimal("0.05"), replace(LONG, symbol="ETH/USDT:USDT"): Decimal(1)}


def test_an_order_in_it_is_told_by_its_old_name(rig: HttpVenueRig) -> None:
    assert [(one.client_order_id, one.symbol) for one in rig.exchange.orders(MAIN, None)] == [("stop1", BTC)]


def test_its_steps_are_still_no_answer(rig: HttpVenueRig) -> None:
    with pytest.raises(Refused) as caught:
        rig.exchange.market(MAIN, BTC)
    assert caught.value.trouble
    assert caught.value.trouble.row is Row.INVALID_SYMBOL


class Markets:
    """A client that has loaded these, by unified name."""

    def __init__(self, **ids: str) -> None:
        self.markets = {
            symbol: {"id": venue_id, "symbol": symbol, "settle": symbol.rpartition(":")[2]}
            for symbol, venue_id in ids.items()
        }

    def load_markets(self, reload: bool = False) -> Mapping[str, Mapping[str, Any]]:
        return self.markets


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("BNBUSDT", "BNB/USDT:USDT"),
        ("BNBUSDC", "BNB/USDC:USDC"),
        ("BNBUSDT_260626", "BNB/USDT:USDT-260626"),
        # Another market has that name now, or the name follows no rule: the venue's own.
        ("ETHUSDT", "ETHUSDT"),
        ("USDT", "USDT"),
        ("BNBEUR", "BNBEUR"),
    ],
)
def test_the_old_name_follows_the_rule_of_the_venue_or_is_its_own(name: str, told: str) -> None:
    client: Any = Markets(**{"BTC/USDT:USDT": "BTCUSDT", "ETH/USDT:USDT": "ETH2USDT", "BTC/USDC:USDC": "BTCUSDC"})
    assert symbol_of(client, {"symbol": name}) == told
