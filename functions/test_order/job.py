"""What the states of test-order hand to one another."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from functions.approvals import Question
from functions.contracts import Answer, Frozen, Run
from functions.facts import Check
from functions.venue import ProbeOrder, Unit, Where
from functions.verifying import Scope


class ProbeJob(Frozen):
    """What verify-trading starts test-order with."""

    run: Run
    scope: Scope
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Probe(Frozen):
    """The order that people are asked about: a purchase, post-only."""

    venue: str
    account: str
    symbol: str
    client_order_id: str
    amount: Decimal
    price: Decimal
    hedged: bool

    @property
    def where(self) -> Where:
        return Where(self.venue, self.account)

    @property
    def unit(self) -> Unit:
        return Unit(self.venue, self.account, self.symbol, "long")

    @property
    def order(self) -> ProbeOrder:
        return ProbeOrder(self.client_order_id, self.symbol, "buy", self.amount, self.price, self.hedged)

    @property
    def record_id(self) -> str:
        """Under which its attempt is written down, beside those of closes."""
        return f"test-order/{self.client_order_id}"


class ProbePlan(Frozen):
    """`question` null: nobody is asked and nothing is placed, and `reason` says why; then there is no `probe`."""

    run: Run
    reason: str
    guard_id: str
    question: Question | None
    probe: Probe | None


class Said(Frozen):
    """See functions/raising.py."""

    said: str
    answer: Answer | None
    error: dict[str, Any] | None


class Placed(Frozen):
    """`over`: the call was seen to end."""

    over: bool
    why: str


class Withdrawn(Frozen):
    """`again`: look once more, after a while. `was_open`: it was seen working."""

    round: int
    again: bool
    was_open: bool
    gone: bool
    result: Check
    told: str


class RealOrder(Frozen):
    """What the checklist's third line gets of it; `skipped`: no order was placed, and `value` says why."""

    result: Check
    value: str
    at: datetime
