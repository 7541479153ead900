"""What the runbooks know about the platform, as frozen dataclasses.

Facts are read by adapters, carried between states as JSON, and judged by rules. A fact that
could not be read is `None` or `Reading.UNKNOWN`, never a default that looks healthy.
All times are aware UTC datetimes, ages are seconds, money and amounts are `Decimal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Reading(StrEnum):
    """What a probe saw."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a run ends (CONTRACT.md 4); `escalated`, `invalid_input`, `aborted` and `failed` end FAILED."""

    RESOLVED = "resolved"
    NOTHING_TO_DO = "nothing_to_do"
    DUPLICATE = "duplicate"
    DECLINED = "declined"
    LEFT_OPEN = "left_open"
    DELEGATED = "delegated"
    DRY_RUN = "dry_run"
    ESCALATED = "escalated"
    INVALID_INPUT = "invalid_input"
    ABORTED = "aborted"
    FAILED = "failed"


class Result(StrEnum):
    """What became of an act."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class Check(StrEnum):
    """What became of a checklist item."""

    PASS = "pass"  # noqa: S105 - a checklist word, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StrategyState:
    """One item of the trading state table, as it stands.

    `status` is the raw word of the table; `last_heartbeat` is None where it is missing or cannot be
    parsed (both count as stale), `heartbeat_text` keeps what stood there.
    `venue` is the strategy's exchange by its config, None where unknown. `stopped_by`, `stopped_at` and
    `status_before` are the marks of who stopped it, `started_by`, `started_as` and `started_at` of who brought it
    back, into which status and when; `paused_by` and `paused_from` of the close that paused it, and what it was.
    """

    strategy_id: str
    status: str
    last_heartbeat: datetime | None
    heartbeat_text: str | None = None
    venue: str | None = None
    acknowledged_status: str | None = None
    stopped_by: str | None = None
    stopped_at: datetime | None = None
    status_before: str | None = None
    started_by: str | None = None
    started_as: str | None = None
    started_at: datetime | None = None
    paused_by: str | None = None
    paused_from: str | None = None


@dataclass(frozen=True, slots=True)
class AlarmFact:
    """A CloudWatch alarm: `state` is OK, ALARM, INSUFFICIENT_DATA or None where it could not be read."""

    name: str
    state: str | None
    reason: str | None = None
    since: datetime | None = None
    treat_missing_data: str | None = None


@dataclass(frozen=True, slots=True)
class TaskFact:
    """One ECS task of the service. `exit_code` and reasons are those of its essential container."""

    task_arn: str
    last_status: str
    desired_status: str
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_reason: str | None = None
    container_reason: str | None = None
    exit_code: int | None = None
    image_digest: str | None = None
    task_definition: str | None = None
    deployment_id: str | None = None


@dataclass(frozen=True, slots=True)
class DeploymentFact:
    """One ECS deployment: `status` PRIMARY/ACTIVE/INACTIVE, `rollout` IN_PROGRESS/COMPLETED/FAILED."""

    deployment_id: str
    status: str
    rollout: str | None
    created_at: datetime | None
    task_definition: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """The ECS service with its running and lately stopped tasks."""

    service: str
    status: str
    desired: int
    running: int
    pending: int
    maximum_percent: int
    minimum_healthy_percent: int
    deployments: tuple[DeploymentFact, ...] = ()
    tasks: tuple[TaskFact, ...] = ()
    image: str | None = None
    registry_digest: str | None = None
    cpu: int | None = None
    memory_mb: int | None = None


@dataclass(frozen=True, slots=True)
class TaskDefinitionFact:
    """One revision: sizes in CPU units and MiB, image of the essential container, role ARNs as they stand."""

    arn: str
    family: str
    revision: int
    cpu: int | None
    memory_mb: int | None
    image: str | None
    task_role: str | None
    execution_role: str | None
    container_memory_mb: int | None = None


@dataclass(frozen=True, slots=True)
class LogFact:
    """Counts of error patterns in the service's log within a window, and the age of its last line.

    `counts` maps a pattern's name (functions/rules/log_patterns.py) to the number of matching events.
    `by_strategy` maps a strategy to the names of the patterns that were seen with its id.
    `last_line_at` is None where the window holds no line. `retry_after_seconds` is the largest seen. `frequent`:
    where lines were counted by their level, the messages of no pattern that come most often, with how often.
    """

    window_start: datetime
    window_end: datetime
    counts: dict[str, int]
    by_strategy: dict[str, list[str]]
    last_line_at: datetime | None
    last_line_by_strategy: dict[str, datetime]
    samples: tuple[str, ...] = ()
    retry_after_seconds: int | None = None
    frequent: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeFact:
    """One connectivity probe. `where` says whose address it left from."""

    target: str
    reading: Reading
    detail: str
    at: datetime
    http_status: int | None = None
    retry_after_seconds: int | None = None
    where: str = "outside the platform's network"


@dataclass(frozen=True, slots=True)
class PositionFact:
    """One position of the table. `closed_by`: the incident whose run closed the record."""

    position_id: str
    strategy_id: str
    symbol: str
    side: str
    amount: Decimal
    status: str
    exchange: str | None = None
    exit_signal_at: datetime | None = None
    account: str | None = None
    mode: str | None = None
    entry_price: Decimal | None = None
    opened_at: datetime | None = None
    exit_reason: str | None = None
    closed_at: datetime | None = None
    exit_price: Decimal | None = None
    closed_by: str | None = None


@dataclass(frozen=True, slots=True)
class OpenPositions:
    """What the table holds that is not closed. `broken`: items whose amount cannot be read, each with the reason;
    the amount of these facts is 0 and says nothing."""

    readable: tuple[PositionFact, ...]
    broken: tuple[tuple[PositionFact, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OrderFact:
    """One order of the table. `protective` and `reducing` as the item tells them; `filled` None: not told."""

    position_id: str
    order_id: str
    strategy_id: str | None
    side: str
    type: str
    status: str
    protective: bool
    reducing: bool | None = None
    client_order_id: str | None = None
    amount: Decimal | None = None
    filled: Decimal | None = None
    price: Decimal | None = None
    created_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class OrderCorrection:
    """What the record of an order is to say: `status` a word of the table, `filled` in base units and `price` in
    the quote, each None where it stays as it is, `error` why it came to nothing."""

    status: str
    filled: Decimal | None = None
    price: Decimal | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class VenueUnitFact:
    """One net position as its venue has it: `amount` it holds (0: flat), how much of that protective orders take
    care of, and the working orders on its symbol, by id, in words. `position_ids`: the open positions of the table
    in it."""

    venue: str
    account: str
    symbol: str
    side: str
    amount: Decimal
    covered: Decimal
    orders: tuple[tuple[str, str], ...]
    position_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.venue}/{self.account} {self.symbol} {self.side}"


@dataclass(frozen=True, slots=True)
class ExposureFact:
    """What a stop or restart would interrupt: positions, working orders, exits in flight.

    `unreadable` names what could not be read of the tables; with it the exposure is unknown, never empty. `units`:
    what the venues say of the positions of real money; `venues_unread` names those that did not say, which is the
    end of no cure: the tables still tell what would be interrupted.
    """

    positions: tuple[PositionFact, ...] = ()
    orders: tuple[OrderFact, ...] = ()
    exits_in_flight: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    units: tuple[VenueUnitFact, ...] = ()
    venues_unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KillSwitchFact:
    """The kill switch, for all (`strategy_ids` None) or some strategies. Unreadable raises: it never reads as
    released.

    `halt_id` is the incident of the stop that engaged it first, `stops` the executions of every stop that added
    to it since. `released_ids` were brought back one by one while the rest is halted. `manage_only`: exits may be
    managed, and nobody may trade. `service_up`: a person has let the service run although it is engaged for all.
    `last_halt_id` is the halt that was released last, `released_by` who released last, in part too.
    """

    engaged: bool
    reason: str | None = None
    engaged_by: str | None = None
    engaged_at: datetime | None = None
    strategy_ids: tuple[str, ...] | None = None
    halt_id: str | None = None
    stops: tuple[str, ...] = ()
    released_ids: tuple[str, ...] = ()
    manage_only: bool = False
    service_up: bool = False
    last_halt_id: str | None = None
    released_by: str | None = None


@dataclass(frozen=True, slots=True)
class StoppedRecord:
    """What one strategy was when a halt stopped it: written before the stop, and never over an earlier one."""

    strategy_id: str
    status: str
    last_heartbeat: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ScalingFact:
    """The service's scalable target: its bounds, and which of its activities are suspended."""

    minimum: int
    maximum: int
    scale_in_suspended: bool
    scale_out_suspended: bool
    scheduled_suspended: bool

    @property
    def suspended(self) -> bool:
        """Nothing scales it by itself any more."""
        return self.scale_in_suspended and self.scale_out_suspended and self.scheduled_suspended


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """The service as a halt found it. `scaling` None: it is not scaled by itself. `scaling_unread`: why nobody
    knows."""

    desired: int
    scaling: ScalingFact | None
    recorded_at: datetime
    scaling_unread: str | None = None


@dataclass(frozen=True, slots=True)
class BreachFact:
    """An alarm's rule and the points that it last judged, read anew. `supported` says why it cannot be judged
    (several metrics, a composite alarm), None where it can. `points` are (time, value), the newest first, only
    those that exist; `needed` of the newest `window` periods must breach."""

    name: str
    state: str | None
    treat_missing_data: str | None
    comparison: str | None
    threshold: Decimal | None
    needed: int
    window: int
    period_seconds: int
    points: tuple[tuple[datetime, Decimal], ...]
    unsupported: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing seen: `what` it was, `where` it stands, its `value`, and when."""

    what: str
    where: str
    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of the seed's verification checklist with its answer.

    `concerns` is `run`; `others` where only strategies fail that the run was not about; `before` where only that
    fails which failed before the run began, and which it is not about. `source` is where it was looked, `query`
    exactly what was asked there. `began_at`: since when it fails, `about`: what fails, by name, where those are
    known. `incident_id`: the incident of its own that what concerns others, or failed before, has become.
    """

    id: str
    question: str
    result: Check
    value: str
    source: str
    at: datetime
    concerns: str = "run"
    query: str = ""
    began_at: datetime | None = None
    about: tuple[str, ...] = ()
    incident_id: str | None = None
