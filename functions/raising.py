"""What the states of raise-memory hand to one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from functions.approvals import Question
from functions.contracts import Answer, Frozen
from functions.settings import Account
from functions.stages import GroupJob, GroupResult


class RaisePlan(Frozen):
    """What is asked, and what a yes would do. `question` null: nobody is asked, and `reason` says why. `base` is
    the revision that it is all about, `cpu` and `memory_mb` the new size. `redeploys`: once as it is, meanwhile.
    `may_interrupt`: so many strategies the question speaks of."""

    job: GroupJob
    guard_id: str
    reason: str
    question: Question | None
    redeploys: bool
    base: str
    family: str
    cpu: int
    memory_mb: int
    may_interrupt: int
    undone_by: str


class Said(Frozen):
    """`said` is an option's id, `lapsed`, `unreached`, `revoked`, or `nobody` where the waiting state ended
    without an answer; then `error` is the engine's."""

    said: str
    answer: Answer | None
    error: dict[str, Any] | None


class Kept(Frozen):
    """The redeploy at the present size; both null: there was none."""

    outcome: GroupResult | None
    error: dict[str, Any] | None


class Registered(Frozen):
    """The new revision's ARN; null in a dry run."""

    task_definition: str | None


class Did(Frozen):
    """What was done after a yes, as far as it came."""

    registered: Registered | None
    outcome: GroupResult | None
    error: dict[str, Any] | None


def desk_of(accounts: Mapping[str, Account], strategy_ids: Iterable[str]) -> str:
    """The desk that all of them belong to, else the default one."""
    desks = {accounts[strategy_id].desk if strategy_id in accounts else "default" for strategy_id in strategy_ids}
    return desks.pop() if len(desks) == 1 else "default"
