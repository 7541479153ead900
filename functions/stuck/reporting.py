"""What the incident report of one stuck position tells of its own."""

from __future__ import annotations

from collections.abc import Mapping

from functions.rules.reporting.own import Own
from functions.rules.stuck.end import How
from functions.rules.units.report import own
from functions.rules.units.story import Story
from functions.rules.units.why_stuck import Why, WhyStuck
from functions.stuck.state import StuckState

QUESTIONS: Mapping[Why, tuple[str, ...]] = {
    Why.NEVER_SUBMITTED: (
        "Why did the strategy send no exit order: its log around the signal, its process, its budget of orders?",
        "Would its other positions be stuck in the same way?",
    ),
    Why.REJECTED: (
        "What has to change so that the venue takes the exit: margin, price filter, permission, symbol?",
    ),
    Why.UNFILLED: ("Is the limit of an exit order too far from the market, and does anything replace it in time?",),
    Why.PARTIAL: ("Who looks after what an exit order leaves over?",),
    Why.WORKING: ("Why does the exit take so long?",),
    Why.NO_EXIT_DUE: ("Should there have been an exit signal, or is the greatest age too short?",),
    Why.UNKNOWN: ("What do the order history and the venue's own history say, side by side?",),
}


def own_of(state: StuckState) -> Own:
    """Nothing of its own where no position was read."""
    if state.accounted is None or state.settled is None:
        return Own()
    memo = state.settled.look.memo
    return own(
        Story(
            position=state.accounted.position,
            why=memo.stuck_by,
            orders=state.accounted.orders,
            attribution=memo.shares,
            attempts=state.accounted.attempts,
            pnl=state.accounted.pnl,
            causes=causes_of(memo.stuck_by, state),
            questions=QUESTIONS[memo.stuck_by.why] if memo.stuck_by else (),
            unreadable=state.accounted.unreadable,
        )
    )


def causes_of(why: WhyStuck | None, state: StuckState) -> tuple[str, ...]:
    found = []
    if why is not None and why.order is not None and why.order.error:
        found.append(f"The venue or the strategy said: {why.order.error}")
    end = state.settled.look.end if state.settled else None
    if end is not None and end.how is How.CORRECTED:
        found.append("The venue held nothing of it any more: the record was not closed when the position was.")
    return tuple(found)


def root_cause(why: WhyStuck | None, state: StuckState) -> str | None:
    if why is None:
        return None
    return " ".join((f"{why.why.value}: {why.detail}", *causes_of(why, state)))[:1_000]
