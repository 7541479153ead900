"""What the platform owns: its tables, its service, its logs and alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from functions.facts import (
    AlarmFact,
    BreachFact,
    LogFact,
    OpenPositions,
    OrderCorrection,
    OrderFact,
    PositionFact,
    ProbeFact,
    ScalingFact,
    ServiceFact,
    StrategyState,
    TaskDefinitionFact,
)
from functions.ports.said import Stop, Stopped
from functions.rules.log_patterns import PATTERNS, Pattern


class TradingState(Protocol):
    """Table `tradai-trading-state-{env}`."""

    def all(self) -> Sequence[StrategyState]:
        """Every strategy, over all pages."""
        ...

    def get(self, strategy_id: str) -> StrategyState | None: ...

    def stop(self, strategy_id: str, *, expected_status: str, stopped_by: str) -> bool:
        """Status to `stopped`, marked with `stopped_by` (the incident), only from `expected_status`.

        True where it stands so now (also where an earlier try of the same `stopped_by` did it), else False.
        """
        ...

    def start(self, strategy_id: str, *, stopped_by: str, status: str) -> bool:
        """Status to `status` (a trading one) in one transaction: still stopped, still ours, kill switch not
        engaged for it. True where it stands so now by us, False where a condition did not hold."""
        ...

    def segment(self, number: int, of: int, start_key: str | None) -> tuple[Sequence[StrategyState], str | None]:
        """One page of one of `of` scan segments, consistently, from `start_key` on (None: its beginning), and the
        key from which to go on (None: the segment is at its end)."""
        ...

    def stop_many(self, stops: Sequence[Stop], *, stopped_by: str, until: datetime) -> Sequence[Stopped]:
        """`stop` for many, by conditional batches: one answer for each, in no order. What is throttled inside an
        answer is tried again with backoff until `until`, and is `not_done` then. Raises only where nothing of it
        was said to the table."""
        ...

    def bring_back(
        self, strategy_id: str, *, halt_id: str, expected: Sequence[str], status: str, managing: bool
    ) -> bool:
        """Status to `status` in one transaction: it is one of `expected` and carries the mark of this halt
        (`stopped_by` or `started_by`), and the kill switch lets it: not engaged for this strategy, or with
        `managing` engaged by this very halt with `manage_only`. True where it stands so now by this halt (also by
        an earlier try), False where a condition did not hold."""
        ...

    def pause(self, strategy_id: str, *, expected_status: str, status: str, paused_by: str) -> bool:
        """Status to `status` (one that takes no entries and manages exits), marked with `paused_by` (the incident)
        and with what it was, only from `expected_status`. True where it stands so now by us, else False."""
        ...

    def unpause(self, strategy_id: str, *, paused_by: str, paused: str) -> bool:
        """Back to what it was, in one transaction: still `paused`, still by us, kill switch not engaged for it, no
        close of a position of it in progress (ours is over before).
        True where it stands so now by us (also by an earlier try), False where a condition did not hold."""
        ...

    def hand_over(self, strategy_id: str, *, paused_by: str, paused: str) -> str | None:
        """Our pause becomes that of another incident whose close is in progress, in one transaction with the
        condition that it is: the last one out ends it. That incident; None: there is none, or it is not ours."""
        ...


class StrategyConfig(Protocol):
    """Table `tradai-strategy-config-{env}`."""

    def get(self, strategy_id: str) -> Mapping[str, Any] | None: ...

    def venues(self, strategy_ids: Sequence[str]) -> Mapping[str, str | None]:
        """The `exchange` of each strategy; None where the item or the attribute is missing."""
        ...

    def traded(self) -> Sequence[Mapping[str, str]]:
        """Of every strategy, by one scan: `strategy_id`, and of `exchange`, `account`, `mode`, `switched_exchange`
        those that stand there (the last one as `yes`)."""
        ...

    def override(
        self,
        strategy_id: str,
        field: str,
        *,
        expected: Any,
        value: Any,
        incident_id: str,
        expires_at: datetime,
        over: str | None = None,
    ) -> bool:
        """Writes a temporary value only while `field` still holds `expected` (None: missing). Keeps the old
        value and the expiry beside it under `override_{field}`; where an override of the same incident, or of the
        incident `over`, stands there, the value before that one. False where the condition did not hold."""
        ...

    def put_back(self, strategy_id: str, field: str, *, incident_id: str) -> bool:
        """Undoes `override` where that incident's override still stands; False otherwise."""
        ...

    def switch(self, strategy_id: str, *, expected: str, exchange: str, incident_id: str) -> bool:
        """`exchange` to another venue, only while `expected` stands there and `fallback_exchange` names the new
        one; keeps the old one under `switched_exchange` with the incident. True where it stands so now by this
        incident (also by an earlier try), False where a condition did not hold."""
        ...

    def overrides(self) -> Sequence[Mapping[str, Any]]:
        """Every override that stands: `{strategy_id, field, incident_id, old, value, expires_at}`."""
        ...

    def change(
        self, strategy_id: str, field: str, *, expected: Any, value: Any, incident_id: str, at: datetime
    ) -> bool:
        """A lasting value (None: the field goes), only while `field` still holds `expected` (None: missing) and no
        override of it stands. Keeps the old one beside it under `change_{field}`, that before this incident's
        first change of it, unless somebody set another one in between; the record of an earlier incident whose
        value it was made on top of is kept in its own. True where it stands so now by this incident (also by an
        earlier try), False where the condition did not hold."""
        ...

    def undo(self, strategy_id: str, field: str, *, incident_id: str) -> bool:
        """Undoes `change` where the value is still that incident's; what it was made on top of can then be undone
        in its turn. Where somebody changed the field since, their value stays, and only the record goes: False, as
        where there is no such record, or a later incident's stands on top of it."""
        ...

    def changes(self) -> Sequence[Mapping[str, Any]]:
        """Every lasting change that stands: `{strategy_id, field, incident_id, old, value, at}`."""
        ...


