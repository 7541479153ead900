"""What the states of stuck-position and settle-position hand to one another.

One object rolls through the loop of settle-position: `Look`. Each task takes it and answers with the next one, so
that the history shows what was decided, and why, after every step. What is read of the venue is read anew each time
and never handed on, but for what people were shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from functions.approvals import Question
from functions.contracts import Answer, Frozen, Run
from functions.rules.stuck.end import SettleEnd
from functions.rules.units.attribution import Attribution
from functions.rules.units.why_stuck import WhyStuck

RUNBOOK: Final = "stuck-position"
# So often the position is looked at in one run, at most; the definition declares the same (`loops`).
MOST_LOOKS: Final = 40
# Seconds: no wait that people or the settings may allow is longer.
LONGEST_WAIT: Final = 86_400

# The next step. `second_read`: flat was read once. `hand`: a person closes it by hand. `mend`: the close died, and
# may have left the position without its protection.
Verdict = Literal["look", "ask", "wait_venue", "second_read", "correct", "close", "mend", "wait_cycle", "end"]


class Subject(Frozen):
    """What the run acts on. `position_id` null: every stuck position, each by a run of its own, and no guard."""

    run: Run
    position_id: str | None
    guard_id: str | None
    reason: str | None
    strategy_ids: tuple[str, ...]
    one: bool


class Job(Frozen):
    """What settle-position is started with. `guard_id`: the unit's lock, which the run holds."""

    run: Run
    position_id: str
    guard_id: str
    reason: str | None


class ChildJob(Job):
    """The same as the child receives it, with the execution that started it."""

    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Correction(Frozen):
    """What the record is to say, by fills of the venue; `price` and `fills` null and empty: a person says so.
    `amount` is the table's, as it was judged; `orders` are those whose fills they are."""

    amount: Decimal
    price: Decimal | None
    at: datetime
    manually: bool
    by: str
    fees: str
    told: str
    orders: tuple[str, ...]


class Memo(Frozen):
    """What was done so far. `looks` of all kinds, `venue_looks` while the venue did not answer, `venue_waited`
    seconds that closes of this run have waited for it, `questions` that people answered, `voids` closes that were
    void. `hand`: the next question is the one after `manual_close`.
    `by_hand`: a person has said that it was closed, by name and in his words. `decided_at`: when the close was
    decided that is at work or was the last, `decision`: by whom and what. `last`: what came of it, and `acted`: of
    every one. `stuck_by`: why it is stuck, and `shares`: whose the unit was, by the first look."""

    looks: int = 0
    venue_looks: int = 0
    venue_waited: int = 0
    questions: int = 0
    voids: int = 0
    waited_minutes: int = 0
    hand: bool = False
    by_hand: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    last: str | None = None
    acted: tuple[str, ...] = ()
    stuck_by: WhyStuck | None = None
    shares: Attribution | None = None


class Look(Frozen):
    """`verdict` is the next step, `why` its reason. `again`: the position may be looked at once more in this run.
    `question` where one is put, `wait_seconds` where it is waited, `approval_id` of the answer that is acted on."""

    job: Job
    verdict: Verdict
    why: str
    again: bool
    wait_seconds: Annotated[int, Field(ge=0, le=LONGEST_WAIT)]
    question: Question | None
    correction: Correction | None
    approval_id: str | None
    memo: Memo
    end: SettleEnd | None


class Said(Frozen):
    """The answer to a question, or why there is none (`error`, the engine's)."""

    answer: Answer | None
    error: dict[str, Any] | None


class Settled(Frozen):
    """What settle-position ends with; `error`: what it could not catch up with."""

    look: Look
    error: dict[str, Any] | None


def begin(job: Job) -> Look:
    return Look(
        job=job,
        verdict="look",
        why="not looked at yet",
        again=True,
        wait_seconds=0,
        question=None,
        correction=None,
        approval_id=None,
        memo=Memo(),
        end=None,
    )


def step(look: Look, verdict: Verdict, why: str, *, memo: Memo | None = None, **more: Any) -> Look:
    """The next look: nothing of the one before but its job and its memo."""
    then = memo or look.memo
    more["wait_seconds"] = min(more.get("wait_seconds", 0), LONGEST_WAIT)
    base = begin(look.job).model_copy(
        update={"verdict": verdict, "why": why, "memo": then, "again": then.looks < MOST_LOOKS, **more}
    )
    return Look.model_validate(base.model_dump())


def ended(look: Look, end: SettleEnd, *, memo: Memo | None = None) -> Look:
    """With what was decided and sent before in the same run, whatever it ends with."""
    whole = replace(end, known=(*(memo or look.memo).acted, *end.known))
    return step(look, "end", end.told, memo=memo, end=whole)
