"""What every venue's answers have in common: a side, and the levels of a book.

Orders, fills and positions are read from each venue's raw answers (venues/*_facts.py): ccxt's unified structures
round nothing here, because the client's numbers are `Decimal`, but they leave out what is needed to place an order
again, and sort an order that expired in part under `closed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from functions.adapters.exchange import reading
from functions.venue import Book, Side


def book_of(symbol: str, bids: Any, asks: Any, at: datetime, size: Decimal = Decimal(1)) -> Book:
    """From raw levels, `[price, amount, ...]` each; sorted, the best first, without empty ones. `size`: base units
    of one contract."""
    return Book(
        symbol,
        tuple(sorted(_levels(bids, size), reverse=True)),
        tuple(sorted(_levels(asks, size))),
        at,
    )


def side_of(value: Any) -> Side:
    lowered = str(value).lower()
    if lowered not in ("buy", "sell"):
        raise ValueError(f"side is {value!r}, which is neither buy nor sell")
    return cast(Side, lowered)


def _levels(levels: Any, size: Decimal) -> list[tuple[Decimal, Decimal]]:
    if not isinstance(levels, Sequence) or isinstance(levels, str):
        raise ValueError("the book has no levels")
    found = [(reading.decimal(level[0], "price"), reading.decimal(level[1], "amount") * size) for level in levels]
    return [(price, amount) for price, amount in found if amount > 0]
