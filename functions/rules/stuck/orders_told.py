"""What the orders of a close came to, in clauses: what it filled itself, and what was said to the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.rounds import NEVER_SENT, average, filled
from functions.rules.stuck.telling import clause, told

MOST: Final = 3


def orders(number: int) -> str:
    return f"{number} order{'' if number == 1 else 's'}"


def closed(attempts: Sequence[Attempt]) -> str:
    """By its own orders alone: `closed 0.005 at 3000 on average, by 1 order; 1 other order took nothing (why)`."""
    took = [one for one in attempts if one.state is AttemptState.DONE and one.filled]
    price = average(attempts)
    at = f" at {told(price)} on average" if price is not None else ""
    head = f"closed {told(filled(attempts))}{at}, by {orders(len(took))}"
    return "; ".join((head, *without(attempts))) if took else "; ".join(("no order filled", *without(attempts)))


def without(attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Orders that filled nothing, each reason once; those that were never sent apart."""
    kept = [one for one in attempts if not (one.why or "").startswith(NEVER_SENT)]
    empty = [one for one in kept if one.state not in (AttemptState.PREPARED, AttemptState.SENT) and not one.filled]
    waiting = [one for one in kept if one.state in (AttemptState.PREPARED, AttemptState.SENT)]
    unsent = [one for one in attempts if (one.why or "").startswith(NEVER_SENT)]
    return (
        *_said(f"{orders(len(empty))} took nothing", empty),
        *_said(f"of {orders(len(waiting))} it is not known what became", waiting),
        *_said(f"{orders(len(unsent))} written down and never sent", unsent),
    )


def _said(head: str, some: Sequence[Attempt]) -> tuple[str, ...]:
    if not some:
        return ()
    whys = list(
        dict.fromkeys(clause(f"{one.state.value}: {one.why}" if one.why else one.state.value) for one in some)
    )
    more = f", and {len(whys) - MOST} more reasons" if len(whys) > MOST else ""
    return (f"{head} ({'; '.join(whys[:MOST])}{more})",)
