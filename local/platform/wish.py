"""The position that somebody wants the stand-in to have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

Stuck = Literal["never-submitted", "rejected", "unfilled", "partial"]
Side = Literal["long", "short"]
STUCK: Final = get_args(Stuck)
SIDES: Final = get_args(Side)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`amount` in base units; `strategy` None: the first of the table."""

    strategy: str | None = None
    symbol: str = "BTC/USDT:USDT"
    side: Side = "long"
    amount: Decimal = Decimal("0.010")
    stuck: Stuck | None = None
    protected: bool = True
