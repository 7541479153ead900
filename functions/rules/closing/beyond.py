"""Whether the facts have moved beyond what was approved: then the approval is void, and a person is asked again."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from functions.approvals import CloseTerms
from functions.venue import Unit


def why_another_unit(terms: CloseTerms, unit: Unit) -> str | None:
    """None: the position is where the approval says it is."""
    approved = (terms.venue, terms.account, terms.symbol, terms.side)
    stands = (unit.venue, unit.account, unit.symbol, unit.side)
    if approved == stands:
        return None
    return f"approved was a {' '.join(reversed(approved))}, and the position is a {' '.join(reversed(stands))}"


def why_void(
    terms: CloseTerms,
    *,
    left: Decimal,
    closed: Decimal,
    opposite: Decimal,
    step: Decimal,
    now: datetime,
    holds: timedelta,
    away: bool = False,
) -> str | None:
    """None: it still holds. `left`: what is to be closed now; `closed`: what this approval has closed already,
    after which the age of the quote is the bound's matter: an order that never went out or filled nothing is no
    beginning. `away`: the venue went away in between, and the market with it: then the quote has its age whatever
    was closed before. `opposite`: what a one-way account holds the other way (0 in hedge mode)."""
    if opposite > 0:
        return f"the venue holds {opposite} the other way"
    if left + closed > terms.amount + step:
        return f"{left + closed} would be closed, and {terms.amount} was approved"
    if (away or not closed) and now > terms.quoted_at + holds:
        age = int((now - terms.quoted_at).total_seconds())
        return f"the quote is {age} s old, and holds for {int(holds.total_seconds())} s"
    return None
