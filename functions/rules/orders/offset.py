"""How far the limit offset of a strategy is widened whose prices are refused (CONTRACT.md 8). In basis points."""

from __future__ import annotations

from decimal import Decimal


def widened_unasked(present: Decimal | None, *, most: int) -> Decimal | None:
    """Twice the present one, at most `most`; None: only a person can say (missing, no number, not above 0, or at
    the cap already)."""
    if present is None or present <= 0 or present >= most:
        return None
    return min(2 * present, Decimal(most))


def widened_asked(present: Decimal | None, *, unasked_most: int, most: int) -> Decimal | None:
    """What a person is offered: twice the present one and more than the cap for what is done unasked, at most
    `most`; that very cap where nothing usable stands there. None: it is at `most`, and only market orders are
    left."""
    if present is None or present <= 0:
        return Decimal(min(unasked_most, most))
    if present >= most:
        return None
    return min(max(2 * present, Decimal(unasked_most)), Decimal(most))


def costs(stake: Decimal | None, bps: Decimal) -> Decimal | None:
    """What one order of that stake may cost more than at the mark, in the quote, at most; None: not known."""
    return None if stake is None else stake * bps / 10_000
