"""Since when the log speaks of today: errors from before a remedy belong to the trouble that it cured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.facts import Outcome
from functions.rules.reporting.moments import moment


@dataclass(frozen=True, slots=True)
class Remedy:
    """`at`: when it took effect."""

    incident_id: str
    at: datetime


def remedy_of(incident_id: str, item: Mapping[str, Any] | None) -> Remedy | None:
    """Of a run that really acted and was proven right. What says no time when it took effect did so at the earliest
    when the run began; nothing later is claimed. None: it is no remedy."""
    if item is None or item.get("outcome") != Outcome.RESOLVED.value or item.get("dry_run"):
        return None
    at = took_effect(item)
    return Remedy(incident_id, at) if at is not None else None


def took_effect(item: Mapping[str, Any]) -> datetime | None:
    """When a run's remedy took effect; where nothing was remedied, when it began. None: it does not say, or says
    what is no time."""
    return moment(item.get("cured_at") or item.get("opened_at"))


def window_of(
    strategy_ids: Sequence[str], remedies: Mapping[str, Sequence[Remedy]], *, earliest: datetime, now: datetime
) -> Remedy | None:
    """The remedy with which the window begins: of the newest one of each strategy, the oldest. None: one of them
    was not remedied since `earliest`, so that the whole window counts."""
    newest: list[Remedy] = []
    for strategy_id in strategy_ids:
        found = [one for one in remedies.get(strategy_id, ()) if earliest < one.at <= now]
        if not found:
            return None
        newest.append(max(found, key=lambda one: one.at))
    return min(newest, key=lambda one: one.at, default=None)
