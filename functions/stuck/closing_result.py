"""What comes next after a close."""

from __future__ import annotations

from typing import Final, assert_never

from functions.ports import Ports
from functions.ports.exchange import CloseResult
from functions.rules.stuck.end import How, SettleEnd
from functions.rules.stuck.telling import told
from functions.stuck.model import Look, ended, step

NEEDS: Final = ("clock.now", "closes.attempts", "closes.result", "incidents.note")


def read(ports: Ports, look: Look, error: str | None) -> Look:
    """By what the close itself has stored; a result older than the decision is of the close before."""
    job = look.job
    result = ports.closes.result(job.position_id, job.run.incident_id)
    decided = look.memo.decided_at
    if result is None or (decided is not None and result.at < decided):
        return _without(ports, look, error)
    match result.how:
        case "flat":
            return ended(look, _flat(result))
        case "void" | "not_closed":
            return _again(look, result)
        case "break" | "dust" | "unknown":
            end = SettleEnd(
                How.ESCALATE,
                f"the close ended without a proof: {result.why}",
                known=_facts(result),
                not_done=(*_left_over(result), *_unprotected(result)),
                unknown=() if result.how == "dust" else ("whether the position is closed",),
            )
            return ended(look, end)
        case _:
            assert_never(result.how)


def _without(ports: Ports, look: Look, error: str | None) -> Look:
    """It broke, or was refused at its door. Where no order was written down, none was sent."""
    attempts = ports.closes.attempts(look.job.position_id, look.job.run.incident_id)
    decided = look.memo.decided_at
    new = [one for one in attempts if decided is None or one.prepared_at >= decided]
    why = error or "no result is stored"
    if not new:
        told_ = f"the close came to nothing, and no order was sent: {why}"
        return ended(look, SettleEnd(How.ESCALATE, told_, not_done=("the position was not closed",)))
    unknown = (f"what became of {len(new)} orders that were written down", "whether the position is closed")
    return ended(look, SettleEnd(How.ESCALATE, f"the close came to no end of its own: {why}", unknown=unknown))


def _flat(result: CloseResult) -> SettleEnd:
    average = f" at {told(result.average)} on average" if result.average is not None else ""
    against = f"the strategy opened again by {', '.join(result.trades_against)}"
    not_done = (
        *(() if result.recorded else ("its record could not be closed: somebody has changed it",)),
        *_left_over(result),
        *((against,) if result.trades_against else ()),
    )
    return SettleEnd(
        How.CLOSED,
        f"closed {told(result.closed)}{average}, by {result.attempts} orders, proven flat by two reads and fills",
        known=(result.why, f"entries of the strategy: {result.entries}"),
        done=(f"closed {told(result.closed)}{average}", *(("its record says closed",) if result.recorded else ())),
        not_done=not_done,
    )


def _again(look: Look, result: CloseResult) -> Look:
    """Asked again by a fresh quote; whether it may be is judged by the next look."""
    memo = look.memo
    what = "the facts moved beyond what was approved" if result.how == "void" else "it was not closed whole"
    left = f", {told(result.left)} is left" if result.left is not None else ""
    last = f"{what}: {result.why}; {told(result.closed)} was closed{left}"[:500]
    voids = memo.voids + (result.how == "void")
    after = memo.model_copy(update={"voids": voids, "last": last})
    missing = _unprotected(result)
    if missing:
        end = SettleEnd(How.ESCALATE, f"{last}; {missing[0]}", known=_facts(result), not_done=missing)
        return ended(look, end, memo=after)
    return step(look, "look", last, memo=after)


def _left_over(result: CloseResult) -> tuple[str, ...]:
    return tuple(f"still works at the venue, cancel it by hand: {one}" for one in result.left_over)


def _unprotected(result: CloseResult) -> tuple[str, ...]:
    return ("the position is without its protection",) if result.protected is False else ()


def _facts(result: CloseResult) -> tuple[str, ...]:
    left = told(result.left) if result.left is not None else "not known"
    return (
        f"closed {told(result.closed)}, left {left}, {result.attempts} orders",
        f"entries of the strategy: {result.entries}",
    )
