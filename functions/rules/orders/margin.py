"""Margin: what the largest stake needs, what a position frees, and which ones to close first. In the quote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from functions.venue import VenuePosition

# Positions that a question offers to close.
MOST_OFFERED: Final = 3
# How often the factor may be applied in one step.
MOST_POWERS: Final = 4


@dataclass(frozen=True, slots=True)
class Closable:
    """A position of the table at the account. `margin`: what closing it frees, `gain`: its profit or loss now;
    None: not known."""

    position_id: str
    strategy_id: str
    symbol: str
    side: str
    amount: Decimal
    margin: Decimal | None
    gain: Decimal | None


def leverage_of(positions: Iterable[VenuePosition], symbols: Sequence[str]) -> Decimal | None:
    """By what the account's positions hold: notional by margin, the least of them, those in these symbols first;
    None: nothing tells."""
    found = [(one.unit.symbol, _leverage(one)) for one in positions]
    known = [(symbol, leverage) for symbol, leverage in found if leverage is not None]
    ours = [leverage for symbol, leverage in known if symbol in symbols]
    return min(ours or [leverage for _, leverage in known], default=None)


def needed(stake: Decimal, leverage: Decimal | None) -> Decimal:
    """The initial margin of one order; without a known leverage, the whole stake."""
    return stake / leverage if leverage is not None else stake


def suffices(available: Decimal | None, stakes: Iterable[Decimal], leverage: Decimal | None) -> bool | None:
    """Whether the free margin carries the largest of these stakes; None: not known. Without a known leverage only
    a yes is known."""
    largest = max(stakes, default=None)
    if available is None or largest is None:
        return None
    if available >= needed(largest, leverage):
        return True
    return False if leverage is not None else None


def factor_that_fits(
    stakes: Sequence[Decimal], available: Decimal | None, leverage: Decimal | None, factor: Decimal
) -> Decimal | None:
    """The stated factor, or a power of it, with which the largest stake is carried; None: none of them is enough.
    Where that is not known, the stated one."""
    if available is None or leverage is None or not stakes:
        return factor if stakes else None
    for power in range(1, MOST_POWERS + 1):
        if available >= needed(max(stakes) * factor**power, leverage):
            return factor**power
    return None


def share_of(venue: VenuePosition | None, amount: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Margin and profit of an owner's part of a net position."""
    if venue is None or venue.amount <= 0:
        return None, None
    part = min(Decimal(1), amount / venue.amount)
    margin = venue.margin * part if venue.margin is not None else None
    return margin, venue.unrealized * part if venue.unrealized is not None else None


def best_to_close(positions: Iterable[Closable], missing: Decimal | None) -> tuple[Closable, ...]:
    """Those that free enough by themselves, the least loss first; then those that free most. Nobody is offered one
    of which the margin is not known."""
    known = [one for one in positions if one.margin is not None and one.margin > 0]
    return tuple(sorted(known, key=lambda one: _rank(one, missing))[:MOST_OFFERED])


def _rank(one: Closable, missing: Decimal | None) -> tuple[bool, Decimal, Decimal, str]:
    margin, gain = one.margin or Decimal(0), one.gain
    enough = missing is not None and margin >= missing
    # A loss that nobody knows counts as the largest.
    loss = Decimal("Infinity") if gain is None else max(Decimal(0), -gain)
    return (not enough, loss if enough else -margin, -margin if enough else loss, one.position_id)


def _leverage(one: VenuePosition) -> Decimal | None:
    if not one.margin or not one.mark_price or one.amount <= 0:
        return None
    return one.amount * one.mark_price / one.margin
