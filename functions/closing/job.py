"""What the states of close-position hand to one another. Amounts are base units, prices the quote's."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import Field

from functions.approvals import CloseTerms
from functions.contracts import Frozen, Run
from functions.ports.exchange import How
from functions.rules.closing.next_step import Order, Seen, Step
from functions.rules.closing.settled import SENDER_LIVES
from functions.rules.units.fills import By
from functions.venue import Row, Unit

# Looks at the unit in one close (`loops` in runbook.yaml).
TURNS: Final = 100
# Seconds that a task which speaks to the venue may run: reads, an order's HTTP timeout, recvWindow and slack.
VENUE_TASK: Final = SENDER_LIVES


class CloseJob(Frozen):
    """One close by one approval. `run` speaks for the incident in which it acts, `attempts_before` are those of
    earlier approvals of the same incident. `bounded`: no price beyond `terms.worst_price`."""

    run: Run
    position_id: str
    incident_id: str
    approval_id: str
    strategy_id: str
    unit: Unit
    terms: CloseTerms
    bounded: bool
    attempts_before: int
    began: datetime

    @property
    def guard_id(self) -> str:
        return self.unit.guard_id


class Proof(Frozen):
    """The fills that closed the position. `manually`: this project closed any part of it."""

    amount: Decimal
    average: Decimal
    last_at: datetime
    by: By
    manually: bool


class Look(Frozen):
    """One look at the unit and what comes next. `again`: another look is left. `seconds`: what the engine is told
    to wait. `left`: what of this position the venue still holds; None: not known. `alone`: nobody else owns a part
    of the unit. `slip`: the last error of a step before it."""

    verdict: Step
    why: str
    again: bool
    turns_left: int
    seconds: Annotated[int, Field(ge=1, le=7_200)]
    order: Order | None
    seen: Seen
    how: How | None
    left: Decimal | None
    closed: Decimal
    alone: bool
    proof: Proof | None
    slip: str | None
    at: datetime


class Sent(Frozen):
    """What became of sending attempt `number`: a state of functions/ports/exchange.py; `moved`: it was not sent
    because of what was read last; `lost`, `used`: it must not be sent. `over`: the call is known to have ended, so
    that nothing is on its way any more beyond recvWindow. `retry_after`: seconds for which the venue takes nothing.
    """

    number: int
    state: str
    over: bool
    why: str
    retry_after: int | None = None


class Paused(Frozen):
    """`status`: what the strategy was; None: not in the table. `ours`: this close paused it."""

    status: str | None
    ours: bool
    told: str


class Written(Frozen):
    """How many protective orders were written down."""

    orders: int


class Cleared(Frozen):
    """Client ids (else order ids) of what was cancelled, and of what may still work."""

    cancelled: tuple[str, ...]
    left: tuple[str, ...]


class Recorded(Frozen):
    """`recorded`: the position's record says closed; `by_us`: this close has written it."""

    recorded: bool
    by_us: bool
    why: str


class Watched(Frozen):
    """Orders and positions by which the strategy opened again. `left`: what of this position's orders may still
    work after all; None: not known."""

    trades_against: tuple[str, ...]
    left: tuple[str, ...] | None
    why: str


class Restored(Frozen):
    """`protected`: what was written down rests at the venue; None: nothing was, or nothing is to be protected.
    `row`, `retry_after`: what the venue said last to an order that it did not take."""

    protected: bool | None
    missing: tuple[str, ...]
    placed: tuple[str, ...]
    why: str
    row: Row | None = None
    retry_after: int | None = None


class Resumed(Frozen):
    """`entries`: whether the strategy may take entries now, in words. `pause_stands`: this incident has paused it
    and nobody but a person ends that; None: not known."""

    entries: str
    pause_stands: bool | None


Error = dict[str, Any]


def message(cause: str) -> str:
    """The error's own sentence out of the engine's cause, which is the failed function's JSON payload."""
    try:
        payload = json.loads(cause)
    except (ValueError, RecursionError):
        return cause[:300]
    return str(payload.get("errorMessage", cause))[:300] if isinstance(payload, dict) else cause[:300]
