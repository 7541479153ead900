"""What comes next after a close."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, assert_never

from functions.closing.calls import ACTS_WITHIN
from functions.ports import Ports
from functions.ports.exchange import Attempt, CloseResult
from functions.rules.stuck.end import How, SettleEnd
from functions.rules.stuck.orders_told import closed, orders
from functions.rules.stuck.telling import clause, told
from functions.stuck.model import Look, Memo, ended, step

NEEDS: Final = ("clock.now", "closes.attempts", "closes.result", "closes.written_down", "incidents.note")
TOUCHED: Final = "whether the close paused the strategy's entries or cancelled working orders before it broke"
PROTECTION: Final = "whether its protection rests at the venue: look there now"
UNPROTECTED: Final = (
    "the position may be without its protection: it was not seen resting at the venue; look there now"
)


def read(ports: Ports, look: Look, error: str | None) -> Look:
    """By what the close itself has stored; a result older than the decision is of the close before."""
    job, decided = look.job, look.memo.decided_at
    result = ports.closes.result(job.position_id, job.run.incident_id)
    attempts = ports.closes.attempts(job.position_id, job.run.incident_id)
    new = tuple(one for one in attempts if decided is None or one.prepared_at >= decided)
    if result is None or (decided is not None and result.at < decided):
        end = without(look, new, error)
        if not new and ports.closes.written_down(job.position_id, job.run.incident_id) is None:
            # It never came as far as the venue.
            return ended(look, end)
        # Whatever function was at work when it died is over by then, and restores what it took off itself.
        wait, approval_id = int(ACTS_WITHIN.total_seconds()), look.approval_id
        return step(look, "mend", end.told, wait_seconds=wait, approval_id=approval_id, end=end)
    match result.how:
        case "flat":
            return ended(look, _flat(look.memo, result, new))
        case "void" | "not_closed":
            return _again(look, result, new)
        case "break" | "dust" | "unknown":
            end = SettleEnd(
                How.ESCALATE,
                f"the close ended without a proof: {clause(result.why)}",
                known=_facts(look.memo, result, new),
                not_done=(*_left_over(result), *_unprotected(result)),
                unknown=() if result.how == "dust" else ("whether the position is closed",),
            )
            return ended(look, end)
        case _:
            assert_never(result.how)


def without(look: Look, new: Sequence[Attempt], error: str | None) -> SettleEnd:
    """It broke, or was refused at its door. Where no order was written down, none was sent; what it may have done
    besides is not known."""
    why = clause(error or "no result is stored")
    decided = _decided(look.memo)
    if not new:
        told_ = f"{decided}the close came to nothing, and no order was sent: {why}"
        return SettleEnd(How.ESCALATE, told_, not_done=("the position was not closed",), unknown=(TOUCHED,))
    left = (
        f"what became of {orders(len(new))} that {'was' if len(new) == 1 else 'were'} written down",
        "whether the position is closed",
        PROTECTION,
    )
    return SettleEnd(
        How.ESCALATE,
        f"{decided}the close came to no end of its own: {why}",
        known=(closed(new),),
        unknown=left,
    )


def _flat(memo: Memo, result: CloseResult, new: Sequence[Attempt]) -> SettleEnd:
    """What this run's own orders did, and apart from it the price of all exits of the position."""
    whole = f"; all its exits: {told(result.average)} on average" if result.average is not None else ""
    against = f"the strategy opened again by {', '.join(result.trades_against)}"
    not_done = (
        *(() if result.recorded else ("its record could not be closed: somebody has changed it",)),
        *_left_over(result),
        *((against,) if result.trades_against else ()),
    )
    did, rest = closed(new), memo.shares.rest if memo.shares else Decimal(0)
    beside = f"; {told(rest)} of other owners stays at the venue" if rest > 0 else ""
    return SettleEnd(
        How.CLOSED,
        f"{did}{whole}; this position is proven flat by two reads and fills{beside}",
        known=(result.why, f"entries of the strategy: {result.entries}"),
        done=(did, *(("its record says closed",) if result.recorded else ())),
        not_done=not_done,
    )


def _again(look: Look, result: CloseResult, new: Sequence[Attempt]) -> Look:
    """Asked again by a fresh quote; whether it may be is judged by the next look."""
    memo = look.memo.model_copy(update={"venue_waited": look.memo.venue_waited + result.waited})
    what = "the facts moved beyond what was approved" if result.how == "void" else "it was not closed whole"
    left = f", {told(result.left)} is left" if result.left is not None else ""
    last = f"{what}: {clause(result.why)}; {closed(new)}{left}"[:500]
    voids = memo.voids + (result.how == "void")
    acted = (*memo.acted, f"{_decided(memo)}{last}"[:700])
    missing = _unprotected(result)
    if missing:
        end = SettleEnd(How.ESCALATE, f"{last}; {missing[0]}", known=_facts(memo, result, new), not_done=missing)
        return ended(look, end, memo=memo.model_copy(update={"voids": voids, "last": last}))
    after = memo.model_copy(update={"voids": voids, "last": last, "acted": acted})
    return step(look, "look", last, memo=after)


def _decided(memo: Memo) -> str:
    return f"Decided by {memo.decision}; " if memo.decision else ""


def _left_over(result: CloseResult) -> tuple[str, ...]:
    return tuple(f"still works at the venue, cancel it by hand: {one}" for one in result.left_over)


def _unprotected(result: CloseResult) -> tuple[str, ...]:
    return (UNPROTECTED,) if result.protected is False else ()


def _facts(memo: Memo, result: CloseResult, new: Sequence[Attempt]) -> tuple[str, ...]:
    left = told(result.left) if result.left is not None else "not known"
    decided = (f"decided by {memo.decision}",) if memo.decision else ()
    return (*decided, f"{closed(new)}; left {left}", f"entries of the strategy: {result.entries}")
