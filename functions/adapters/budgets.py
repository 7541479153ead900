"""A budget's sliding window, the same for the table and its twin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from functions.adapters.items import number
from functions.adapters.values import text_of, time_of
from functions.errors import Broken

# How long a counter or a budget stays after anybody could still ask for it.
COUNTER_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Payment:
    """`allowed`: paid now or before; `changes`: `at` (token to time) has to be written."""

    allowed: bool
    changes: bool
    at: dict[str, str]


def paid_at(item: Mapping[str, Any]) -> Mapping[str, str]:
    """What was paid when, by token. Raises `Broken` where nobody can tell: nothing is paid from such a budget."""
    at, version = item.get("at", {}), item.get("version")
    if not isinstance(at, Mapping) or (version is not None and number(version) is None):
        raise Broken(f"budget {item.get('guard_id')}: what was paid from it cannot be read: {at!r}"[:300])
    return at


def payments(at: Mapping[str, str], *, window: timedelta, now: datetime) -> tuple[datetime, ...]:
    """The times that count now, the oldest first. One that cannot be read counts as just now."""
    times = (time_of(value) or now for value in at.values())
    return tuple(sorted(time for time in times if time > now - window))


def paid(at: Mapping[str, str], *, limit: int, window: timedelta, now: datetime, token: str) -> Payment:
    """A time that cannot be read counts as spent: a budget fails closed."""
    times = {key: time_of(value) or now for key, value in at.items()}
    within = {key: at[key] for key, time in times.items() if time > now - window}
    if token in at:
        return Payment(allowed=True, changes=False, at=within)
    if len(within) >= limit:
        return Payment(allowed=False, changes=False, at=within)
    return Payment(allowed=True, changes=True, at={**within, token: text_of(now)})
