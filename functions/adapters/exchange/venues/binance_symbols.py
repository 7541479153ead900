"""Binance's names of symbols and ccxt's unified ones, by the markets that were loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.adapters.exchange import reading
from functions.adapters.exchange.ccxt_client import Ccxt


def id_of(client: Ccxt, symbol: str) -> str:
    return str(client.market(symbol)["id"])


def symbol_of(client: Ccxt, row: Mapping[str, Any]) -> str:
    """The unified symbol of the venue's own."""
    name = reading.text(row, "symbol")
    found = [market for market in client.load_markets().values() if market.get("id") == name]
    if not found:
        raise ValueError(f"{name} is in no market that was loaded")
    return str(found[0]["symbol"])
