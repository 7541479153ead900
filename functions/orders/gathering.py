"""What the states of gather-order-facts hand to one another."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions.contracts import Frozen, Run
from functions.rules.orders.facts import OrderFacts, OrderLogFact, OrderVenueFact, StuckOrder, TraderFact

# So often the queries are looked at, at most; its definition declares the same (`loops`).
MOST_LOOKS: Final = 30


class GatherJob(Frozen):
    """Input of gather-order-facts. `since`: from when on the log is read (null: the settings' window).
    `strategy_id`: only what concerns this one, or may concern it (null: everybody)."""

    run: Run
    since: datetime | None
    strategy_id: str | None


class ChildGatherJob(GatherJob):
    """The same as the child receives it, with the execution that started it."""

    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str | None = None


class StartedQuery(Frozen):
    """One query of the log: the name of its net (functions/rules/orders/nets.py) and its id."""

    net: str
    query_id: str


class LogLook(Frozen):
    """The log's queries between `start` and `end`. `again`: at least one still runs, and there is a look left.
    Without a `fact` in the end, `why` says why it is unknown."""

    job: GatherJob
    start: datetime
    end: datetime
    queries: tuple[StartedQuery, ...]
    looks_left: int
    again: bool
    fact: OrderLogFact | None
    why: str | None


class TradersSeen(Frozen):
    traders: tuple[TraderFact, ...]
    total: int
    unread: str | None


class StuckSeen(Frozen):
    stuck: tuple[StuckOrder, ...]
    total: int
    unread: str | None


class VenuesSeen(Frozen):
    venues: tuple[OrderVenueFact, ...]
    unread: str | None


class Gathered(Frozen):
    """Output of gather-order-facts."""

    facts: OrderFacts
