"""What is remembered of the last remedies of a strategy, in the guards table.

A pointer and no more: whether the run resolved, and since when its remedy held, stands in the incident alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

# The windows that begin at a remedy are of minutes.
KEPT: Final = timedelta(days=1)


def key(strategy_id: str) -> str:
    return f"remedy/{strategy_id}"


def forgotten_at(now: datetime) -> int:
    return int((now + KEPT).timestamp())


def incidents_of(item: Mapping[str, Any] | None) -> tuple[str, ...]:
    found = ((item or {}).get(name) for name in ("incident_id", "earlier"))
    return tuple(one for one in found if isinstance(one, str) and one)


def by_strategy(found: Mapping[str, Mapping[str, Any]], strategy_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`found`: the items by their keys."""
    return {one: incidents_of(found.get(key(one))) for one in strategy_ids}
