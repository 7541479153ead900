"""What a task may ask of the world, as Protocols; `functions/adapters` answers, each with an in-memory twin.

Every method may raise the four words of `functions.errors`: `Transient` where nothing happened,
`Refused` where the world said no, `Uncertain` where a write may have happened, `Broken` for our fault.
A task names the methods that it uses (`needs`), and its grants are derived from those names
(functions/grants.py), so a method is one act or one reading and nothing besides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from functions.approvals import Approval, Mail
from functions.facts import (
    AlarmFact,
    Evidence,
    KillSwitchFact,
    LogFact,
    OrderFact,
    PositionFact,
    ProbeFact,
    Result,
    ServiceFact,
    StrategyState,
    TaskDefinitionFact,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A guard that somebody else holds."""

    guard_id: str
    owner: str
    incident_id: str
    taken_at: datetime
    act_until: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """An act written down before it is done. `act_id` is deterministic: the same act has the same id."""

    act_id: str
    action: str
    target: str
    before: str | None
    by: str
    at: datetime


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...


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


class StrategyConfig(Protocol):
    """Table `tradai-strategy-config-{env}`."""

    def get(self, strategy_id: str) -> Mapping[str, Any] | None: ...

    def venues(self, strategy_ids: Sequence[str]) -> Mapping[str, str | None]:
        """The `exchange` of each strategy; None where the item or the attribute is missing."""
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
    ) -> bool:
        """Writes a temporary value only while `field` still holds `expected` (None: missing). Keeps the old
        value and the expiry beside it under `override_{field}`. False where the condition did not hold."""
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


class Positions(Protocol):
    """Table `tradai-positions-{env}`."""

    def open_of(self, strategy_ids: Sequence[str]) -> Sequence[PositionFact]:
        """Positions of these strategies that are not closed."""
        ...

    def by_id(self, position_ids: Sequence[str]) -> Mapping[str, PositionFact | None]: ...


class Orders(Protocol):
    """Table `tradai-orders-{env}`."""

    def working(self, position_ids: Sequence[str]) -> Sequence[OrderFact]:
        """Pending and open orders, by one Query for each position."""
        ...

    def every_working(self) -> Sequence[OrderFact]:
        """All pending and open orders, by one scan: those too whose position is closed, or not there yet."""
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

    def read(self, start: datetime, end: datetime, strategy_ids: Sequence[str]) -> LogFact:
        """Counts of every pattern (bounded cost), last line and samples within the window."""
        ...

    def signals(self, start: datetime, strategy_ids: Sequence[str]) -> Mapping[str, datetime | None]:
        """When each strategy last processed a signal since `start`; None: no such line."""
        ...


class Alarms(Protocol):
    def state(self, name: str) -> AlarmFact: ...

    def in_alarm(self, prefix: str) -> Sequence[AlarmFact]:
        """Alarms under the prefix that are in ALARM now."""
        ...


class Probes(Protocol):
    """Looks from where the function runs."""

    def look(self, target: str) -> ProbeFact:
        """`https://...`, `http://...` or `tcp://host:port`. Never raises for a target that is down."""
        ...


class Incidents(Protocol):
    """Table `tradai-runbook-incidents-{env}`."""

    def open(self, item: Mapping[str, Any]) -> bool:
        """Writes a new incident; False where this id exists (a retry of the same execution)."""
        ...

    def get(self, incident_id: str) -> Mapping[str, Any] | None: ...

    def note(self, incident_id: str, evidence: Sequence[Evidence], **fields: Any) -> None:
        """Appends evidence and sets the given top-level fields."""
        ...

    def intend(self, incident_id: str, intent: Intent, *, guard_id: str, act_until: datetime) -> str:
        """Writes the intent in one transaction with the condition that the incident's execution still owns
        the guard and prolongs the guard's `act_until`. Returns `new`, `again` (the intent stood there
        already: look for its own effect before acting) or `lost` (the guard is not ours: do nothing)."""
        ...

    def settle(self, incident_id: str, act_id: str, result: Result, after: str | None, at: datetime) -> None:
        """The result of an act whose intent stands."""
        ...

    def close(self, incident_id: str, fields: Mapping[str, Any]) -> bool:
        """Writes the end once; False where the run's end is written already. Without `closed_at` in `fields`
        the incident stays open (nobody answered) although its run has ended."""
        ...

    def record_approval(self, incident_id: str, record: Mapping[str, Any]) -> None:
        """Puts the record (its `approval_id` names it) into the list `approvals`, in the place of an earlier
        one of the same id; also after the run's end."""
        ...

    def acknowledge(self, incident_id: str, *, by: str, at: datetime) -> bool:
        """Closes an incident that stayed open after its run; False where it is closed already."""
        ...