class Positions(Protocol):
    """Table `tradai-positions-{env}`."""

    def open_of(self, strategy_ids: Sequence[str]) -> Sequence[PositionFact]:
        """Positions of these strategies that are not closed."""
        ...

    def every_open(self) -> Sequence[PositionFact]:
        """Every position that is not closed, by one scan: those too whose strategy nobody knows. `Refused` where
        the amount of one cannot be read."""
        ...

    def each_open(self) -> OpenPositions:
        """The same, for whoever judges them one by one: an item that cannot be read hides no other."""
        ...

    def by_id(self, position_ids: Sequence[str]) -> Mapping[str, PositionFact | None]: ...

    def close(
        self,
        position_id: str,
        *,
        amount: Decimal,
        exit_price: Decimal | None,
        closed_at: datetime,
        manually: bool,
        closed_by: str,
    ) -> bool:
        """`closed` with its time and price, and `closed_manually` where `manually`; only while it is not closed and
        its amount is still `amount`. True where it stands so now by `closed_by` (an incident; also by an earlier
        try), False where the condition did not hold."""
        ...


class Orders(Protocol):
    """Table `tradai-orders-{env}`."""

    def working(self, position_ids: Sequence[str]) -> Sequence[OrderFact]:
        """Pending and open orders, by one Query for each position."""
        ...

    def of(self, position_id: str) -> Sequence[OrderFact]:
        """Every order of one position, whatever became of it, by one Query; the oldest first."""
        ...

    def every_working(self) -> Sequence[OrderFact]:
        """All pending and open orders, by one scan: those too whose position is closed, or not there yet."""
        ...

    def correct(self, seen: OrderFact, correction: OrderCorrection, *, corrected_by: str, at: datetime) -> bool:
        """The record of an order to what its venue says of it; only while its status and filled amount are as they
        were `seen`. Keeps the old status under `status_before`. True where it stands so now by `corrected_by` (an
        incident; also by an earlier try), False where the condition did not hold."""
        ...


class Service(Protocol):
    """The strategy service in ECS."""

    def describe(self) -> ServiceFact:
        """Service, its tasks (running and those stopped within the last hour), image and sizes."""
        ...

    def scale(self, desired: int) -> None:
        """UpdateService(desiredCount)."""
        ...

    def redeploy(self, desired: int, task_definition: str | None = None) -> str:
        """UpdateService(forceNewDeployment, desiredCount), with another revision where one is given. Returns
        the new deployment's id."""
        ...


class Scaling(Protocol):
    """The service's auto-scaling (Application Auto Scaling)."""

    def describe(self) -> ScalingFact | None:
        """None: the service is not scaled by itself."""
        ...

    def suspend(self) -> None:
        """Suspends every activity of the target; bounds and policies stay."""
        ...

    def restore(self, before: ScalingFact) -> None:
        """What was suspended before stays so, the rest goes on."""
        ...


class TaskDefinitions(Protocol):
    """Revisions of the service's task definition."""

    def describe(self, task_definition: str) -> TaskDefinitionFact: ...

    def marked(self, family: str, mark: str) -> str | None:
        """The ARN of the newest revision that carries `mark` (an incident) as its tag `tradai:incident`."""
        ...

    def register(self, base: str, *, cpu: int, memory_mb: int, mark: str) -> str:
        """Registers `base` once more with another size, for the task and for its essential container where that
        one has a limit of its own; everything else, tags included, as it was. Returns the new ARN."""
        ...


class Registry(Protocol):
    """ECR."""

    def digest(self, image: str) -> str | None:
        """The digest that the tag points to now; the image's own where it is pinned; None: unknown."""
        ...


class ServiceLogs(Protocol):
    """The service's log group."""

    def read(
        self,
        start: datetime,
        end: datetime,
        strategy_ids: Sequence[str],
        patterns: Sequence[Pattern] = PATTERNS,
    ) -> LogFact:
        """Counts of every pattern (bounded cost), last line and samples within the window."""
        ...

    def signals(self, start: datetime, strategy_ids: Sequence[str]) -> Mapping[str, datetime | None]:
        """When each strategy last processed a signal since `start`; None: no such line."""
        ...

    def first_said(self, text: str, start: datetime, strategy_id: str) -> datetime | None:
        """When a line of this strategy first held the text since `start`; None: none does."""
        ...


class Alarms(Protocol):
    def state(self, name: str) -> AlarmFact: ...

    def in_alarm(self, prefix: str) -> Sequence[AlarmFact]:
        """Alarms under the prefix that are in ALARM now."""
        ...

    def breach(self, name: str) -> BreachFact:
        """The alarm's own rule with the points of its metric, read now and not taken from its state."""
        ...

    def newest(self, name: str, since: datetime) -> datetime | None:
        """The beginning of the newest period since then in which the one metric that the alarm judges has a point,
        the period that still runs included; None where it has none. `Refused` where there is no such alarm, or it
        judges none or several."""
        ...


class Probes(Protocol):
    """Looks from where the function runs."""

    def look(self, target: str) -> ProbeFact:
        """`https://...`, `http://...` or `tcp://host:port`. Never raises for a target that is down."""
        ...
