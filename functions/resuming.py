"""What the states of resume-trading and of its children hand to one another.

No list of strategies is in them but the one of the input: a batch is a stretch of the sorted names of those whom a
halt has recorded, and every task reads anew how they stand.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from functions.approvals import Question
from functions.contracts import Answer, Frozen, Run

# The lock of the run that brings trading back.
GUARD: Final = "resume"
# Names of one kind in a state or a message; whole lists lie in the bucket.
MOST_NAMED: Final = 20
TRADING: Final = "trading"
MANAGE_ONLY: Final = "manage_only"


class ResumeOrder(Frozen):
    """The input, as it was read. `strategy_ids` null: everything that a halt stopped."""

    requested_by: str
    reason: str
    strategy_ids: tuple[str, ...] | None
    to: Literal["trading", "manage_only"]


class ResumeJob(Frozen):
    run: Run
    order: ResumeOrder


class Scope(Frozen):
    """Which halt this is about. `halt_id` null: the kill switch is released already, and the halts of `halts` left
    strategies behind. `stops`: a hash of the stops as they were asked about. `whole`: it is released whole, not
    only for the order's strategies. `total`: so many would come back. `service_halts`: what the service was
    stands in the record of the first of them that has one."""

    halt_id: str | None
    halts: tuple[str, ...]
    stops: str
    whole: bool
    total: int
    service_halts: tuple[str, ...] = ()


class ResumePlan(Frozen):
    """`verdict`: `ask`, `nothing_to_do`, `escalate`, `dry_run` (nobody is asked). `failing`, `unknown` are the
    checks in a sentence each, `not_proven` their short names; `left_out` says who does not come back, and why;
    `forgotten` whom a halt stopped of whom nobody knows what they were."""

    verdict: Literal["ask", "nothing_to_do", "escalate", "dry_run"]
    reason: str
    question: Question | None
    scope: Scope
    failing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    would: tuple[str, ...] = ()


class LetGo(Frozen):
    """The kill switch after the answer. `managing`: it stays engaged, and exits may be managed."""

    managing: bool
    at: datetime
    why: str


class ReturnJob(Frozen):
    """Input of return-strategies."""

    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class ServiceBack(Frozen):
    """The service on its way up. `desired` null: it was not touched. `stopped`: somebody stopped trading meanwhile,
    and by whom."""

    up: bool
    again: bool
    looks_left: int
    desired: int | None
    why: str
    stopped: str | None = None


class BatchEnd(Frozen):
    """What a batch came to. `tried` of them were to come back, `failed` did not; `silent` beat and no signal of
    theirs was seen. Names are cut."""

    number: int
    tried: int
    well: int
    failed: int
    failed_names: tuple[str, ...]
    silent: int
    silent_names: tuple[str, ...]
    unknown: int
    signals_unread: str | None
    stopped: str | None


class Batch(Frozen):
    """The next batch: everybody after `after` up to `through`, by name. `again`: there is one. `verdict`: `batch`,
    `over`, `stopped` (somebody stopped trading meanwhile) or `halt` (all must be halted again), and `why`."""

    verdict: Literal["batch", "over", "stopped", "halt"]
    again: bool
    looks_left: int
    number: int
    after: str
    through: str
    size: int
    why: str
    silent: int = 0
    silent_names: tuple[str, ...] = ()
    failed: int = 0
    failed_names: tuple[str, ...] = ()
    signals_unread: str | None = None


class BatchJob(Frozen):
    """Input of return-batch."""

    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    batch: Batch
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Beats(Frozen):
    """A look at a batch. `since`: only what is newer proves anything."""

    since: datetime
    again: bool
    looks_left: int
    missing: int
    silent: int
    silent_names: tuple[str, ...]
    signals_unread: str | None
    stopped: str | None


class Returned(Frozen):
    """What return-strategies came to."""

    service: ServiceBack
    batch: Batch | None


class Halted(Frozen):
    """Everything halted again. `execution`: the emergency stop that goes on with it, null where none is known."""

    latched: bool
    execution: str | None
    why: str


class Guarded(Frozen):
    """The answer of take_guard."""

    guard_id: str
    owned: bool
    why: str


class ResumeState(Frozen):
    """The whole state of resume-trading; null is "did not come that far"."""

    run: Run
    order: ResumeOrder
    guard: Guarded | None = None
    refused: dict[str, Any] | None = None
    plan: ResumePlan | None = None
    answer: Answer | None = None
    unanswered: dict[str, Any] | None = None
    let_go: LetGo | None = None
    returned: Returned | None = None
    halted: Halted | None = None
    verified: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
