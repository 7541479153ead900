"""Binance's names of symbols and ccxt's unified ones, by the markets that were loaded.

A symbol that was delisted or renamed is in no market any more, and a position or an order may still stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.adapters.exchange import reading
from functions.adapters.exchange.ccxt_client import Ccxt


def id_of(client: Ccxt, symbol: str) -> str:
    return str(client.market(symbol)["id"])


def symbol_of(client: Ccxt, row: Mapping[str, Any]) -> str:
    """The unified symbol of the venue's own; one that was listed meanwhile is looked for again. One that is in no
    market keeps the name that it had there: nothing else of the account is kept from being read by it, and whoever
    needs its steps is told that there are none."""
    name = reading.text(row, "symbol")
    for reload in (False, True):
        markets = client.load_markets(reload)
        for market in markets.values():
            if market.get("id") == name:
                return str(market["symbol"])
    return _as_it_was(name, markets)


def _as_it_was(name: str, markets: Mapping[str, Mapping[str, Any]]) -> str:
    """By the rule of the venue's names, `{base}{quote}` or `{base}{quote}_{YYMMDD}`, where the quote is what it
    settles in. The venue's own name where that cannot be told, or says another market that is listed."""
    pair, _, day = name.partition("_")
    settles = {str(market["settle"]) for market in markets.values() if market.get("settle")}
    for settle in sorted(settles, key=len, reverse=True):
        base = pair.removesuffix(settle)
        if base and base != pair:
            unified = f"{base}/{settle}:{settle}{f'-{day}' if day else ''}"
            return name if unified in markets else unified
    return name
