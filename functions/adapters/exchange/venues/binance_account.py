"""What Binance says of an account: the key's rights, the account's standing, its mode, its money and the clock.

Source: developers.binance.com, wallet, "Account API Trading Status", "Account Status", "API Key Permission"; USD-M
futures, "Account Config", "Current Position Mode", "Account Information V3".
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange import reading
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.base import Part


def hedged(client: Ccxt) -> bool:
    """The position mode of the whole account, now."""
    mode = reading.mapping(client.fapiPrivateGetPositionSideDual(), "positionSide/dual")
    return reading.yes(mode, "dualSidePosition")


def _key(client: Ccxt) -> Mapping[str, Any]:
    """`enableFutures` false: this key may not trade here, whatever the account may."""
    said = reading.mapping(client.sapiGetAccountApiRestrictions(), "apiRestrictions")
    may = {} if reading.yes(said, "enableFutures") else {"can_trade": False}
    withdraws, bound = reading.yes(said, "enableWithdrawals"), reading.yes(said, "ipRestrict")
    return {"can_withdraw": withdraws, "ip_restricted": bound, **may}


def _standing(client: Ccxt) -> Mapping[str, Any]:
    """Frozen where either answer says so; not frozen only where both were read and neither does."""
    said = reading.text(reading.mapping(client.sapiGetAccountStatus(), "account/status"), "data")
    if said != "Normal":
        return {"frozen": True, "frozen_why": f"account status: {said}"}
    answer = reading.mapping(client.sapiGetAccountApiTradingStatus(), "account/apiTradingStatus")
    if reading.yes(reading.mapping(answer.get("data"), "account/apiTradingStatus"), "isLocked"):
        return {"frozen": True, "frozen_why": "trading by API is locked"}
    return {"frozen": False}


def _config(client: Ccxt) -> Mapping[str, Any]:
    return {
        "can_trade": reading.yes(reading.mapping(client.fapiPrivateGetAccountConfig(), "accountConfig"), "canTrade")
    }


def _mode(client: Ccxt) -> Mapping[str, Any]:
    return {"hedged": hedged(client)}


def _balance(client: Ccxt) -> Mapping[str, Any]:
    """Totals over all assets; in single-asset mode that is USDT."""
    said = reading.mapping(client.fapiPrivateV3GetAccount(), "account")
    equity, maintenance = reading.number(said, "totalMarginBalance"), reading.number(said, "totalMaintMargin")
    return {
        "quote": "USDT",
        "equity": equity,
        "available": reading.number(said, "availableBalance"),
        "margin_ratio": maintenance / equity if equity > 0 else None,
    }


def _clock(client: Ccxt) -> Mapping[str, Any]:
    """Our clock in the middle of the call, less the venue's."""
    before = client.milliseconds()
    server = reading.number(reading.mapping(client.fapiPublicGetTime(), "time"), "serverTime")
    middle = Decimal(before + client.milliseconds()) / 2
    return {"clock_skew": (middle - server) / 1_000}


PARTS: Final[Mapping[str, Part]] = {
    "key": _key,
    "account and trading status": _standing,
    "trading rights": _config,
    "position mode": _mode,
    "balance": _balance,
    "clock": _clock,
}
