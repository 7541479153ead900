"""Causes and remedies of orders that fail, in the words that people read."""

from __future__ import annotations

from typing import Final

from functions.rules.orders.causes import Cause, Remedy
from functions.rules.orders.plan import OrderGroup
from functions.rules.proposals import names

CAUSES: Final[dict[Cause, str]] = {
    Cause.INSUFFICIENT_BALANCE: "the account has not enough free margin",
    Cause.INVALID_PRICE: "the venue refuses the price of limit orders",
    Cause.RATE_LIMITED: "the venue refuses orders because there are too many",
    Cause.MAINTENANCE: "the venue is in maintenance",
    Cause.INVALID_SYMBOL: "a symbol is not traded (any more)",
    Cause.ACCOUNT_FROZEN: "the account is frozen",
    Cause.PERMISSION: "the key may not trade",
    Cause.CLOCK_SKEW: "the clock differs from the venue's",
    Cause.UNKNOWN: "orders fail, and nothing known says why",
}
REMEDIES: Final[dict[Remedy, str]] = {
    Remedy.FREE_MARGIN: "free margin",
    Remedy.WIDEN_OFFSET: "widen the limit offset",
    Remedy.SLOW_DOWN: "wait out the limit and slow orders down",
    Remedy.WAIT_MAINTENANCE: "wait for the end of the maintenance",
    Remedy.UPDATE_SYMBOL: "update the symbols",
    Remedy.RESOLVE_STUCK: "settle the records of stuck orders",
    Remedy.ESCALATE: "have a person mend it",
}


# The word for orders that the table never settled: their group has `orders`, and its cause is not the log's.
STUCK: Final = "stuck_orders"
STUCK_TOLD: Final = "orders stood unsettled in the table for too long"


def word_of(group: OrderGroup) -> str:
    """For the incident's `cause`."""
    return STUCK if group.orders else group.cause.value


def cause_of(group: OrderGroup) -> str:
    """What fails, without where and for whom."""
    return STUCK_TOLD if group.orders else CAUSES[group.cause]


def counted(number: int, what: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def strategies(number: int) -> str:
    """`1 strategy`, `2 strategies`."""
    return "1 strategy" if number == 1 else f"{number} strategies"


def whom(group: OrderGroup) -> str:
    return names(group.strategy_ids, 3) if group.strategy_ids else "nobody by name"


def where(group: OrderGroup) -> str:
    """Venue and account, as far as they are known."""
    return "/".join(filter(None, (group.venue, group.account))) or "a venue that the log does not name"


def of_cause(group: OrderGroup) -> str:
    """What fails, where, and for whom."""
    if group.orders:
        stood = f"stood unsettled in the table for too long, for {whom(group)}"
        return f"{counted(len(group.orders), 'order')} at {where(group)} {stood}"
    what = f" ({names(group.symbols, 3)})" if group.cause is Cause.INVALID_SYMBOL and group.symbols else ""
    return f"{CAUSES[group.cause]}{what} at {where(group)}, for {whom(group)}"


def of_remedy(group: OrderGroup) -> str:
    return f"{REMEDIES[group.remedy]} at {where(group)} for {whom(group)}"
