"""The timeline of an incident on one axis of time: the incident, heartbeats, states, waits, approvals and acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from functions.history import History
from functions.rules.reporting.beat_lanes import beat_lanes
from functions.rules.reporting.fitting import MOST_BARS, MOST_MARKS, fitted
from functions.rules.reporting.item_lanes import act_lane, approval_lanes, incident_lane
from functions.rules.reporting.lanes import Bar, Lane, Mark, Timeline, Tone
from functions.rules.reporting.moments import clock, lasted, moment
from functions.rules.reporting.redact import redacted
from functions.rules.reporting.repeats import Rounds, Said, told_once
from functions.rules.reporting.run_lanes import run_lanes
from functions.rules.reporting.sections import plain

__all__ = ["MOST_BARS", "MOST_MARKS", "Bar", "Lane", "Mark", "Timeline", "Tone", "timeline_of"]

MOST_LANES: Final = 20
MOST_TOLD: Final = 300
MOST_SAID: Final = 240
# An alarm's time is what somebody claimed: one that is further off is told, and not drawn.
_FAR: Final = timedelta(days=7)
_A_BIT: Final = timedelta(seconds=1)
_NEVER_LEFT_OUT: Final = ("Incident", "Acts")


def timeline_of(item: Mapping[str, Any], history: History | None, *, end: datetime) -> Timeline | None:
    """`end`: until when is known, aware. `history` None: it could not be read; the incident's own record tells
    what it can. None where the incident tells no time at all."""
    opened = moment(item.get("opened_at")) or (history.started_at if history else None)
    whole = [lane for lane in _lanes(item, history, end) if lane.bars or lane.marks]
    if opened is None or not whole:
        return None
    earliest, latest = opened - _FAR, end
    lanes = [_near(lane, earliest, latest) for lane in whole]
    start, last = _reach(lanes, opened)
    if any(bar.end is None for lane in lanes for bar in lane.bars):
        last = max(last, min(end, latest))
    last = max(last, start + _A_BIT)
    drawn = tuple(_safe(fitted(lane)) for lane in lanes if lane.bars or lane.marks)[:MOST_LANES]
    cut = sum(map(_count, whole)) - sum(map(_count, drawn))
    return Timeline(start, last, drawn, tuple(_told(whole, history)), cut)


def _lanes(item: Mapping[str, Any], history: History | None, end: datetime) -> Iterator[Lane]:
    """From top to bottom: what it is about, what people did, what was done, how."""
    incident, acts = incident_lane(item), act_lane(item)
    if incident is not None:
        yield incident
    yield from beat_lanes(item)
    asked = list(approval_lanes(item))
    yield from asked
    if acts is not None:
        yield acts
    if history is not None:
        yield from run_lanes(history, end, asked=bool(asked))


def _near(lane: Lane, earliest: datetime, latest: datetime) -> Lane:
    """What can be on the axis, the bars cut to it; an end before its start is its start."""
    bars = [
        replace(bar, start=max(bar.start, earliest), end=None if bar.end is None or bar.end > latest else bar.end)
        for bar in lane.bars
        if bar.start <= latest and (bar.end is None or bar.end >= earliest)
    ]
    ordered = [bar if bar.end is None else replace(bar, end=max(bar.start, bar.end)) for bar in bars]
    marks = [mark for mark in lane.marks if earliest <= mark.at <= latest]
    return Lane(
        lane.name,
        tuple(sorted(ordered, key=lambda bar: bar.start)),
        tuple(sorted(marks, key=lambda mark: mark.at)),
    )


def _reach(lanes: Iterable[Lane], opened: datetime) -> tuple[datetime, datetime]:
    moments = [opened]
    for lane in lanes:
        moments += [at for bar in lane.bars for at in (bar.start, bar.end) if at is not None]
        moments += [mark.at for mark in lane.marks]
    return min(moments), max(moments)


def _safe(lane: Lane) -> Lane:
    """A picture's words are shown as they are: titles, targets and errors come from outside."""
    bars = (replace(bar, label=_said(bar.label), told=_said(bar.told)) for bar in lane.bars)
    marks = (replace(mark, label=_said(mark.label), told=_said(mark.told)) for mark in lane.marks)
    return Lane(_said(lane.name), tuple(bars), tuple(marks))


def _said(text: str) -> str:
    words = plain(redacted(text))
    return words if len(words) <= MOST_SAID else f"{words[:MOST_SAID].rstrip()}..."


def _count(lane: Lane) -> int:
    return len(lane.bars) + len(lane.marks)


def _told(lanes: Sequence[Lane], history: History | None) -> Iterator[str]:
    found: list[Said] = []
    for lane in lanes:
        found += [_bar(lane, bar) for bar in lane.bars if not bar.silent]
        found += [Said(mark.at, _of(lane, mark.told or mark.label)) for mark in lane.marks]
    found.sort(key=lambda one: one.at)
    dated = len({one.at.date() for one in found}) > 1
    if history is None:
        yield "The execution's history could not be read; this is what the incident's own record tells."
    told = list(told_once(found))
    for one in told[:MOST_TOLD]:
        yield f"{clock(one.at, dated=dated)} {_again(one, dated) if isinstance(one, Rounds) else _line(one)}"
    if len(told) > MOST_TOLD:
        yield f"and {len(told) - MOST_TOLD} more"


def _bar(lane: Lane, bar: Bar) -> Said:
    ordinary = bar.tone in (Tone.WORK, Tone.WAIT) and bar.end is not None
    return Said(
        bar.start,
        _of(lane, bar.told or bar.label),
        _length(bar),
        lane.name if ordinary and lane.name not in _NEVER_LEFT_OUT else "",
        bar.end,
    )


def _line(one: Said) -> str:
    return f"{_said(one.what)}{one.length}"


def _again(one: Rounds, dated: bool) -> str:
    until = clock(one.until, dated=dated)
    return f"{_said(', '.join(one.machines))}: the same {one.times} times more, until {until}"


def _of(lane: Lane, what: str) -> str:
    """A machine's lane is named, for what it says does not say whose it is."""
    return what if lane.name in _NEVER_LEFT_OUT or lane.name.startswith("Asked: ") else f"{lane.name}: {what}"


def _length(bar: Bar) -> str:
    if bar.end is None:
        return ", not over yet"
    return f" ({lasted(bar.end - bar.start)})"
