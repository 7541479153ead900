"""What the states of stale-heartbeat hand to one another, beside `contracts.Run`.

Lists are cut so that no state's output, with all that came before it, exceeds 200 kB; totals stay whole.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Generic, TypeVar

from functions.contracts import Answer, Frozen, Run
from functions.facts import (
    AlarmFact,
    ExposureFact,
    KillSwitchFact,
    LogFact,
    ProbeFact,
    Result,
    ServiceFact,
    StrategyState,
)
from functions.rules.pieces import AfterAsking
from functions.rules.plan import Group

# Strategies by name; an id is handed on in ten places.
MOST: Final = 100

# Positions and orders, each; beyond them the exposure counts as not judged one by one.
MOST_EXPOSED: Final = 150
# Net positions at the venues, each with its working orders.
MOST_UNITS: Final = 30

# Strategies in one question to the log, whose answer is not handed on by name.
MOST_ASKED: Final = 200

T = TypeVar("T")


class Fact(Frozen, Generic[T]):
    """What a probe brought home; without a `fact`, `why` says why it is unknown."""

    fact: T | None
    why: str | None


class Found(Frozen):
    """The heartbeats at the moment of looking. `besides`: stale too, but this run was not asked to cure them.

    `again`: nothing is stale and the alarm is up, which may only be behind; look once more.
    """

    at: datetime
    again: bool
    looks_left: int
    stale: tuple[StrategyState, ...]
    stale_total: int
    beating: tuple[str, ...]
    beating_total: int
    unknown_status: tuple[str, ...]
    besides: tuple[str, ...]
    alarm: AlarmFact | None
    kill_switch: KillSwitchFact | None
    details_key: str | None


class Facts(Frozen):
    """The diagnosis: one entry a probe; null where nothing was to be diagnosed."""

    service: Fact[ServiceFact]
    logs: Fact[LogFact]
    exchange: Fact[dict[str, ProbeFact]]
    database: Fact[ProbeFact]
    network: Fact[ProbeFact]
    exposure: Fact[ExposureFact]


class GroupJob(Frozen):
    """Input of a remedy's child machine."""

    run: Run
    group: Group


class ChildJob(GroupJob):
    """The same as the child receives it, with the execution that started it."""

    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class Effect(Frozen):
    """What a remedy did for one strategy; `at` is when it took effect."""

    strategy_id: str
    result: Result
    at: datetime | None
    why: str


class GroupResult(Frozen):
    """What a remedy came to. `result` null: see each strategy's own. `at`: took effect for all of them.

    `ending` stands where a person was asked: `acted`, `declined`, `left_open` (until `answer.until`), or
    `unanswered` (lapsed, unreached, nobody to ask). In the last three `result`, `at` and `strategies` tell only
    what the run did besides, unasked: null and empty where that was nothing. `known` are sentences that the
    incident must keep (what undoes the change, and what to change then). `tried` false: it was refused before
    anything was touched.
    """

    group_id: str
    remedy: str
    result: Result | None
    at: datetime | None
    why: str
    strategies: tuple[Effect, ...]
    answer: Answer | None = None
    ending: AfterAsking | None = None
    known: tuple[str, ...] = ()
    tried: bool = True


class Remedied(Frozen):
    """One round of the Map over the plan's groups; `error` where the child itself came to grief."""

    group: Group
    outcome: GroupResult | None
    error: str | None
