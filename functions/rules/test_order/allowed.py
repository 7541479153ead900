"""Where a real test order may be placed, and the question that allows it.

A post-only order far from the market is not meant to fill, and could: then a position would stand that no
strategy owns. So it is placed only where that would mix with nothing: nothing is held and nothing works on the
symbol, at the venue in either direction and in the table, whoever it is of; and nobody is halted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from functions.approvals import Approval, Line, Option, Question, Risk, Standing
from functions.facts import KillSwitchFact, PositionFact
from functions.rules.kill_switch import why_not_redeploy
from functions.rules.units.owner import PAPER
from functions.rules.units.prices import ZERO
from functions.venue import Book, ProbeOrder, VenueOrder, VenuePosition, Where

PLACE: Final = "place"
LEAVE: Final = "leave"
# How long after the decision it may be placed.
HOLDS: Final = timedelta(minutes=5)
# Of the way that it was away from the best bid when it was asked about, so much must be left.
STILL_AWAY: Final = Decimal("0.5")
BPS: Final = Decimal(10_000)


def why_not_now(
    switch: KillSwitchFact | None,
    position: VenuePosition,
    working: Sequence[VenueOrder],
    table: Sequence[PositionFact],
) -> str | None:
    """None: nothing stands on the symbol of `position`. `switch` None: it could not be read. `working`: every order
    of the symbol, those that wait for a price too; `table`: every open position."""
    symbol = position.unit.symbol
    if refusal := why_not_redeploy(switch):
        return refusal
    if position.amount > ZERO or position.opposite > ZERO:
        return f"the venue holds {position.amount or position.opposite} of {symbol}"
    if working:
        names = ", ".join(one.client_order_id or one.order_id for one in working[:3])
        return f"{len(working)} orders work on {symbol} ({names})"
    open_ = [one for one in table if one.symbol.strip() == symbol and (one.mode or "").strip().lower() != PAPER]
    if open_:
        return f"the table has {open_[0].position_id} open on {symbol}"
    return None


def why_not_at(order: ProbeOrder, book: Book, *, away_bps: int) -> str | None:
    """None: the price is still far from the market. The venue's own price filter is the venue's to check."""
    bids = [price for price, amount in book.bids if amount > ZERO]
    if not bids:
        return f"the book of {order.symbol} has no bids"
    best = max(bids)
    if order.price > best * (1 - away_bps / BPS * STILL_AWAY):
        return f"the market came to {best}, too near to {order.price}"
    return None


def why_not_by(
    approval: Approval | None, used_by: str | None, question: Question, *, incident_id: str, now: datetime
) -> str | None:
    """None: these very words were agreed to, in this incident, a moment ago, and for nothing else yet."""
    if approval is None:
        return "there is no such approval"
    if approval.incident_id != incident_id:
        return f"the approval belongs to the incident {approval.incident_id}"
    # Its second word may have been made longer, so that the phrase stands nowhere in the text.
    if replace(approval.question, target=question.target) != question:
        return "the approval is about something else"
    decision = approval.decision
    if approval.standing is not Standing.DECIDED or decision is None:
        return f"the approval is {approval.standing.value}, not decided"
    if decision.option != PLACE:
        return f"it was decided for {decision.option}"
    if used_by not in (None, incident_id):
        return f"the incident {used_by} has used the approval already"
    if now > decision.at + HOLDS:
        return f"it was decided at {decision.at:%Y-%m-%d %H:%M:%S} UTC and has lapsed since"
    return None


def question(where: Where, order: ProbeOrder, book: Book, *, desk: str, needed: int) -> Question:
    """The symbol is the second word of every phrase."""
    size = f"{order.side} {_plain(order.amount)} at {_plain(order.price)}"
    base, _, rest = order.symbol.partition("/")
    return Question(
        kind="change",
        title=f"Place a real test order: {size} {order.symbol}, post-only, and cancel it",
        target=f"{base}{rest.partition(':')[0]}",
        facts=(
            Line("Order", f"limit, {size}, post-only (never filled at once), {order.client_order_id}"),
            Line("Account", f"{where.venue}/{where.account}"),
            Line("At most at risk", f"{_plain(order.amount * order.price)} in the quote currency, if it filled"),
            Line("Best bid when asked", f"{_plain(max(price for price, _ in book.bids))}"),
            Line("Symbol", "nothing is held and nothing works on it, by the venue and by the table"),
            Line("What is done", "all is read again; then it is placed, seen open, cancelled, and seen gone"),
            Line("If it filled all the same", "nothing is traded back: the checklist fails and says what stands"),
        ),
        options=(
            Option(
                PLACE,
                "Place it and cancel it",
                f"{size} is placed, seen open, cancelled and seen gone.",
                Risk.ADDS,
                "PLACE",
                needed=needed,
            ),
            Option(LEAVE, "Place none", "Orders are only validated.", Risk.NONE, "LEAVE"),
        ),
        desk=desk,
        cause="test order",
        venue=where.venue,
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
