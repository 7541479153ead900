"""Positions that a remedy has handed to runs of stuck-position: whether these are at work still, and what they have
come to."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.orders.context import Context
from functions.orders.model import Round
from functions.orders.steps import wait
from functions.rules.proposals import names
from functions.rules.stuck.telling import told as number
from functions.stuck import left

NEEDS: Final = (*left.NEEDS, "executions.status", "positions.by_id")
RUNNING: Final = "RUNNING"
# Seconds between two looks at them: often at first, seldom later.
FIRST_LOOK: Final = 15
LAST_LOOK: Final = 360
# Before these words in `memo.seen`: a position that was handed over.
HANDED: Final = "#handed "


def at_work(context: Context) -> Round | None:
    """The wait for them, bounded; None: none is at work, or it has taken too long."""
    memo = context.round.memo
    if not memo.started:
        return None
    within, second = context.settings.orders.closes_within, context.settings.span(1)
    until = memo.wait_until or context.now + within * second
    working = [arn for arn in memo.started if _status(context, arn) in (RUNNING, None)]
    if not working or context.now >= until:
        return None
    gone = (until - context.now) / second
    pause = min(LAST_LOOK, max(FIRST_LOOK, (within - gone) / 2), gone)
    told = ", ".join(arn.rpartition(":")[2] for arn in working)
    return wait(context.round, pause, f"closing is at work: {told}", wait_until=until)


def closed(context: Context) -> str:
    """What is closed by now of what was handed over, as the end of a sentence; empty where nothing is."""
    ids = [key.removeprefix(HANDED) for key in context.round.memo.seen if key.startswith(HANDED)]
    if not ids:
        return ""
    try:
        found = context.ports.positions.by_id(ids)
    except RunbookError as error:
        return f"; what became of {names(ids)} could not be read: {error}"[:300]
    told = [_closed(one) for one in found.values() if one is not None and one.status == "closed"]
    return f"; closed: {'; '.join(told)}" if told else ""


def left_until(context: Context, position_ids: list[str]) -> datetime | None:
    """Until when a person leaves all of these open: the first end; None where one is not left, or nobody knows."""
    try:
        ends = [left.until_of(context.ports, one) for one in position_ids]
    except RunbookError:
        return None
    known = [one for one in ends if one is not None and one > context.now]
    return min(known) if known and len(known) == len(ends) else None


def _closed(position: PositionFact) -> str:
    at = f" at {number(position.exit_price)}" if position.exit_price is not None else ""
    amount = f"{position.side} {number(position.amount)} {position.symbol}"
    return f"{position.position_id} ({amount} of {position.strategy_id}){at}"


def _status(context: Context, arn: str) -> str | None:
    """None: not known, which is not over."""
    try:
        return context.ports.executions.status(arn) or "GONE"
    except RunbookError:
        return None
