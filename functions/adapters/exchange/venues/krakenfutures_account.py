"""Kraken Futures' account and health.

The futures API tells nothing about the key's rights, the addresses that it is bound to, or a freeze: these stay
unknown, and what was not read is named. Source: docs.kraken.com, Futures REST (wallets, instrument status).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import must, number, of_iso, of_ms, rows
from functions.adapters.exchange.venues.base import Alive, Part
from functions.errors import Refused


def time_of(client: Ccxt) -> datetime:
    """There is no endpoint for the time; every answer has it."""
    answer = client.publicGetInstrumentsStatus()
    if not rows(answer, "instrumentStatus"):
        raise LookupError("no instrument has a status")
    return of_iso(answer["serverTime"])


def alive(client: Ccxt) -> Alive:
    """Maintenance is not announced here: while it lasts the endpoints answer with an error."""
    return Alive(time_of(client))


def rights(client: Ccxt) -> Mapping[str, Any]:
    raise Refused(f"{client.id} tells nothing about a key's rights: they are looked at by a person")


def balance(client: Ccxt) -> Mapping[str, Any]:
    """The multi-collateral wallet, in US dollars, in which the linear perpetuals are held."""
    wallet = client.privateGetAccounts()["accounts"]["flex"]
    equity, needed = must(wallet, "marginEquity"), number(wallet.get("maintenanceMargin"))
    return {
        "quote": "USD",
        "equity": equity,
        "available": number(wallet.get("availableMargin")),
        "margin_ratio": needed / equity if needed is not None and equity > 0 else None,
    }


def mode(client: Ccxt) -> Mapping[str, Any]:
    """There is only the net position."""
    del client
    return {"hedged": False}


def clock(client: Ccxt) -> Mapping[str, Any]:
    theirs = time_of(client)
    return {"clock_skew": Decimal(str((of_ms(client.milliseconds()) - theirs).total_seconds()))}


PARTS: Final[Mapping[str, Part]] = {"rights": rights, "balance": balance, "mode": mode, "clock": clock}
