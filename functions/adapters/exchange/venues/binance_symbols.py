"""Binance's names of symbols and ccxt's unified ones, by the markets that were loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.adapters.exchange import reading
from functions.adapters.exchange.ccxt_client import Ccxt


def id_of(client: Ccxt, symbol: str) -> str:
    return str(client.market(symbol)["id"])


def symbol_of(client: Ccxt, row: Mapping[str, Any]) -> str:
    """The unified symbol of the venue's own; one that was listed meanwhile is looked for again."""
    name = reading.text(row, "symbol")
    for reload in (False, True):
        for market in client.load_markets(reload).values():
            if market.get("id") == name:
                return str(market["symbol"])
    raise ValueError(f"{name} is in no market that was loaded")
