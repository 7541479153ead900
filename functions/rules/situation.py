"""What the classifier is told: everything seen about the stale strategies, and the numbers to judge it by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, Self

from functions.facts import (
    AlarmFact,
    ExposureFact,
    KillSwitchFact,
    LogFact,
    ProbeFact,
    ServiceFact,
    StrategyState,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """None is "could not be read". `exchange` holds one probe a venue; a venue without one is unknown.

    `beating` are the ids that beat now; `besides` those that are stale too, but that this run was not asked
    to cure: a redeploy would touch both. `stale_total` counts those too that a long list was cut of.
    """

    stale: tuple[StrategyState, ...]
    beating: tuple[str, ...]
    service: ServiceFact | None
    logs: LogFact | None
    exchange: dict[str, ProbeFact] = field(default_factory=dict)
    database: ProbeFact | None = None
    network: ProbeFact | None = None
    exposure: ExposureFact | None = None
    kill_switch: KillSwitchFact | None = None
    alarm: AlarmFact | None = None
    besides: tuple[str, ...] = ()
    stale_total: int = 0


class LimitValues(Protocol):
    """The part of the settings' limits that the classifier needs; rules never import the settings."""

    @property
    def log_window(self) -> int: ...
    @property
    def deadlock_silence(self) -> int: ...
    @property
    def deployment_wait(self) -> int: ...
    @property
    def exchange_wait(self) -> int: ...
    @property
    def connectivity_wait(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds; `cluster` is named in proposals (None: taken from a task's ARN)."""

    log_window_seconds: int = 900
    deadlock_silence_seconds: int = 120
    deployment_wait_seconds: int = 900
    exchange_wait_seconds: int = 900
    connectivity_wait_seconds: int = 900
    cluster: str | None = None

    @classmethod
    def of(cls, limits: LimitValues, cluster: str | None = None) -> Self:
        return cls(
            log_window_seconds=limits.log_window,
            deadlock_silence_seconds=limits.deadlock_silence,
            deployment_wait_seconds=limits.deployment_wait,
            exchange_wait_seconds=limits.exchange_wait,
            connectivity_wait_seconds=limits.connectivity_wait,
            cluster=cluster,
        )
