"""Values of a config or an order's record as they travel between states: JSON knows no decimals, so that a number
is `{"number": "60"}` and the text "60" stays a text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from functions.rules.stuck.telling import told

NUMBER: Final = "number"
LONGEST: Final = 120


def written(value: Any) -> Any:
    """Of what a table gives: numbers (also inside lists and maps) in that form, everything else as it is."""
    match value:
        case bool() | None | str():
            return value
        case Decimal() | int():
            return {NUMBER: str(value)}
        case Mapping():
            return {str(key): written(inner) for key, inner in value.items()}
        case list() | tuple():
            return [written(inner) for inner in value]
    return str(value)


def read(value: Any) -> Any:
    """The value again."""
    match value:
        case Mapping() if set(value) == {NUMBER}:
            return _number(value[NUMBER])
        case Mapping():
            return {key: read(inner) for key, inner in value.items()}
        case list() | tuple():
            return [read(inner) for inner in value]
    return value


def in_words(value: Any) -> str:
    """A value of a table, as people read it."""
    match value:
        case None:
            return "nothing"
        case Decimal():
            return told(value)
        case list() | tuple():
            return (", ".join(map(str, value)) or "an empty list")[:LONGEST]
    return str(value)[:LONGEST]


def _number(text: Any) -> Any:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return text
