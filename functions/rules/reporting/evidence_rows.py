"""What was seen, as a table: looks that say the same over and over are one row, with how often and from when to
when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from functions.rules.reporting.incident import at, or_none
from functions.rules.reporting.moments import moment

HEADS: Final = ("seen at", "what", "where", "value")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
# `watch, look 7`, `strategies, segment 3`: the number says which look it was, and nothing else.
_COUNTED: Final = re.compile(r"(?<=, look )\d+|(?<=, segment )\d+")
# As many of one kind are a table of their own; fewer are read as they are.
_FROM: Final = 3


def evidence_rows(found: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """In the order of the first of each. Alike is what has the same words under `what`, `where` and `value`,
    whatever the numbers of a count are; the newest value stands."""
    ordered = sorted(found, key=lambda one: str(moment(one.get("at")) or ""))
    kinds: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for one in ordered:
        kinds.setdefault(_kind(one), []).append(one)
    rows = []
    for alike in kinds.values():
        same = len({_whole(one) for one in alike}) == 1
        if len(alike) >= _FROM or (same and len(alike) > 1):
            rows.append((str(moment(alike[0].get("at")) or ""), _together(alike)))
        else:
            rows += [(str(moment(one.get("at")) or ""), _row(one)) for one in alike]
    return tuple(row for _, row in sorted(rows, key=lambda one: one[0]))


def _kind(one: Mapping[str, Any]) -> tuple[str, ...]:
    """Heartbeats of several strategies, whose names are `where`, are no looks at one thing."""
    what = str(one.get("what"))
    value = str(one.get("value"))
    counted = _COUNTED.sub("#", what)
    return (counted, str(one.get("where")), _NUMBER.sub("#", value) if counted != what else value)


def _whole(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return (str(one.get("what")), str(one.get("where")), str(one.get("value")))


def _together(alike: list[Mapping[str, Any]]) -> tuple[str, ...]:
    first, last = at(alike[0].get("at")), at(alike[-1].get("at"))
    what = _COUNTED.sub("", str(alike[-1].get("what"))).rstrip()
    values = {str(one.get("value")) for one in alike}
    newest = or_none(alike[-1].get("value"))
    said = newest if len(values) == 1 else f"{newest} (the newest of them)"
    when = f"{first} to {last.partition(' ')[2] if first[:10] == last[:10] else last}"
    return (when, f"{or_none(what)} ({len(alike)} times)", or_none(alike[-1].get("where")), said)


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (at(one.get("at")), *map(or_none, (one.get(n) for n in HEADS[1:])))
