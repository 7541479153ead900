"""How many orders a close may still send.

The limit of attempts is meant for a market that does not fill inside the bound: a *round* is an order that did not
fill whole, whatever the reason (partly filled, expired, refused, not accepted). A piece of an amount above the
venue's largest order that filled whole is progress and no round, so that a position of seven pieces is not given up
after five good ones; one that fits into a single order is closed within exactly `close_attempts` recorded orders.
All pieces together are bounded as well (`MOST_ORDERS`): a close never grows beyond what its machine's history
allows. Every piece is a recorded attempt with its own client id. An attempt that was written down and withdrawn
before anything was sent (the function died in between) says nothing of the market and is no round either, and
neither does one that the venue took no notice of because it is asked too often, is in maintenance, or its clock is
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.settled import row_of
from functions.venue import Fill, Row

MOST_ORDERS: Final = 20
ZERO: Final = Decimal(0)
# `why` of an attempt whose right to be sent was taken away from whoever had prepared it.
NEVER_SENT: Final = "withdrawn: it was never sent"
PASSING: Final = frozenset({Row.RATE_LIMITED, Row.MAINTENANCE, Row.CLOCK})
OPEN: Final = frozenset({AttemptState.PREPARED, AttemptState.SENT})


def filled(attempts: Sequence[Attempt]) -> Decimal:
    """What these attempts have closed for certain, in base units."""
    return sum((one.filled or ZERO for one in attempts if one.state is AttemptState.DONE), ZERO)


def all_listed(attempts: Sequence[Attempt], fills: Sequence[Fill]) -> bool:
    """Whether the trades of every one of them are among the fills, to what its order says was filled."""
    for one in attempts:
        names = {one.client_order_id, one.order_id} - {None}
        listed = (fill.amount for fill in fills if names & {fill.client_order_id, fill.order_id})
        if one.state is AttemptState.DONE and sum(listed, ZERO) < (one.filled or ZERO):
            return False
    return True


def average(attempts: Sequence[Attempt]) -> Decimal | None:
    """Of their fills, in the quote; None: nothing was filled, or a price is not known."""
    whole = filled(attempts)
    paid = [one for one in attempts if one.state is AttemptState.DONE and one.filled]
    if not paid or any(one.average is None for one in paid):
        return None
    return sum(((one.filled or ZERO) * (one.average or ZERO) for one in paid), ZERO) / whole


def rounds(attempts: Sequence[Attempt]) -> int:
    """Orders that are over and did not fill whole."""
    over = (one for one in attempts if one.state not in OPEN and one.why != NEVER_SENT and not passing(one))
    return sum(1 for one in over if (one.filled or ZERO) < one.amount)


def passing(attempt: Attempt) -> bool:
    """Not accepted, and the next one may be, later."""
    return attempt.state is AttemptState.NOT_ACCEPTED and row_of(attempt) in PASSING


def open_one(attempts: Sequence[Attempt]) -> Attempt | None:
    """The one that is not final. There is one at most: the next is not prepared before it is."""
    return next((one for one in attempts if one.state in OPEN), None)


def why_no_more(attempts: Sequence[Attempt], most: int) -> str | None:
    """None: another order may be sent."""
    if rounds(attempts) >= most:
        return f"{most} attempts inside the bound have not closed it"
    if len(attempts) >= MOST_ORDERS:
        return f"{MOST_ORDERS} orders were sent, which is as many as one close may"
    return None
