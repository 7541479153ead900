"""What a person must do about a cause, exactly: said where the run cannot, or its remedy does not help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.rules.orders.causes import Cause
from functions.rules.orders.codes import BINANCE, BYBIT, KRAKEN, OKX
from functions.rules.orders.confirming import Second
from functions.rules.orders.grouping import Bucket
from functions.rules.proposals import names

# Where a key's rights and addresses are set, and by what names.
_KEY_RIGHTS: Final[Mapping[str, str]] = {
    BINANCE: "API Management: enable Futures, and put the platform's address on the key's list",
    BYBIT: "API: give the key read-write on Contract (Orders, Positions), and put our address on its list",
    OKX: "API: give the key the permission Trade, and put the platform's address on its list",
    KRAKEN: "Futures API: give the key General API - Full Access, and put the platform's address on its list",
}
_SUPPORT: Final[Mapping[str, str]] = {
    BINANCE: "Binance support (Chat, Futures; ask for account status and API trading status)",
    BYBIT: "Bybit support (ask whether the UID is restricted from trading)",
    OKX: "OKX support (ask whether the sub-account is restricted from trading)",
    KRAKEN: "Kraken support (ask whether the futures account is inactive)",
}
_BALANCE: Final = "add funds to {where}, reduce stake_amount of {whom}, or close positions of this account"
_PRICE: Final = "widen limit_offset_bps of {whom}, or set order_type to market; look whether the market moves fast"
_RATE: Final = "raise order_cooldown_seconds of {whom}, restart nothing on this address, and wait the limit out"
_MAINTENANCE: Final = "wait until {where} is back (its status page tells the planned end), then look at open orders"
_SYMBOL: Final = "take {symbols} out of `symbols` of {whom}, or put what it is called now in its place"
_FROZEN: Final = "ask {support}; until then stop {whom} or move them to another account"
_PERMISSION: Final = "in the venue's {rights}; then store the key in the account's secret if it was made anew"
_CLOCK: Final = "set right the clock (NTP) of the hosts that run {whom}; orders pass again when it is right"
_UNKNOWN: Final = "read the samples: codes {codes} at {where} belong to no row of the runbook; look them up there"

# Whom a person is to do it for: so many by name, and that there are more is always said.
_MOST_NAMES: Final = 8


def fix_of(bucket: Bucket, symbols: tuple[str, ...], found: Second) -> str:
    """One sentence for people. What was looked at may contradict the log: then nothing is to be changed by it."""
    fix = _fix_of(bucket, symbols, found)
    if found.says is not False:
        return fix
    return f"{found.told}, which contradicts it: change nothing unless orders fail by it again; only then: {fix}"


def _fix_of(bucket: Bucket, symbols: tuple[str, ...], found: Second) -> str:
    venue, where = bucket.place.venue or "", bucket.place.told
    whom = names(bucket.strategy_ids, _MOST_NAMES) or "the strategies there"
    match bucket.cause:
        case Cause.INSUFFICIENT_BALANCE:
            return _BALANCE.format(where=where, whom=whom)
        case Cause.INVALID_PRICE:
            return _PRICE.format(whom=whom)
        case Cause.RATE_LIMITED:
            return _RATE.format(whom=whom)
        case Cause.MAINTENANCE:
            return _MAINTENANCE.format(where=where)
        case Cause.INVALID_SYMBOL:
            return _SYMBOL.format(symbols=", ".join(symbols[:4]) or "what is not traded", whom=whom)
        case Cause.ACCOUNT_FROZEN:
            told = f" ({found.told})" if found.says else ""
            return _FROZEN.format(support=_SUPPORT.get(venue, f"the support of {where}"), whom=whom) + told
        case Cause.PERMISSION:
            rights = _KEY_RIGHTS.get(venue, "settings of the key: allow trading, and the platform's address")
            return f"{where}: {_PERMISSION.format(rights=rights)} ({', '.join(bucket.codes[:3]) or found.told})"
        case Cause.CLOCK_SKEW:
            told = {True: f"{found.told}: ", False: "", None: "the venue refuses our time stamps: "}[found.says]
            return f"{told}{_CLOCK.format(whom=whom)}"
        case Cause.UNKNOWN:
            return _UNKNOWN.format(codes=", ".join(bucket.codes[:5]) or "(none)", where=where)
