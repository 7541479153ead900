"""What every question of order-failures offers besides its own answers, and what its phrases name."""

from __future__ import annotations

from typing import Final

from functions.approvals import Option, Risk
from functions.rules.orders.plan import OrderGroup

LEAVE: Final = "leave_open"
DECLINE: Final = "decline"


def ways_out(leave_at_most_minutes: int) -> tuple[Option, ...]:
    """Both change nothing; orders fail on."""
    return (
        Option(
            LEAVE,
            "Leave it for now",
            "Nothing is changed, and orders fail on. At the time that you give it is looked at again.",
            Risk.NONE,
            "LEAVE",
            until_at_most_minutes=leave_at_most_minutes,
        ),
        Option(
            DECLINE,
            "No: change nothing",
            "Nothing is changed, and orders fail on. The incident ends as declined.",
            Risk.NONE,
            "REJECT",
        ),
    )


def target_of(group: OrderGroup) -> str:
    """The second word of the phrases: the account, else the venue."""
    return next((one for one in (group.account, group.venue) if one and _typed(one)), "ORDERS")


def symbol_typed(symbol: str) -> str:
    """`BTC/USDT:USDT` is typed as BTCUSDT."""
    return _typed(symbol.partition(":")[0]) or "SYMBOL"


def _typed(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
