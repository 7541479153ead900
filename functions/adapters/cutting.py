"""Long lists in an item: cut at 200 entries and counted by result (CONTRACT.md 5); whole in S3.

An item of DynamoDB holds 400 kB at most, so a single text is cut too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

MOST_ENTRIES: Final = 200
MOST_CHARACTERS: Final = 1_000


def short(value: Any) -> Any:
    """Every text inside, cut at 1,000 characters, with a mark that it was."""
    match value:
        case str() if len(value) > MOST_CHARACTERS:
            return value[: MOST_CHARACTERS - 1] + "…"
        case Mapping():
            return {key: short(inner) for key, inner in value.items()}
        case list():
            return [short(inner) for inner in value]
    return value


def cut(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields; beside a list that was cut, `{name}_total` and, where it has results, `_counts`."""
    shortened: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, list) and len(value) > MOST_ENTRIES:
            shortened[name] = short(value[:MOST_ENTRIES])
            shortened[f"{name}_total"] = len(value)
            if counts := results_of(value):
                shortened[f"{name}_counts"] = counts
        else:
            shortened[name] = short(value)
    return shortened


def results_of(entries: list[Any]) -> dict[str, int]:
    """How many entries came to which result; empty where they carry none."""
    return dict(Counter(e["result"] for e in entries if isinstance(e, Mapping) and e.get("result")))
