"""What is said to a port and what it answers, beside the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from functions.facts import Result

FollowUpField = Literal["root_cause", "prevention", "note"]
# Entries of one incident's `follow_up`; a text has at most 2,000 characters (functions/rules/following_up.py).
MOST_FOLLOW_UPS: Final = 40


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
class FollowUp:
    """What a person found out about an incident. `by` is a person of the settings."""

    field: FollowUpField
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Engage:
    """A stop, as the kill switch keeps it. `strategy_ids` None: all."""

    incident_id: str
    execution_arn: str
    reason: str
    engaged_by: str
    at: datetime
    strategy_ids: tuple[str, ...] | None = None
