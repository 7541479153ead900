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
    BreachFact,
    Evidence,
    KillSwitchFact,
    LogFact,
    OrderFact,
    PositionFact,
    ProbeFact,
    Result,
    ScalingFact,
    ServiceFact,
    ServiceRecord,
    StoppedRecord,
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


@dataclass(frozen=True, slots=True)
class Stop:
    """One strategy to be stopped, only from the status that was seen."""

    strategy_id: str
    expected_status: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """What became of it. `not_done`: it was refused (permission, an item that is gone, another status than seen:
    `changed`, look again). `unknown`: the write may have happened. `why` says so."""

    strategy_id: str
    result: Result
    why: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Engage:
    """A stop, as the kill switch keeps it. `strategy_ids` None: all."""

    incident_id: str
    execution_arn: str
    reason: str
    engaged_by: str
    at: datetime
    strategy_ids: tuple[str, ...] | None = None


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

    def every_open(self) -> Sequence[PositionFact]:
        """Every position that is not closed, by one scan: those too whose strategy nobody knows."""
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

    def breach(self, name: str) -> BreachFact:
        """The alarm's own rule with the points of its metric, read now and not taken from its state."""
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


class Halts(Protocol):
    """The kill switch and what stood before it, in the table `tradai-runbook-guards-{env}`.

    Items: `kill-switch`; `halt/{halt_id}/strategy/{strategy_id}`; `halt/{halt_id}/service`; `halt/{halt_id}/told`.
    """

    def engage(self, stop: Engage) -> KillSwitchFact:
        """One write that reads nothing before; the kill switch as it stands after it. While it is engaged already
        a stop adds itself to `stops`, keeps id, reason, who and when of the first, and widens for whom it is
        engaged: never narrower. A stop of all takes `released_ids`, `manage_only` and `service_up` away, one of
        some takes those out of `released_ids`. Repeatable. Short timeouts: it raises within 2 s."""
        ...

    def record(self, halt_id: str, records: Sequence[StoppedRecord], *, until: datetime) -> Mapping[str, str]:
        """One item a strategy, by conditional batches; one that stands already stays as it is. Why it is not
        recorded, by strategy; empty where all are."""
        ...

    def records(self, halt_id: str) -> Sequence[StoppedRecord]:
        """Every record of this halt, over all pages."""
        ...

    def record_service(self, halt_id: str, record: ServiceRecord) -> ServiceRecord:
        """Writes it unless one stands; the one that stands."""
        ...

    def service_record(self, halt_id: str) -> ServiceRecord | None: ...

    def allow_managing(self, halt_id: str, *, stops: Sequence[str], by: str, at: datetime) -> bool:
        """`manage_only` and `service_up`, while the kill switch is engaged by this halt and no stop was added to
        `stops`. False where that did not hold."""
        ...

    def allow_service(self, halt_id: str, *, stops: Sequence[str]) -> bool:
        """`service_up` under the same conditions: some strategies come back while the rest stays halted."""
        ...

    def release(
        self,
        halt_id: str,
        *,
        stops: Sequence[str],
        strategy_ids: Sequence[str] | None,
        by: str,
        at: datetime,
    ) -> bool:
        """Releases it whole, or for some: under the same conditions. What it was stays on the item as
        `last_halt_id`, `released_by`, `released_at`. True where it stands so now by this halt (also by an earlier
        try), False where a condition did not hold."""
        ...

    def told(self, halt_id: str) -> str | None:
        """What the watch told last of this halt."""
        ...

    def tell(self, halt_id: str, what: str) -> None:
        """Remembers what the watch told."""
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


class StatusPage(Protocol):
    """The status page of the settings, by HTTP (Statuspage's shape)."""

    def post(self, *, name: str, body: str) -> str | None:
        """Creates an incident with status `investigating`; its id there, None where the settings name no page.
        `Refused` where the page says no, `Transient` or `Uncertain` where it does not answer."""
        ...

    def update(self, page_incident: str, *, status: str, body: str) -> None:
        """`identified`, `monitoring` or `resolved`."""
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

    def page(self, subject: str, message: str, *, bare: bool = False) -> None:
        """To the paging topic (the alerts topic where the settings name no other). `bare`: without the line on how
        all trading is stopped, because what tells of a question carries no link at all."""
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
    halts: Halts
    scaling: Scaling
    status_page: StatusPage
    executions: Executions
    approvals: Approvals
    callbacks: Callbacks
    mailer: Mailer
    notifier: Notifier
    reports: Reports
    measures: Measures
