"""What order-failures collects on its way, as its later tasks get it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from functions.contracts import Frozen, Run
from functions.orders.model import LONGEST_WAIT, CauseProof, OrderRemedied
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderGroup, OrderPlan, VenueGroups


class Guard(Frozen):
    guard_id: str
    owned: bool
    why: str


class Diagnosed(Frozen):
    """The facts until they are judged, and the verdict from then on: both together are not carried on."""

    facts: OrderFacts | None
    plan: OrderPlan | None


class Before(Frozen):
    """How far the run came before this round: `number` counts from 1; `since`: from when on failures count (null:
    the whole window of the log); `remedied`, `proofs` and `strategy_ids`: of every round before."""

    number: int
    since: datetime | None
    remedied: tuple[OrderRemedied, ...]
    proofs: tuple[CauseProof, ...]
    strategy_ids: tuple[str, ...]


class Opened(Frozen):
    """What the run begins with. `guard_id`: the lock of all its acts."""

    run: Run
    guard_id: str
    before: Before


class VenueRemedies(Frozen):
    """What came of one venue's groups: those that calm it, then those that change something."""

    calm: tuple[OrderRemedied, ...]
    change: tuple[OrderRemedied, ...]
    error: str | None = None


class Found(Frozen):
    """What the newest look found besides: causes that have appeared, and what could not be read (`blind`)."""

    appeared: tuple[OrderGroup, ...]
    blind: tuple[str, ...]


class Proof(Found):
    """The proof of round `number` as it stands, and what comes next. `again`: look once more after `wait_seconds`.
    `another`: causes have appeared, or stand, that a further round of remedies may cure. `next`: what came of this
    round and of all before it; `round`: the groups of this one. `verify`: something was done, so the checklist is
    walked at the end. Of `plan` only what the remedies are not about is carried."""

    run: Run
    plan: OrderPlan
    number: int
    round: tuple[str, ...]
    since: datetime
    wait_seconds: Annotated[int, Field(ge=1, le=LONGEST_WAIT)]
    looks_left: int
    again: bool
    another: bool
    verify: bool
    next: Before
    proofs: tuple[CauseProof, ...]
    why: str


class VenueJob(Frozen):
    """Input of cure-venue."""

    run: Run
    guard_id: str
    venue: VenueGroups


class ChildVenueJob(VenueJob):
    """The same as the child receives it, with the execution that started it."""

    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Proven(Frozen):
    """What prove-orders ended with. `again`: a further round is to be done."""

    again: bool
    verify: bool
    found: Found


class OrderState(Frozen):
    """The whole state of order-failures; null is "did not come that far"."""

    run: Run
    guard_id: str
    before: Before
    guard: Guard | None = None
    refused: dict[str, Any] | None = None
    diagnosed: Diagnosed | None = None
    venues: tuple[VenueRemedies, ...] = ()
    proof: Proven | None = None
    verified: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
