"""What the states of test-order hand to one another."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from functions.approvals import Question
from functions.contracts import Answer, Frozen, Run
from functions.facts import Check, Result
from functions.venue import ProbeOrder, Unit, Where
from functions.verifying import Scope


def record_id(client_order_id: str) -> str:
    """Under which its attempt is written down, beside those of closes."""
    return f"test-order/{client_order_id}"


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
        return record_id(self.client_order_id)


class ProbeJob(Frozen):
    """What test-order is started with: by verify-trading, or with `left` by itself, for an order that may rest
    because its run was stopped, or broke, between placing and cancelling it; `run` is that one then."""

    run: Run
    scope: Scope
    left: Probe | None = None
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class ProbePlan(Frozen):
    """`question` null: nobody is asked and nothing is placed, and `reason` says why; then there is no `probe`, but
    where an order is `left`: that one is only withdrawn."""

    run: Run
    reason: str
    guard_id: str
    question: Question | None
    probe: Probe | None
    left: bool = False


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
    """`again`: look once more, after a while. `was_open`: it was seen working. `acted`: see
    functions/rules/test_order/seen.py."""

    round: int
    again: bool
    was_open: bool
    gone: bool
    result: Check
    told: str
    acted: Result


class RealOrder(Frozen):
    """What the checklist's third line gets of it; `skipped`: no order was placed, and `value` says why."""

    result: Check
    value: str
    at: datetime
