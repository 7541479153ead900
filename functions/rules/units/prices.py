"""What a close would cost by the book, the worst price that it may take, and amounts that a venue takes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from functions.venue import Book, Direction, Market

ZERO = Decimal(0)
# Digits; far beyond what any venue quotes, so that remainders are exact.
_EXACT = 80
_BPS = Decimal(10_000)


def average_for(book: Book, direction: Direction, amount: Decimal) -> Decimal | None:
    """Average price of closing the whole amount by the book, in the quote; None: the book is too thin for it, or
    there is nothing to close."""
    if amount <= ZERO:
        return None
    left, paid = amount, ZERO
    for price, offered in _against(book, direction):
        taken = min(left, offered)
        left, paid = left - taken, paid + taken * price
        if left == ZERO:
            return paid / amount
    return None


def reachable(book: Book, direction: Direction, amount: Decimal, worst: Decimal) -> Decimal:
    """How much of the amount the book would fill inside the bound, the bound itself included; never more than
    `amount`."""
    offered = sum((a for price, a in _against(book, direction) if within(price, direction, worst)), ZERO)
    return max(ZERO, min(amount, offered))


def within(price: Decimal, direction: Direction, worst: Decimal) -> bool:
    """A long is sold at `worst` or above it, a short bought back at `worst` or below it."""
    return price >= worst if direction == "long" else price <= worst


def worst_price(mark: Decimal, direction: Direction, bps: int, tick: Decimal) -> Decimal:
    """The mark moved against us by `bps`, rounded to the tick towards the mark, so never beyond the bound. 0 for a
    short whose bound is below one tick: no price is inside. ValueError: a mark or a tick that is not above 0."""
    if mark <= ZERO or tick <= ZERO:
        raise ValueError(f"a mark price and a tick are above 0, not {mark} and {tick}")
    with localcontext() as context:
        context.prec = _EXACT
        bound = mark * ((_BPS - bps) if direction == "long" else (_BPS + bps)) / _BPS
        beyond = bound % tick
        down = bound - beyond
        return down + tick if direction == "long" and beyond else down


def down_to_step(amount: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of the step that is not above the amount; the amount itself where there is no step."""
    if amount <= ZERO:
        return ZERO
    if step <= ZERO:
        return amount
    with localcontext() as context:
        context.prec = _EXACT
        return amount - amount % step


def pieces(amount: Decimal, market: Market, bounded: bool) -> tuple[Decimal, ...]:
    """The amount, down to the step, as orders that the venue takes each: none above the largest single order
    (`limit_most` for one with a price, `market_most` for one without), none below the least. Their sum is the
    amount down to the step; empty where nothing of it can be sent (dust), or the venue's limits leave no room."""
    step, least = market.amount_step, max(market.amount_least, market.amount_step)
    whole = down_to_step(amount, step)
    if whole <= ZERO or whole < least:
        return ()
    given = market.limit_most if bounded else market.market_most
    if given is None or whole <= given:
        return (whole,)
    most = down_to_step(given, step)
    if most < least:
        return ()
    count = int(whole // most) + bool(whole % most)
    each = [most] * (count - 1)
    last = whole - most * (count - 1)
    if last < least:
        # The last one borrows from the one before it, in whole steps.
        lacking = least - last
        borrowed = lacking if step <= ZERO or not lacking % step else lacking - lacking % step + step
        if most - borrowed < least:
            return ()
        each[-1], last = most - borrowed, last + borrowed
    return (*each, last)


def _against(book: Book, direction: Direction) -> Iterator[tuple[Decimal, Decimal]]:
    """The side that a close takes, the best price first, without levels that offer nothing."""
    side = book.bids if direction == "long" else book.asks
    levels = [(price, amount) for price, amount in side if price > ZERO and amount > ZERO]
    yield from sorted(levels, key=lambda level: level[0], reverse=direction == "long")
