"""What a bot reads of its config item when it orders. A field that is missing or makes no sense is as usual."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from local.platform.holdings import Item
from local.platform.names import ACCOUNTS, VENUE

# The fields that a remedy may change; whose they are is told apart where one was changed for nothing.
REMEDIES: Final = ("stake_amount", "limit_offset_bps", "order_type", "order_cooldown_seconds", "symbols")


@dataclass(frozen=True)
class OrderConfig:
    """`symbols` unified, possibly none; `cooldown` in seconds, `offset` in basis points, `stake` in USDT."""

    strategy_id: str
    account: str
    live: bool
    symbols: tuple[str, ...]
    stake: Decimal
    market: bool
    offset: Decimal
    cooldown: Decimal

    @classmethod
    def of(cls, item: Item) -> OrderConfig:
        listed = item.get("symbols")
        return cls(
            str(item["strategy_id"]),
            str(item.get("account") or ACCOUNTS[0]),
            item.get("mode", "live") == "live" and item.get("exchange", VENUE) == VENUE,
            tuple(str(one) for one in listed) if isinstance(listed, list | tuple | set) else (),
            _number(item, "stake_amount", 500),
            item.get("order_type") == "market",
            _number(item, "limit_offset_bps", 5),
            _number(item, "order_cooldown_seconds", 0),
        )


def _number(item: Item, name: str, usual: int) -> Decimal:
    value = item.get(name)
    return value if isinstance(value, Decimal) and value.is_finite() else Decimal(usual)
