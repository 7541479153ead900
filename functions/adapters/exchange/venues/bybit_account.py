"""Bybit's account, key and health.

Source: bybit-exchange.github.io/docs/v5 (user/apikey-info, account/wallet-balance, market/time, system-status).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.answers import bound_to, first, holds, number, of_ms, rows
from functions.adapters.exchange.venues.base import Alive, Part

# `serviceTypes` and `product` of a maintenance: trading (at all, over HTTP), and linear contracts.
TRADING: Final = frozenset({1, 2})
LINEAR: Final = 1
WRITES: Final = {"0": True, "1": False}
# What a key may do with the wallet.
WALLET: Final = frozenset({"AccountTransfer", "SubMemberTransfer", "SubMemberTransferList", "Withdraw"})


def alive(client: Ccxt) -> Alive:
    time = of_ms(client.publicGetV5MarketTime()["time"])
    for event in rows(client.publicGetV5SystemStatus({"state": "ongoing"}), "result", "list"):
        services, products = _numbers(event.get("serviceTypes")), _numbers(event.get("product"))
        if event.get("state") != "ongoing" or str(event.get("env", 1)) == "2":
            continue
        # An event that does not say what it is about is taken for ours.
        if (not services or services & TRADING) and (not products or LINEAR in products):
            end = event.get("end")
            title = str(event.get("title") or event.get("id") or "maintenance")
            return Alive(time, title, of_ms(end) if end else None)
    return Alive(time)


def _numbers(said: Any) -> set[int]:
    return {int(one) for one in said} if isinstance(said, list) else set()


def key(client: Ccxt) -> Mapping[str, Any]:
    """`readOnly` 0: reads and writes. `ips`: `*` is everywhere."""
    said = client.privateGetV5UserQueryApi()["result"]
    may, writes = said["permissions"], WRITES[str(said["readOnly"])]
    trades = "Order" in may.get("ContractTrade", ()) or "DerivativesTrade" in may.get("Derivatives", ())
    return {
        "can_trade": writes and trades,
        "can_withdraw": writes and holds(may.get("Wallet", []), "Withdraw", WALLET),
        "ip_restricted": bound_to(said["ips"]),
    }


def mode(client: Ccxt) -> Mapping[str, Any]:
    """The mode belongs to each symbol; without a position nothing tells it, and two kinds together tell none."""
    asked = {"category": "linear", "settleCoin": "USDT", "limit": 200}
    found = {int(row["positionIdx"]) != 0 for row in rows(client.privateGetV5PositionList(asked), "result", "list")}
    return {"hedged": found.pop() if len(found) == 1 else None}


def balance(client: Ccxt) -> Mapping[str, Any]:
    """In US dollars, over all coins. `accountMMRate`: maintenance margin by balance, 1 is liquidation."""
    said = first(rows(client.privateGetV5AccountWalletBalance({"accountType": "UNIFIED"}), "result", "list"))
    return {
        "quote": "USD",
        "equity": number(said["totalEquity"]),
        "available": number(said.get("totalAvailableBalance")),
        "margin_ratio": number(said.get("accountMMRate")),
    }


def clock(client: Ccxt) -> Mapping[str, Any]:
    theirs = client.publicGetV5MarketTime()["time"]
    return {"clock_skew": Decimal(int(client.milliseconds()) - int(theirs)) / 1_000}


PARTS: Final[Mapping[str, Part]] = {"key": key, "mode": mode, "balance": balance, "clock": clock}
