"""What goes into an item: times as text, enums as their words, facts as maps.

Times are written with microseconds and `Z`, always the same length, so that text order is time order and
a condition on a time that was read matches what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any


def text_of(at: datetime) -> str:
    """`2026-01-31T03:00:00.000000Z`; `at` must be aware."""
    if at.tzinfo is None:
        raise ValueError(f"{at} carries no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def time_of(value: Any) -> datetime | None:
    """Aware UTC from ISO 8601 with `Z` or an offset; None for anything else, a time without zone included."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def plain(value: Any) -> Any:
    """Only what an item and JSON both know: str, bool, int, Decimal, None, lists and string-keyed maps."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | str() | int() | Decimal():
            return value
        case float():
            return Decimal(repr(value))
        case datetime():
            return text_of(value)
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case set() | frozenset():
            return sorted(plain(inner) for inner in value)
        case list() | tuple():
            return [plain(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "model_dump"):
        return plain(value.model_dump())
    raise TypeError(f"{type(value).__name__} cannot stand in an item")


def json_default(value: Any) -> Any:
    """For `json.dumps(plain(...), default=json_default)`: whole decimals as integers, others as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
