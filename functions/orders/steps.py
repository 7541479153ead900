"""The steps of one remedy: each gives the next `Round` of order-remedy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from functions.approvals import Question
from functions.facts import Result
from functions.orders.model import (
    LONGEST_WAIT,
    MOST_LOOKS,
    Ending,
    OrderChange,
    OrderMemo,
    RemedyEnd,
    RemedyJob,
    Round,
    Step,
)
from functions.rules.orders.causes import Remedy

# Sentences of a list that a round carries; a state's output must stay small.
MOST_TOLD: Final = 40
# Characters of what an end tells.
MOST_KNOWN: Final = 2_000
# Characters of changes that one round carries.
MOST_OF_CHANGES: Final = 100_000
# What `memo.seen` says of a change that was made.
DONE: Final = "done"


def begin(job: RemedyJob) -> Round:
    """Nothing is looked at yet."""
    return Round(
        job=job,
        step="look",
        why="not looked at yet",
        again=True,
        wait_seconds=0,
        question=None,
        changes=(),
        positions=(),
        memo=OrderMemo(),
        end=None,
    )


def looked(before: Round) -> Round:
    """The same, looked at once more."""
    memo = before.memo.model_copy(update={"looks": before.memo.looks + 1})
    return _step(before, "look", before.why, memo=memo)


def ask(
    before: Round,
    question: Question,
    why: str,
    *,
    changes: Sequence[OrderChange] = (),
    positions: Sequence[str] = (),
) -> Round:
    """`changes`: what each option would write, as people read it; `positions`: those that the options offer to
    close, in their order."""
    memo = before.memo.model_copy(update={"questions": before.memo.questions + 1})
    return _step(
        before, "ask", why, memo=memo, question=question, changes=tuple(changes), positions=tuple(positions)
    )


def act(before: Round, changes: Sequence[OrderChange], why: str) -> Round:
    return _step(before, "act", why, changes=tuple(changes))


def close(before: Round, positions: Sequence[str], why: str) -> Round:
    return _step(before, "close", why, positions=tuple(positions))


def wait(before: Round, seconds: float, why: str, **memo: object) -> Round:
    whole = min(LONGEST_WAIT, max(1, int(seconds + 0.999)))
    waited = {"waited_seconds": before.memo.waited_seconds + whole, **memo}
    return _step(before, "wait", why, memo=before.memo.model_copy(update=waited), wait_seconds=whole)


def remember(before: Round, **memo: object) -> Round:
    return before.model_copy(update={"memo": before.memo.model_copy(update=memo)})


def told(sentences: Sequence[str], *more: str) -> tuple[str, ...]:
    """Each once, the newest kept where there are too many."""
    return tuple(dict.fromkeys((*sentences, *(one[:500] for one in more))))[-MOST_TOLD:]


def as_many_as_fit(changes: Sequence[OrderChange]) -> list[OrderChange]:
    """The first of them, at least one: what a state carries is bounded, and lists of symbols may be long."""
    fit, left = list[OrderChange](), MOST_OF_CHANGES
    for one in changes:
        left -= len(one.model_dump_json())
        if left < 0 and fit:
            break
        fit.append(one)
    return fit


def bounded(sentences: Sequence[str]) -> tuple[str, ...]:
    """As many of the newest as a run of many remedies may carry; every act stands in the incident by itself."""
    kept, left = list[str](), MOST_KNOWN
    for one in reversed(sentences):
        left -= len(one)
        if left < 0:
            return (f"and {len(sentences) - len(kept)} more: they stand among the acts", *reversed(kept))
        kept.append(one)
    return tuple(reversed(kept))


def end(
    before: Round,
    ending: Ending,
    why: str,
    *,
    at: datetime | None = None,
    result: Result | None = None,
    until: datetime | None = None,
    undo: str | None = None,
) -> Round:
    """`result` None: as far as what was changed says. `undo`: the command that undoes it, where anything was."""
    memo = before.memo
    stands = RemedyEnd(
        result=result if result is not None else result_of(memo),
        at=at or memo.effective_at,
        why=why[:1_000],
        ending=ending,
        until=until,
        decided_by=memo.decided_by,
        known=bounded(
            told(memo.known, *memo.applied, *(f"not changed: {one}" for one in memo.refused), *_unknown(memo))
        ),
        follow_ups=(undo,) if undo and _undoable(before) else (),
    )
    return _step(before, "end", why[:1_000], end=stands)


def done_by(memo: OrderMemo) -> int:
    """How many changes were made; `applied` keeps only the newest of them."""
    return sum(word == DONE for word in memo.seen.values())


def result_of(memo: OrderMemo) -> Result | None:
    """The worst of what was to be changed; None where nothing was."""
    if memo.unknown:
        return Result.UNKNOWN
    if memo.refused:
        return Result.NOT_DONE
    return Result.DONE if memo.applied else None


def _undoable(before: Round) -> bool:
    """A config may have been changed; the record of an order that says what is so is not put back."""
    changed = bool(before.memo.applied or before.memo.unknown)
    return changed and before.job.group.remedy is not Remedy.RESOLVE_STUCK


def _unknown(memo: OrderMemo) -> tuple[str, ...]:
    return tuple(f"it is not known whether it was changed: {one}" for one in memo.unknown)


def _step(
    before: Round,
    step: Step,
    why: str,
    *,
    memo: OrderMemo | None = None,
    question: Question | None = None,
    changes: tuple[OrderChange, ...] = (),
    positions: tuple[str, ...] = (),
    wait_seconds: int = 0,
    end: RemedyEnd | None = None,
) -> Round:
    kept = memo or before.memo
    return Round(
        job=before.job,
        step=step,
        why=why[:1_000],
        again=kept.looks < MOST_LOOKS,
        wait_seconds=wait_seconds,
        question=question,
        changes=changes,
        positions=positions,
        memo=kept,
        end=end,
    )
