"""Heartbeats of the strategies that a run is about, from what it noted each time it looked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from functions.rules.reporting.lanes import Bar, Lane, Mark, Tone
from functions.rules.reporting.moments import lasted, moment

MOST: Final = 6
# functions/rules/evidence.py: "130 s old, status running"; else "missing" or "unreadable: ...".
_AGE: Final = re.compile(r"^(\d+) s old")
# functions/tasks/look_at_every_strategy.py: "4 beat, 1 do not: momentum-01".
_LOOK: Final = re.compile(r"^\d+ beat, (\d+) do not(?:: (.+))?$")
# A heartbeat that is older than this when it is looked at was stale (CONTRACT.md 8).
_STALE: Final = 120


def beat_lanes(item: Mapping[str, Any]) -> Iterator[Lane]:
    """One for each strategy of which a heartbeat was noted, at most `MOST`, the failing first."""
    seen: dict[str, list[tuple[datetime, int | None, str]]] = {}
    watched: list[tuple[datetime, int, frozenset[str]]] = []
    for entry in item.get("evidence") or ():
        at, value = moment(entry.get("at")), str(entry.get("value"))
        if at is None:
            continue
        if entry.get("what") == "heartbeat":
            found = _AGE.match(value)
            seen.setdefault(str(entry.get("where")), []).append((at, int(found[1]) if found else None, value))
        elif str(entry.get("what")).startswith("watch, look") and (look := _LOOK.match(value)):
            watched.append((at, int(look[1]), frozenset((look[2] or "").split(", ")) - {""}))
    lanes = [_lane(strategy, looks, watched) for strategy, looks in seen.items()]
    lanes.sort(key=lambda lane: (lane.marks[-1].tone is not Tone.BAD, lane.name))
    yield from lanes[:MOST]


def _lane(
    strategy: str,
    looks: list[tuple[datetime, int | None, str]],
    watched: list[tuple[datetime, int, frozenset[str]]],
) -> Lane:
    marks = [_mark(at, age, value) for at, age, value in looks]
    since = looks[0][0]
    marks += [_watch(strategy, at, count, failing) for at, count, failing in watched if at > since]
    marks.sort(key=lambda mark: mark.at)
    # Looks that say the same as the one before and the one behind them say nothing of their own.
    told = [
        mark
        for n, mark in enumerate(marks)
        if n in (0, len(marks) - 1) or mark.tone is not marks[n - 1].tone or mark.tone is not marks[n + 1].tone
    ]
    return Lane(f"Heartbeat of {strategy}", tuple(_bars(looks, marks)), tuple(told))


def _mark(at: datetime, age: int | None, value: str) -> Mark:
    if age is None:
        return Mark(at, "no heartbeat", Tone.BAD, f"heartbeat {value}")
    tone = Tone.GOOD if age <= _STALE else Tone.BAD
    return Mark(at, f"{lasted(timedelta(seconds=age))} old", tone, f"heartbeat {value}")


def _watch(strategy: str, at: datetime, count: int, failing: frozenset[str]) -> Mark:
    """The watch names those that do not beat, the first ten of them."""
    if strategy in failing:
        return Mark(at, "does not beat", Tone.BAD)
    return Mark(at, "beats", Tone.GOOD) if count == len(failing) else Mark(at, "not told", Tone.UNKNOWN)


def _bars(looks: list[tuple[datetime, int | None, str]], marks: list[Mark]) -> Iterator[Bar]:
    """Silence from the last heartbeat before a look that found it stale to the first look that found it beating;
    from there it beats until a look says otherwise."""
    at, age, _ = looks[0]
    tone, start = marks[0].tone, marks[0].at
    if tone is Tone.BAD and age is not None and marks[0].at == at:
        start = at - timedelta(seconds=age)
    for mark in marks[1:]:
        if mark.tone is not tone:
            yield _bar(tone, start, mark.at)
            tone, start = mark.tone, mark.at
    if marks[-1].at > start:
        yield _bar(tone, start, marks[-1].at)


def _bar(tone: Tone, start: datetime, end: datetime) -> Bar:
    label = {Tone.GOOD: "beats", Tone.BAD: "no heartbeat"}.get(tone, "not told")
    return Bar(start, end, label, tone)
