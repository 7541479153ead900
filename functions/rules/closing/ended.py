"""How a close ended, for the run that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from functions.ports.exchange import Attempt, AttemptState, CloseResult, How
from functions.rules.closing.rounds import average, filled, open_one


def how_ended(*, flat: bool, how: How | None, attempts: Sequence[Attempt] | None, broke: bool) -> How:
    """`flat`: proven; it stands whatever went wrong afterwards. `how`: what the last look said. `attempts`: of this
    close, None where they cannot be read. `broke`: a task of its own ended without its answer."""
    if flat:
        return "flat"
    if attempts is None or open_one(attempts) is not None:
        return "unknown"
    if how in ("break", "dust", "unknown"):
        return how
    if how is not None and not broke:
        return how
    return "unknown" if any(one.state is AttemptState.DONE for one in attempts) else "not_closed"


def ended(
    how: How,
    why: str,
    attempts: Sequence[Attempt],
    *,
    left: Decimal | None,
    proven: Decimal | None,
    recorded: bool | None,
    left_over: tuple[str, ...],
    protected: bool | None,
    entries: str,
    pause_stands: bool | None,
    trades_against: tuple[str, ...],
    at: datetime,
    waited: int = 0,
) -> CloseResult:
    """`proven`: the average of all fills that closed the position, where that was proven; else that of its own."""
    return CloseResult(
        how=how,
        closed=filled(attempts),
        left=Decimal(0) if how == "flat" else left,
        average=proven if proven is not None else average(attempts),
        attempts=len(attempts),
        why=why[:1_000],
        recorded=recorded,
        left_over=left_over[:20],
        protected=None if how == "flat" else protected,
        entries=entries,
        pause_stands=pause_stands,
        trades_against=trades_against[:20],
        at=at,
        waited=waited,
    )


def not_proven(result: CloseResult) -> tuple[str, ...]:
    """What the end cannot vouch for, in sentences."""
    told = []
    if result.how == "unknown":
        told.append(f"whether it is closed: {result.why}")
    if result.recorded is False:
        told.append("the position's record does not say closed")
    if result.left_over:
        told.append(f"orders of it may still work: {', '.join(result.left_over)}")
    if result.protected is False:
        told.append("position without protection, as far as was seen: it was not seen resting at the venue")
    if result.pause_stands is not False:
        told.append(f"entries of the strategy: {result.entries}")
    if result.trades_against:
        told.append(f"the strategy opened again: {', '.join(result.trades_against)}")
    return tuple(told)


def summary(result: CloseResult, symbol: str) -> str:
    """One sentence."""
    at = f" at {result.average} on average" if result.average is not None else ""
    orders = f"{result.attempts} order{'' if result.attempts == 1 else 's'}"
    if result.how == "flat":
        return f"{symbol}: proven flat; {result.closed} closed by {orders}{at}"
    left = f"{result.left} left" if result.left is not None else "what is left is not known"
    return f"{symbol}: {result.how.replace('_', ' ')}; {result.closed} closed by {orders}{at}, {left}. {result.why}"
