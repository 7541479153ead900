"""Heartbeats of the strategies that a run is about, from what it noted each time it looked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

from functions.rules.reporting.lanes import Bar, Lane, Mark, Tone
from functions.rules.reporting.moments import lasted, moment

MOST: Final = 6
# functions/rules/evidence.py: "130 s old, status running"; else "missing" or "unreadable: ...".
_AGE: Final = re.compile(r"^(\d+) s old")
# functions/tasks/look_at_every_strategy.py: "4 beat, 1 do not: momentum-01".
_LOOK: Final = re.compile(r"^\d+ beat, (\d+) do not(?:: (.+))?$")
# functions/rules/verification.py: "4 beat within 120 s, 1 stale: momentum-01".
_CHECKED: Final = re.compile(r"\b(\d+) stale(?:: ([^;]+))?")
# A heartbeat that is older than this when it is looked at was stale (CONTRACT.md 8).
_STALE: Final = 120
# functions/batch_ending.py: "4 of 4 beat, 0 failed, ..."; functions/tasks/look_at_stop.py: "pass 3: 5 strategies,
# 5 proven stopped, ..."; functions/rules/verification.py: "5 beat within 120 s, 0 stale".
_BATCH: Final = re.compile(r"^(\d+) of (\d+) beat(?:, \d+ failed)?")
_STOPPED: Final = re.compile(r"(\d+) strategies, (\d+) proven stopped")
_BEAT: Final = re.compile(r"^\d+ beat(?: within \d+ s)?, \d+ stale")
_MOST_NAMED: Final = 3
# When, the heartbeat's age in seconds (None: it could not be read), and what was noted.
Look = tuple[datetime, int | None, str]


class Beats(NamedTuple):
    """Of one strategy: when it was silent and when it beat, each look at its heartbeat, and what the last look at
    it found, be it at all of them together."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    last: Tone


def beat_lanes(item: Mapping[str, Any]) -> Iterator[Lane]:
    """One for each strategy of which a heartbeat was noted, those that tell the same in one; at most `MOST`, the
    failing first."""
    alike: dict[Beats, list[str]] = {}
    for strategy, told in by_strategy(item).items():
        alike.setdefault(told, []).append(strategy)
    lanes = [Lane(_name(strategies), found.bars, found.marks) for found, strategies in alike.items()]
    lanes.sort(key=lambda lane: (not _fails(lane), lane.name))
    yield from lanes[:MOST]
    if not lanes and (counted := _counted(item)) is not None:
        yield counted


def by_strategy(item: Mapping[str, Any]) -> dict[str, Beats]:
    """When each strategy of which a heartbeat was noted was silent and when it beat, and each look at it."""
    seen: dict[str, list[Look]] = {}
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
    watched += filter(None, map(_checked, item.get("checklist") or ()))
    return {
        strategy: _told(strategy, sorted(looks, key=lambda look: look[0]), watched)
        for strategy, looks in seen.items()
    }


def _counted(item: Mapping[str, Any]) -> Lane | None:
    """Where no single heartbeat was noted: every look that counts them. After a stop silence is what is wanted."""
    marks = []
    for entry in item.get("evidence") or ():
        at, value, what = moment(entry.get("at")), str(entry.get("value")), str(entry.get("what"))
        if at is None:
            continue
        if what == "batch" and (beat := _BATCH.match(value)):
            tone = Tone.GOOD if beat[1] == beat[2] else Tone.BAD
            marks.append(Mark(at, f"{beat[1]} of {beat[2]} beat", tone, f"{entry.get('where')}: {beat[0]}"))
        elif what == "look at the stop" and (still := _STOPPED.search(value)):
            tone = Tone.GOOD if still[1] == still[2] else Tone.BAD
            said = f"{still[2]} of {still[1]} are silent"
            marks.append(Mark(at, said, tone, f"{said}, as they should be"))
    for line in item.get("checklist") or ():
        at, value = moment(line.get("at")), str(line.get("value"))
        if line.get("id") == "heartbeats" and at is not None and (count := _BEAT.match(value)):
            tone = Tone.GOOD if line.get("result") == "pass" else Tone.BAD
            marks.append(Mark(at, count[0], tone, f"the checklist sees: {count[0]}"))
    marks.sort(key=lambda mark: mark.at)
    return Lane("Heartbeats", tuple(_between(marks)), tuple(marks)) if marks else None


def _between(marks: list[Mark]) -> Iterator[Bar]:
    """From look to look, as long as they see the same."""
    for one, after in pairwise(marks):
        if one.tone is after.tone and after.at > one.at:
            yield Bar(one.at, after.at, "as it should be" if one.tone is Tone.GOOD else "not as it should be",
                      one.tone, silent=True)  # fmt: skip


def _checked(line: Mapping[str, Any]) -> tuple[datetime, int, frozenset[str]] | None:
    """The checklist's own look, where it tells who beats."""
    at, found = moment(line.get("at")), _CHECKED.search(str(line.get("value")))
    if line.get("id") != "heartbeats" or at is None or found is None:
        return None
    return at, int(found[1]), frozenset((found[2] or "").split(", ")) - {""}


def _name(strategies: list[str]) -> str:
    more = f" and {len(strategies) - _MOST_NAMED} more" if len(strategies) > _MOST_NAMED else ""
    plural = "Heartbeats" if len(strategies) > 1 else "Heartbeat"
    return f"{plural} of {', '.join(sorted(strategies)[:_MOST_NAMED])}{more}"


def _fails(lane: Lane) -> bool:
    return (lane.bars[-1] if lane.bars else lane.marks[-1]).tone is Tone.BAD


def _told(strategy: str, looks: list[Look], watched: list[tuple[datetime, int, frozenset[str]]]) -> Beats:
    """Bars from every look; marks for those that tell more than the bar that begins with them."""
    marks = [_mark(at, age, value) for at, age, value in looks]
    since = looks[0][0]
    all_of = marks + [_watch(strategy, at, count, failing) for at, count, failing in watched if at > since]
    all_of.sort(key=lambda mark: mark.at)
    return Beats(tuple(_bars(looks[0], all_of)), tuple(marks), all_of[-1].tone)


def _mark(at: datetime, age: int | None, value: str) -> Mark:
    if age is None:
        return Mark(at, "none to be read", Tone.BAD, f"last heartbeat {value}")
    tone = Tone.GOOD if age <= _STALE else Tone.BAD
    return Mark(at, f"{lasted(timedelta(seconds=age)) if age else '0 s'} old", tone, f"last heartbeat {value}")


def _watch(strategy: str, at: datetime, count: int, failing: frozenset[str]) -> Mark:
    """The watch names those that do not beat, the first ten of them."""
    tone = Tone.BAD if strategy in failing else Tone.GOOD if count == len(failing) else Tone.UNKNOWN
    return Mark(at, "looked at", tone)


def _bars(first: Look, marks: list[Mark]) -> Iterator[Bar]:
    """Silence from the last heartbeat before a look that found it stale to the first look that found it beating;
    from there it beats until a look says otherwise."""
    at, age, _ = first
    tone, start = marks[0].tone, marks[0].at
    if tone is Tone.BAD and age is not None:
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
