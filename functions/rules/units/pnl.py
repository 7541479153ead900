"""What a position has earned or lost, in the quote currency, and what the delay of its exit has cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from functions.rules.units.prices import ZERO
from functions.venue import Direction, Fill, Funding

Rates = Mapping[tuple[str, datetime], Decimal | None]


@dataclass(frozen=True, slots=True)
class Pnl:
    """In the quote. `price`: exits against the entry, above 0 earned. `fees`: paid, above 0. `funding`: above 0
    received. `total` = price - fees + funding. `shortfall`: the exits against the price when the exit was due, apart
    and not part of the total: above 0 is what the delay cost. None: not known, and `unknown` names why. `lines`:
    sentences for people."""

    quote: str
    price: Decimal | None
    fees: Decimal | None
    funding: Decimal | None
    total: Decimal | None
    shortfall: Decimal | None
    unknown: tuple[str, ...]
    lines: tuple[str, ...]


def minute_of(at: datetime) -> datetime:
    """The minute by which a rate is known."""
    return at.replace(second=0, microsecond=0)


def rates_needed(
    quote: str, fills: Sequence[Fill], funding: Sequence[Funding] = ()
) -> tuple[tuple[str, datetime], ...]:
    """What must be asked of the venue before `pnl` can judge: (asset, minute), each once."""
    raise NotImplementedError


def pnl(
    *,
    direction: Direction,
    quote: str,
    entry_price: Decimal | None,
    closing: Sequence[Fill],
    opening: Sequence[Fill] | None,
    rates: Rates,
    funding: Sequence[Funding] | None,
    funding_share: Decimal | None,
    due_price: Decimal | None,
) -> Pnl:
    """`closing`: the fills of this position's share (`fills.closing_fills`). `opening`: those that opened it; None:
    not known, empty: it is known that none was charged. `rates`: quote for one of an asset in a minute; None or
    missing: unknown, never 0. `funding`: every payment of the symbol while it was open; None: not readable.
    `funding_share`: 0 to 1, this position's part of the unit (`share_of_unit`); None: not known. `due_price`: the
    price when the exit was due."""
    raise NotImplementedError


def share_of_unit(own: Decimal, others: Decimal) -> Decimal | None:
    """This position's part of what the unit held, 0 to 1; None where the table says nothing of it."""
    return own / (own + others) if own > ZERO and others >= ZERO else None
