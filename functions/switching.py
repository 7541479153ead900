"""What the states of switch-exchange hand to one another."""

from __future__ import annotations

from datetime import datetime

from functions.approvals import Question
from functions.contracts import Answer, Frozen, Run
from functions.facts import Result
from functions.outlasting import Outlast
from functions.rules.pieces import AfterAsking
from functions.rules.switch_exchange import Kept, Switch
from functions.stages import Effect, GroupResult


class SwitchJob(Frozen):
    """Input of the machine: the wait for a venue that has ended without it, and who waits there."""

    run: Run
    wait: Outlast
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class SwitchPlan(Frozen):
    """`question` null: nobody is asked, and `why` says why: the venue is back, seen at `back_at`, or the kill
    switch is engaged. `switches` are the strategies that may be switched, `kept` all others of the group."""

    run: Run
    wait: Outlast
    venue: str
    why: str
    back_at: datetime | None
    question: Question | None
    switches: tuple[Switch, ...]
    kept: tuple[Kept, ...]


class Switched(Frozen):
    """What the question came to. `keep_waiting`: `wait` is the longer wait that a person allowed, and `result`
    says nothing yet."""

    keep_waiting: bool
    wait: Outlast
    result: GroupResult


def outcome(
    plan: SwitchPlan,
    why: str,
    answer: Answer | None,
    ending: AfterAsking | None,
    *,
    result: Result | None = None,
    at: datetime | None = None,
    strategies: tuple[Effect, ...] = (),
    known: tuple[str, ...] = (),
) -> GroupResult:
    """The result for the group of this plan."""
    return GroupResult(
        group_id=plan.wait.job.group.group_id,
        remedy="switch_exchange",
        result=result,
        at=at,
        why=why,
        strategies=strategies,
        answer=answer,
        ending=ending,
        known=known,
        tried=plan.question is not None,
    )


def back_again(plan: SwitchPlan, answer: Answer | None, why: str, at: datetime) -> Switched:
    """The venue answers again: that is the cure, whatever was asked or chosen meanwhile."""
    result = outcome(plan, why, answer, None, result=Result.DONE, at=at)
    return Switched(keep_waiting=False, wait=plan.wait, result=result)