class Guards(Protocol):
    """Table `tradai-runbook-guards-{env}`."""

    def take(self, guard_id: str, *, owner: str, incident_id: str, now: datetime) -> Held | None:
        """None where it is ours now (also again); else who holds it."""
        ...

    def take_over(self, held: Held, *, owner: str, incident_id: str, now: datetime) -> bool:
        """Only while `held` still stands unchanged and its `act_until` has passed."""
        ...

    def held(self, guard_id: str) -> Held | None: ...

    def release(self, guard_id: str, *, owner: str) -> bool: ...

    def kill_switch(self) -> KillSwitchFact:
        """Consistent read. Raises where it cannot be read: callers fail closed."""
        ...

    def spend(self, budget_id: str, *, limit: int, window_seconds: int, now: datetime, token: str) -> bool:
        """Takes one of `limit` in the sliding window; the same token never pays twice. False: spent."""
        ...

    def payments(self, budget_id: str, *, window_seconds: int, now: datetime) -> tuple[datetime, ...]:
        """When each of those that the window still counts was taken, the oldest first. Takes none."""
        ...

    def count(self, counter_id: str, *, token: str, now: datetime) -> int:
        """Adds `token` to a set and returns its size (sweeps of one alarm transition)."""
        ...


class Approvals(Protocol):
    """Table `tradai-runbook-approvals-{env}`. The task token is kept beside the request and never part of it."""

    def ask(self, approval: Approval, task_token: str) -> bool:
        """Writes a new request; False where this id exists (a retry of the same entry of the state)."""
        ...

    def get(self, approval_id: str) -> Approval | None:
        """Consistent read."""
        ...

    def open(self) -> Sequence[Approval]:
        """Every request with something left to do (`Approval.open`), over all pages, oldest first; a moment
        behind (an index), so what is done about one is done by `change`."""
        ...

    def change(self, changed: Approval) -> bool:
        """Writes the request as version `changed.version`, only while version - 1 stands. False where somebody
        else was first, or where it is gone; then nothing was written."""
        ...

    def token(self, approval_id: str) -> str | None:
        """The task token, for `callbacks` alone."""
        ...


class Callbacks(Protocol):
    """Step Functions' callbacks."""

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> bool:
        """SendTaskSuccess. True: taken. False: nobody waits for it (any more): TaskTimedOut, TaskDoesNotExist,
        InvalidToken. Repeating it is harmless: a token is answered once."""
        ...


class Mailer(Protocol):
    """SES, with the stack's configuration set and the settings' sender."""

    def send(self, mail: Mail) -> str:
        """SES's message id. `Refused` where SES does not take it (address, identity, suspended account)."""
        ...


class Executions(Protocol):
    """Step Functions."""

    def status(self, execution_arn: str) -> str | None:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED; None where it is not known (any more)."""
        ...

    def start(self, runbook: str, name: str, payload: Mapping[str, Any]) -> str | None:
        """Starts a runbook under a name; None where that name has run already."""
        ...


class Notifier(Protocol):
    """The platform's SNS topic."""

    def publish(self, subject: str, message: str) -> None: ...

    def page(self, subject: str, message: str) -> None:
        """To the paging topic (the alerts topic where the settings name no other)."""
        ...


class Reports(Protocol):
    """The private bucket for reports and details."""

    def put(self, key: str, body: str, content_type: str) -> None: ...

    def console_url(self, key: str) -> str:
        """The S3 console's address of the object, never a presigned one."""
        ...


class Measures(Protocol):
    """CloudWatch metrics that an alarm depends on (PutMetricData, not the embedded format)."""

    def put(self, name: str, value: float, dimensions: Mapping[str, str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a task may be wired to. Built once for each container."""

    clock: Clock
    trading_state: TradingState
    strategy_config: StrategyConfig
    positions: Positions
    orders: Orders
    service: Service
    registry: Registry
    task_definitions: TaskDefinitions
    logs: ServiceLogs
    alarms: Alarms
    probes: Probes
    incidents: Incidents
    guards: Guards
    executions: Executions
    approvals: Approvals
    callbacks: Callbacks
    mailer: Mailer
    notifier: Notifier
    reports: Reports
    measures: Measures
