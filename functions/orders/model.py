"""What the states of order-failures and its children hand to one another.

One object rolls through the loop of order-remedy: `Round`. Each task takes it and answers with the next one, so
that the history shows what was decided, and why, after every step.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from functions.approvals import Question
from functions.contracts import Answer, Frozen, Run
from functions.facts import Result
from functions.rules.orders.causes import Cause, Remedy
from functions.rules.orders.plan import OrderGroup

RUNBOOK: Final = "order-failures"
# So often a remedy looks in one run, at most; its definition declares the same (`loops`).
MOST_LOOKS: Final = 120
LONGEST_WAIT: Final = 3_600

# The next step of a remedy. `act`: `changes` are to be written. `close`: `positions` are to be closed, each by
# a run of stuck-position with an approval of its own. `ask`: `question` is put.
Step = Literal["look", "ask", "act", "close", "wait", "end"]
Ending = Literal["acted", "declined", "left_open", "unanswered", "over", "refused", "gave_up", "dry_run"]


class OrderChange(Frozen):
    """One change of one field of one strategy's config, conditional on `expected` (null: the field is missing).
    `expires_at` null: it lasts until somebody undoes it. Or, with `order_id`, of the record of a stuck order:
    `field` is `status`, `strategy_id` its strategy. `expected` and `value` are written as
    `functions.orders.written` has them; `option`: the answer that leads to it, null where nobody is asked."""

    strategy_id: str
    field: str
    expected: Any
    value: Any
    expires_at: datetime | None
    why: str
    position_id: str | None = None
    order_id: str | None = None
    option: str | None = None


class OrderMemo(Frozen):
    """What was done so far. `looks` of all kinds; `questions` that were put; `applied`: what was changed, in
    sentences; `refused`: what could not be, and `unknown`: what may have been; `effective_at`: when the newest
    change took effect; `decision`: by whom and what, `answers` all of them. `started`: runs that close positions,
    by ARN. `wait_until`: when the wait that is under way ends for good. `seen`: what the last look saw, by what was
    looked at, so that a second one can agree with it; `known`: sentences that the incident must keep."""

    looks: int = 0
    questions: int = 0
    waited_seconds: int = 0
    applied: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    effective_at: datetime | None = None
    decision: str | None = None
    decided_by: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    factor: Decimal | None = None
    unknown: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    seen: dict[str, str] = Field(default={})
    wait_until: datetime | None = None


class RemedyEnd(Frozen):
    """How a remedy ended. `result` null: nothing was done (declined, left open, unanswered: `ending`). `at`: when
    it took effect. `known`: sentences that the incident must keep. `follow_ups`: commands for later (undo).
    `over`: the cause went by itself, or by what somebody did elsewhere; `refused`: nothing may be changed (kill
    switch, a changed config); `gave_up`: a person must go on; `dry_run`: `why` says what would have been done."""

    result: Result | None
    at: datetime | None
    why: str
    ending: Ending
    until: datetime | None = None
    decided_by: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()


class RemedyJob(Frozen):
    """Input of order-remedy."""

    run: Run
    guard_id: str
    group: OrderGroup


class ChildRemedyJob(RemedyJob):
    """The same as the child receives it, with the execution that started it."""

    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Round(Frozen):
    """`step` is the next step, `why` its reason. `again`: it may be looked at once more in this run."""

    job: RemedyJob
    step: Step
    why: str
    again: bool
    wait_seconds: Annotated[int, Field(ge=0, le=LONGEST_WAIT)]
    question: Question | None
    changes: tuple[OrderChange, ...]
    positions: tuple[str, ...]
    memo: OrderMemo
    end: RemedyEnd | None


class Said(Frozen):
    """The answer to a question, or why there is none (`error`, the engine's)."""

    answer: Answer | None
    error: dict[str, Any] | None


class OrderRemedied(Frozen):
    """One round of the Map over the plan's groups; `error` where the child itself came to grief."""

    group: OrderGroup
    end: RemedyEnd | None
    error: str | None


class CauseProof(Frozen):
    """Whether a cause is gone. `result` done: no failure of it since `since` for the whole window; not_done: it
    still fails; unknown: it could not be read, or not for long enough. `silent`: no order of the strategies was
    seen since, so that nothing but silence says so."""

    group_id: str
    cause: Cause
    remedy: Remedy
    result: Result
    failures: int
    placed: int
    since: datetime
    until: datetime
    why: str
    silent: bool = False
