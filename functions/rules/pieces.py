"""What a run collected on its way, as its end is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.facts import ChecklistItem, Outcome, Result
from functions.rules.accounting import Account
from functions.rules.plan import Group, Plan


class AfterAsking(StrEnum):
    """What became of a question. `acted`: a person chose the act, and the result says what came of it.
    `declined`: a person said no. `left_open`: a person accepted the risk until a stated time. `unanswered`:
    nobody answered, or nobody could be asked."""

    ACTED = "acted"
    DECLINED = "declined"
    LEFT_OPEN = "left_open"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Asked:
    """A group's question and its answer. `by` are person ids; `why_alone`: why one was enough of two; `why`: why
    there is no answer."""

    how: AfterAsking
    by: tuple[str, ...] = ()
    note: str | None = None
    until: datetime | None = None
    why_alone: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class StrategyEnd:
    """What a remedy came to for one strategy."""

    strategy_id: str
    result: Result
    why: str


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """What a remedy came to. `result` None: see each strategy's own. `error`: it came to grief on its way,
    so nobody knows how far it got. `asked`: what a person said to it; where nobody chose the act, `result` and
    `strategies` tell what the run did besides, unasked, and are empty where that was nothing. `known`: what
    follows for people (what undoes a change, and what to change then)."""

    group: Group
    result: Result | None
    why: str = ""
    strategies: tuple[StrategyEnd, ...] = ()
    error: str | None = None
    asked: Asked | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proven:
    """The proof: `wanted` had to beat again, `missing` of them do not. `own_failed` failed later, during the
    watch; `others_failed` besides."""

    wanted: tuple[str, ...]
    missing: tuple[str, ...]
    own_failed: tuple[str, ...] = ()
    others_failed: tuple[str, ...] = ()
    looks_done: int = 0
    looks_wanted: int = 0


@dataclass(frozen=True, slots=True)
class RunPieces:
    """None: the run did not come that far. `refusal`: refused at the door. `why_not`: the runbook may not run.
    `held_by`: who holds the guard. `error`: what the run could not catch up with. `unread`: facts that could
    not be read, each with its reason. `left_behind`: what the run's own acts left worse (rules/left_behind.py)."""

    dry_run: bool = False
    refusal: str | None = None
    why_not: str | None = None
    held_by: str | None = None
    error: str | None = None
    plan: Plan | None = None
    ends: tuple[GroupEnd, ...] = ()
    proof: Proven | None = None
    account: Account | None = None
    checklist: tuple[ChecklistItem, ...] | None = None
    unread: tuple[str, ...] = ()
    left_behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends. `not_proven` are short names; the lists are sentences. `severity`: low, medium, high,
    critical. `stays_open`: the incident outlives the run, because nobody answered. `until`: the end of a risk that
    a person accepted; then it asks again. `headline`: what the subject must say first, the weightiest first.
    `exposure`: what is open at the end, for the message's last lines."""

    outcome: Outcome
    summary: str
    severity: str
    known: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()
    stays_open: bool = False
    until: datetime | None = None
    headline: tuple[str, ...] = ()
    exposure: tuple[str, ...] = ()
