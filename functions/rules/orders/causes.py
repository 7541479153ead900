"""Why orders fail: the five rows of the manual runbook, what lies beyond them, and what nobody knows."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Cause(StrEnum):
    """The first five have a remedy of the runbook; the next three only a person can cure, by an exact fix.
    `UNKNOWN`: an order failed, and nothing says by which of these."""

    INSUFFICIENT_BALANCE = "insufficient_balance"
    INVALID_PRICE = "invalid_price"
    RATE_LIMITED = "rate_limited"
    MAINTENANCE = "maintenance"
    INVALID_SYMBOL = "invalid_symbol"
    ACCOUNT_FROZEN = "account_frozen"
    PERMISSION = "permission"
    CLOCK_SKEW = "clock_skew"
    UNKNOWN = "unknown"


class Remedy(StrEnum):
    """What the run does about a cause; `ESCALATE`: a person must act, and is told exactly what."""

    FREE_MARGIN = "free_margin"
    WIDEN_OFFSET = "widen_offset"
    SLOW_DOWN = "slow_down"
    WAIT_MAINTENANCE = "wait_maintenance"
    UPDATE_SYMBOL = "update_symbol"
    RESOLVE_STUCK = "resolve_stuck"
    ESCALATE = "escalate"


# At one venue what calms it comes first: what is said of prices and margin while it is away or refuses everything
# is no evidence, and a change of a config is not proven then.
CALMS: Final = frozenset({Remedy.SLOW_DOWN, Remedy.WAIT_MAINTENANCE})
REMEDIES: Final[dict[Cause, Remedy]] = {
    Cause.INSUFFICIENT_BALANCE: Remedy.FREE_MARGIN,
    Cause.INVALID_PRICE: Remedy.WIDEN_OFFSET,
    Cause.RATE_LIMITED: Remedy.SLOW_DOWN,
    Cause.MAINTENANCE: Remedy.WAIT_MAINTENANCE,
    Cause.INVALID_SYMBOL: Remedy.UPDATE_SYMBOL,
    Cause.ACCOUNT_FROZEN: Remedy.ESCALATE,
    Cause.PERMISSION: Remedy.ESCALATE,
    Cause.CLOCK_SKEW: Remedy.ESCALATE,
    Cause.UNKNOWN: Remedy.ESCALATE,
}
