"""What the twins read and change: tables as dicts, the service, the log, and everything that was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import RLock
from typing import Any, Final

from functions.adapters.attribute_values import Item
from functions.adapters.memory.bots import MemoryBot
from functions.adapters.memory.venue import MemoryVenue
from functions.approvals import Mail
from functions.errors import RunbookError
from functions.facts import AlarmFact, BreachFact, ProbeFact, ScalingFact, ServiceFact
from functions.history import History
from functions.log_queries import LogQuery

# Partition key, and sort key where there is one, of each table under its port's name.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "trading_state": ("strategy_id",),
    "strategy_config": ("strategy_id",),
    "positions": ("position_id",),
    "orders": ("position_id", "order_id"),
    "incidents": ("incident_id",),
    "guards": ("guard_id",),
    "approvals": ("approval_id",),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One log line of the service."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Started:
    """An execution that a twin started or that a test put there."""

    arn: str
    runbook: str
    name: str
    payload: Mapping[str, Any]
    status: str = "RUNNING"


def no_tables() -> dict[str, dict[tuple[str, ...], Item]]:
    return {name: {} for name in KEYS}


@dataclass
class World:
    """Set any of it before a test, look at any of it afterwards.

    `trouble` maps `port.method` to the word that the next calls raise, for as long as it stands there.
    `item_trouble` maps (`port.method`, strategy) to the word that befalls this one alone: raised where the method
    is about one strategy, its own result where it is about many (`Uncertain`: unknown, else not done).
    `meanwhile` maps `port.method` to what happens once, right before its next call: somebody else was first.
    `calls` lists every call as `port.method`, in order.
    `page` is how many items a page of a segment holds.
    `has_status_page`: the settings name one; `posts` is what it was told, `id` being the incident there.
    `definitions` are task definitions as ECS describes them, with their `tags`.
    `venue` is the exchange, every account of it (functions/adapters/memory/venue.py).
    `bots` are the strategies' freqtrade bots whose API the settings name.
    `published` names alarms for whose metric somebody publishes points all the time.
    `callbacks` is what was answered by task token, `tokens_over` those that nobody waits for any more.
    `queries` are those started of the log, by id; the next `queries_run_for` looks at any find them running, and
    those in `queries_fail` end without an answer.
    `lock` is held during each call, so that threads may race for what DynamoDB would give to one of them.
    """

    now: datetime = datetime(2026, 1, 31, 3, tzinfo=UTC)
    tables: dict[str, dict[tuple[str, ...], Item]] = field(default_factory=no_tables)
    service: ServiceFact | None = None
    digests: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    alarms: dict[str, AlarmFact] = field(default_factory=dict)
    probes: dict[str, ProbeFact] = field(default_factory=dict)
    executions: dict[str, Started] = field(default_factory=dict)
    definitions: list[dict[str, Any]] = field(default_factory=list)
    callbacks: dict[str, Any] = field(default_factory=dict)
    tokens_over: set[str] = field(default_factory=set)
    mails: list[Mail] = field(default_factory=list)
    refused_addresses: set[str] = field(default_factory=set)
    sent: list[tuple[str, str]] = field(default_factory=list)
    paged: list[tuple[str, str]] = field(default_factory=list)
    objects: dict[str, tuple[str, str]] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)
    announced: list[str] = field(default_factory=list)
    measures: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)
    breaches: dict[str, BreachFact] = field(default_factory=dict)
    published: set[str] = field(default_factory=set)
    scaling: ScalingFact | None = None
    has_status_page: bool = False
    posts: list[dict[str, str]] = field(default_factory=list)
    venue: MemoryVenue = field(default_factory=MemoryVenue)
    bots: dict[str, MemoryBot] = field(default_factory=dict)
    page: int = 250
    trouble: dict[str, RunbookError] = field(default_factory=dict)
    item_trouble: dict[tuple[str, str], RunbookError] = field(default_factory=dict)
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    queries: dict[str, LogQuery] = field(default_factory=dict)
    queries_run_for: int = 0
    queries_fail: set[str] = field(default_factory=set)
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    def advance(self, **spans: float) -> datetime:
        """`advance(seconds=30)`; returns the new time."""
        self.now += timedelta(**spans)
        return self.now

    def put(self, table: str, item: Mapping[str, Any]) -> None:
        """Puts an item as it stands; numbers must be int or Decimal, as in DynamoDB."""
        self.tables[table][tuple(str(item[key]) for key in KEYS[table])] = deepcopy(dict(item))

    def item(self, table: str, *key: str) -> Item | None:
        """A copy of the item, None where there is none."""
        return deepcopy(self.tables[table].get(key))

    def items(self, table: str) -> list[Item]:
        return [deepcopy(item) for item in self.tables[table].values()]


def stored(value: Any) -> Any:
    """What DynamoDB would give back for this value: numbers are decimals, tuples are lists."""
    match value:
        case bool() | None | str() | set():
            return value
        case int():
            return Decimal(value)
        case Mapping():
            return {key: stored(inner) for key, inner in value.items()}
        case list() | tuple():
            return [stored(inner) for inner in value]
    return value
