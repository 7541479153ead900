"""What a position's own exits have filled since a person was asked: it is off what was approved.

Where the table has an exit as filled, its amount may or may not be what that exit has left, and a strategy that
entered again without a word makes the venue hold as much as before. The trades since the quote tell the two apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from functions.approvals import CloseTerms
from functions.rules.closing.rounds import ZERO
from functions.rules.units.attribution import Attribution, Standing
from functions.venue import CLOSES, Fill


def exited(terms: CloseTerms, fills: Sequence[Fill], names: Collection[str]) -> Decimal:
    """In base units. `names`: every id of the position's own exits and protection, those of the close's attempts
    not among them."""
    since = {
        fill.fill_id: fill.amount
        for fill in fills
        if fill.at > terms.quoted_at
        and fill.side == CLOSES[terms.side]
        and fill.position_side in (None, terms.side)
        and any(name in names for name in (fill.client_order_id, fill.order_id, fill.trigger_id) if name)
    }
    return sum(since.values(), ZERO)


def without_exited(
    standing: Attribution, terms: CloseTerms, closed: Decimal, out: Decimal, step: Decimal
) -> Attribution:
    """A break where more would be closed than was approved less what is `closed` of it and `out`, what its exits
    have filled since: whose it is, is not known."""
    left = max(ZERO, terms.amount - closed - out)
    if standing.standing is not Standing.AGREED or out <= ZERO or standing.amount < left + step:
        return standing
    told = (
        f"Its own exits have filled {out} since it was approved to close {terms.amount}, which leaves {left}, and "
        f"{standing.amount} would be there to close. Position break: whose that is, is not known."
    )
    return replace(standing, standing=Standing.BREAK, amount=ZERO, told=told)
