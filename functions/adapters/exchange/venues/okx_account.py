"""OKX's account, key and health. Source: okx.com/docs-v5 (account configuration, balance, status, system time)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import bound_to, first, holds, number, of_ms, rows
from functions.adapters.exchange.venues.base import Alive, Part

# `serviceType` of a maintenance: perpetuals, trading, and trading in batches of accounts or of products.
OURS: Final = frozenset({"3", "5", "8", "9"})
DEMO: Final = "2"
# Account mode 1 holds spot only.
SPOT_ONLY: Final = "1"
RIGHTS: Final = frozenset({"read_only", "trade", "withdraw"})
MODES: Final = {"long_short_mode": True, "net_mode": False}


def alive(client: Ccxt) -> Alive:
    time = of_ms(first(rows(client.publicGetPublicTime(), "data"))["ts"])
    for event in rows(client.publicGetSystemStatus({"state": "ongoing"}), "data"):
        ongoing = event.get("state") == "ongoing" and str(event.get("env") or "1") != DEMO
        if ongoing and str(event.get("serviceType") or "5") in OURS:
            end = event.get("end")
            return Alive(time, str(event.get("title") or "maintenance"), of_ms(end) if end else None)
    return Alive(time)


def hedged(client: Ccxt) -> bool:
    return MODES[str(_config(client)["posMode"])]


def config(client: Ccxt) -> Mapping[str, Any]:
    """`perm`: a list by commas. `ip`: the addresses that the key is bound to, empty for none."""
    said = _config(client)
    may, bound = str(said["perm"]).split(","), str(said["ip"])
    return {
        "can_trade": "trade" in may and said["acctLv"] != SPOT_ONLY,
        "can_withdraw": holds(may, "withdraw", RIGHTS),
        "ip_restricted": bound_to(bound.split(",") if bound else []),
        "hedged": MODES[str(said["posMode"])],
    }


def balance(client: Ccxt) -> Mapping[str, Any]:
    """In US dollars. The venue's own ratio is the other way up (large is safe), so it is made of its two parts,
    which only the modes with one margin for all currencies give."""
    said = first(rows(client.privateGetAccountBalance(), "data"))
    margin, needed = number(said.get("adjEq")), number(said.get("mmr"))
    return {
        "quote": "USD",
        "equity": number(said["totalEq"]),
        "available": number(said.get("availEq")),
        "margin_ratio": needed / margin if needed is not None and margin else None,
    }


def clock(client: Ccxt) -> Mapping[str, Any]:
    theirs = first(rows(client.publicGetPublicTime(), "data"))["ts"]
    return {"clock_skew": Decimal(int(client.milliseconds()) - int(theirs)) / 1_000}


def _config(client: Ccxt) -> Mapping[str, Any]:
    return first(rows(client.privateGetAccountConfig(), "data"))


PARTS: Final[Mapping[str, Part]] = {"config": config, "balance": balance, "clock": clock}
