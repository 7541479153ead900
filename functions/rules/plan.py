"""The verdict of the diagnosis: causes, remedies, and the groups of strategies that share them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from functions.facts import Evidence


class Verdict(StrEnum):
    """`act`: at least one group has a remedy, a wait included. `escalate`: only a person can go on."""

    ACT = "act"
    NOTHING_TO_DO = "nothing_to_do"
    ESCALATE = "escalate"


class Cause(StrEnum):
    """Why a strategy does not beat (DESIGN.md, the table of stale-heartbeat)."""

    HALTED = "halted"
    SCALED_TO_ZERO = "scaled_to_zero"
    DEPLOYMENT_IN_PROGRESS = "deployment_in_progress"
    DEPLOYMENT_FAILED = "deployment_failed"
    SERVICE_CRASHED = "service_crashed"
    MEMORY_EXHAUSTED = "memory_exhausted"
    NETWORK_UNREACHABLE = "network_unreachable"
    DATABASE_UNREACHABLE = "database_unreachable"
    EXCHANGE_DOWN = "exchange_down"
    RATE_LIMITED = "rate_limited"
    DEADLOCK = "deadlock"
    DETECTOR_BROKEN = "detector_broken"
    UNKNOWN = "unknown"


class Remedy(StrEnum):
    """What the run does: by itself, or (raise_memory) once a person has said yes."""

    REDEPLOY = "redeploy"
    RAISE_MEMORY = "raise_memory"
    RESTART = "restart"
    WAIT_EXCHANGE = "wait_exchange"
    SLOW_DOWN = "slow_down"
    WAIT_CONNECTIVITY = "wait_connectivity"
    WAIT_DEPLOYMENT = "wait_deployment"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """Strategies with one cause (and venue, where the cause is one of a venue) and one remedy.

    `remedy` is what the run does. `needs_person`: with or without it, something is left that only
    a person may decide. `proposal` is that thing, exact, with numbers and command; also what is proposed
    next where the remedy does not help. `interrupts` names the healthy strategies that a redeploy would
    interrupt, where one is the remedy or the proposal: with any of them it is never done unasked.
    `redeploy_unasked`: while a person is asked for more, one redeploy as it is may be done.
    """

    group_id: str
    cause: Cause
    venue: str | None
    strategy_ids: tuple[str, ...]
    remedy: Remedy
    needs_person: bool
    proposal: str
    evidence: tuple[Evidence, ...] = ()
    interrupts: tuple[str, ...] = ()
    retry_after_seconds: int | None = None
    redeploy_unasked: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Every stale strategy is in exactly one group."""

    verdict: Verdict
    reason: str
    groups: tuple[Group, ...] = ()
