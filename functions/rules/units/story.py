"""What the incident report of a stuck position tells, before it is put into sections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from functions.facts import Evidence, OrderFact, PositionFact
from functions.ports.exchange import Attempt
from functions.rules.units.attribution import Attribution
from functions.rules.units.pnl import Pnl
from functions.rules.units.why_stuck import WhyStuck


@dataclass(frozen=True, slots=True)
class Answer:
    """One question that people were asked: what was chosen, by whom, when. `choice` None: nobody answered."""

    asked: str
    choice: str | None
    by: tuple[str, ...]
    at: datetime | None
    note: str | None = None
    approval_id: str | None = None
    why_alone: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Anything else that was done: `result` is done, not_done or unknown."""

    what: str
    target: str
    result: str
    by: str
    at: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What the report tells. `outcome` and `summary` are the run's own words; `causes` the sentences of the root
    cause beyond the order history; `questions` what a person still has to answer. `proven`: what the run did or
    saw, by its own reading; `left`: what it did not do, or does not know."""

    position: PositionFact
    incident_id: str
    at: datetime
    outcome: str
    summary: str
    why: WhyStuck | None
    orders: tuple[OrderFact, ...] = ()
    attribution: Attribution | None = None
    answers: tuple[Answer, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    acts: tuple[Act, ...] = ()
    pnl: Pnl | None = None
    causes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    questions: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
