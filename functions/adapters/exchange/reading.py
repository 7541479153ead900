"""Readers of raw answers: exact, and loud where something that must be there is not (`ValueError`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def mapping(answer: Any, what: str) -> Mapping[str, Any]:
    """An object; an empty, cut or HTML answer is none."""
    if not isinstance(answer, Mapping):
        raise ValueError(f"{what}: the answer is no object but {type(answer).__name__}")
    return answer


def rows(answer: Any, what: str) -> Sequence[Mapping[str, Any]]:
    if not isinstance(answer, Sequence) or isinstance(answer, str):
        raise ValueError(f"{what}: the answer is no list but {type(answer).__name__}")
    return [mapping(row, what) for row in answer]


def about(found: Sequence[Mapping[str, Any]], venue_id: object) -> Sequence[Mapping[str, Any]]:
    """The rows, all of them of the one symbol that was asked for: others would be taken for it."""
    if others := [row.get("symbol") for row in found if row.get("symbol") != venue_id]:
        raise ValueError(f"asked about {venue_id}, and the answer is about {str(others[0])[:40]!r}")
    return found


def text(row: Mapping[str, Any], name: str) -> str:
    """Never empty; a number's digits as they are."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        raise ValueError(f"{name} is not in the answer")
    return str(value)


def maybe_text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return None if value is None or value == "" else str(value)


def yes(row: Mapping[str, Any], name: str) -> bool:
    """JSON's own true or false, or its text."""
    value = row.get(name)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError(f"{name} is {value!r}, which is neither true nor false")


def decimal(value: Any, what: str) -> Decimal:
    """Exact from text; a float by its shortest text, which is what the venue sent. Finite."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"{what} is no number but {type(value).__name__}")
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{what} is no number") from None
    if not found.is_finite():
        raise ValueError(f"{what} is no number")
    return found


def number(row: Mapping[str, Any], name: str) -> Decimal:
    return decimal(row.get(name), name)


def maybe(row: Mapping[str, Any], name: str) -> Decimal | None:
    """None where it is not said."""
    value = row.get(name)
    return None if value is None or value == "" else decimal(value, name)


def some(row: Mapping[str, Any], name: str) -> Decimal | None:
    """None where it is not said, or said as 0 (venues write no price so)."""
    return maybe(row, name) or None


def when(row: Mapping[str, Any], name: str) -> datetime:
    """Milliseconds since 1970."""
    return moment(number(row, name))


def maybe_when(row: Mapping[str, Any], name: str) -> datetime | None:
    value = some(row, name)
    return None if value is None else moment(value)


def moment(milliseconds: Decimal | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1_000, UTC)


def millis(at: datetime) -> int:
    return round(at.timestamp() * 1_000)


def plain(value: Decimal) -> str:
    """As a venue wants it: no exponent, no zeros at the end."""
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
