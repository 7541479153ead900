"""The stand-in's own periods, shortened by the time scale; ages and timestamps stay real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

# Platform seconds, before scaling.
HEARTBEAT_EVERY = 30.0
LOOK_EVERY = 15.0
DETECT_EVERY = 60.0
SCALE_EVERY = 60.0

# Real seconds: thresholds and ages are never scaled (CONTRACT.md, section 7).
STALE_AFTER = 120.0
BACKDATED_BY = 300.0
# What an earlier fault left behind is moved this far into the past before the next one begins: faults that
# follow within seconds stand for troubles of different nights, and a heartbeat that looks 5 minutes old would
# otherwise put the one's errors beside the other's.
A_NIGHT_BEFORE = 3600.0


@dataclass(frozen=True)
class Pace:
    """Turns platform seconds into real ones: at scale 0.02 a heartbeat every 30 s comes every 0.6 s."""

    scale: float = 1.0

    def real(self, seconds: float) -> float:
        return seconds * self.scale

    def platform(self, seconds: float) -> float:
        """The other way: real seconds as the platform would count them."""
        return seconds / self.scale


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, as the platform writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str | None) -> datetime | None:
    """An aware datetime, or None where the text is missing, unreadable or without an offset."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
