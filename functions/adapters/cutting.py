"""Long lists in an item: cut at 200 entries and counted by result (CONTRACT.md 5); whole in S3.

An item of DynamoDB holds 400 kB at most, so a single text is cut too. Everything that is written into one comes
through here, and what looks like a secret stays behind: tables, logs, venues and people bring such texts along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from functions.rules.reporting.redact import clean

MOST_ENTRIES: Final = 200
MOST_CHARACTERS: Final = 1_000


def short(value: Any) -> Any:
    """Every text inside without its secrets, cut at 1,000 characters, with a mark that it was."""
    match value:
        case str():
            text = clean(value)
            return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
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
    results = (e.get("result") for e in entries if isinstance(e, Mapping))
    return dict(Counter(one for one in results if isinstance(one, str) and one))
