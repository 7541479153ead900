"""Times as the records hold them, and as people read them: always UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def moment(value: object) -> datetime | None:
    """None where it is no time: an incident's fields are whatever their writers gave. Without a zone it is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        return None


def lasted(length: timedelta) -> str:
    """`350 ms`, `4.2 s`, `48 s`, `2 min 6 s`, `1 h 20 min`, `3 d 4 h`; the two largest parts at most."""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    parts = ((whole // 86_400, "d"), (whole // 3_600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s"))
    first = next(n for n, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def clock(at: datetime, *, dated: bool = False) -> str:
    """`14:03:20`, with its date where the axis holds more than one."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if dated else f"{at:%H:%M:%S}"
