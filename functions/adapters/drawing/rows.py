"""Where the bars and marks of a lane stand, and which of their words have room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from functions.adapters.drawing.layout import Layout, fitted, width_of
from functions.rules.reporting.axis import Axis
from functions.rules.reporting.lanes import Bar, Lane, Mark, Timeline, Tone
from functions.rules.reporting.moments import clock, lasted

THINNEST: Final = 4.0
MOST_STRIPS: Final = 3
_SIZE: Final = 11.0
_SIGN: Final = 9.0


@dataclass(frozen=True, slots=True)
class PlacedBar:
    """`strip`: below how many others. `inside`: its label has room in it, else behind it."""

    bar: Bar
    left: float
    width: float
    strip: int
    label: str
    inside: bool
    tip: str


@dataclass(frozen=True, slots=True)
class PlacedMark:
    mark: Mark
    x: float
    row: int
    label: str
    leftwards: bool
    tip: str


@dataclass(frozen=True, slots=True)
class Row:
    lane: Lane
    bars: tuple[PlacedBar, ...]
    marks: tuple[PlacedMark, ...]
    strips: int
    label_rows: int


def rows_of(lane: Lane, axis: Axis, timeline: Timeline, layout: Layout) -> Row:
    bars = tuple(_with_labels(list(_bars(lane, axis, timeline, layout)), layout))
    marks = tuple(_marks(lane, axis, layout))
    strips = 1 + max((bar.strip for bar in bars), default=-1)
    return Row(lane, bars, marks, strips, 1 + max((mark.row for mark in marks), default=-1))


def _bars(lane: Lane, axis: Axis, timeline: Timeline, layout: Layout) -> Iterator[PlacedBar]:
    """Bars that overlap in time stand below one another; one that is too short to be seen is drawn wider."""
    ends = [timeline.start] * MOST_STRIPS
    for bar in lane.bars:
        end = bar.end or timeline.end
        strip = next((n for n, free in enumerate(ends) if bar.start >= free), MOST_STRIPS - 1)
        ends[strip] = max(ends[strip], end)
        left = layout.left + axis.place(bar.start) * layout.plot
        right = layout.left + axis.place(end) * layout.plot
        width = max(right - left, THINNEST)
        left = min(left, layout.left + layout.plot - width)
        yield PlacedBar(bar, left, width, strip, bar.label, True, _tip(bar))


def _with_labels(bars: list[PlacedBar], layout: Layout) -> Iterator[PlacedBar]:
    """In the bar; else behind it, where nothing else stands; else as much of it as the bar holds."""
    for n, bar in enumerate(bars):
        wide = width_of(bar.bar.label, _SIZE)
        if wide <= bar.width - 10:
            yield bar
            continue
        after = (other.left for other in bars[n + 1 :] if other.strip == bar.strip)
        room = min(after, default=layout.left + layout.plot) - bar.left - bar.width
        if wide <= room - 10:
            yield replace(bar, inside=False)
        else:
            yield replace(bar, label=fitted(bar.bar.label, bar.width - 10, _SIZE) if bar.width > 44 else "")


def _marks(lane: Lane, axis: Axis, layout: Layout) -> Iterator[PlacedMark]:
    """Each in the first row that has room for its words; else without words, where nothing is written over."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(layout.rows)]
    end = layout.left + layout.plot
    placed: list[PlacedMark] = []
    # What matters most gets its words first.
    order = sorted(range(len(lane.marks)), key=lambda n: (_weight(lane.marks[n]), lane.marks[n].at))
    for n in order:
        mark = lane.marks[n]
        x = min(max(layout.left + axis.place(mark.at) * layout.plot, layout.left + 6), end - 6)
        tip = f"{clock(mark.at)} {mark.told or mark.label}"
        wide = min(width_of(mark.label, _SIZE), layout.plot * 0.6)
        label = fitted(mark.label, wide, _SIZE)
        sides = [(False, x - 7, x + _SIGN + wide + 6), (True, x - _SIGN - wide - 6, x + 7)]
        fits = [
            (row, leftwards, low, high)
            for row in range(layout.rows)
            for leftwards, low, high in sides
            if low >= 0 and low >= layout.left - 6 and high <= end + 12 and _free(taken[row], low, high)
        ]
        if fits:
            row, leftwards, low, high = fits[0]
        else:
            label, leftwards, low, high = "", False, x - 7, x + 7
            row = next((r for r in range(layout.rows) if _free(taken[r], low, high)), 0)
        taken[row].append((low, high))
        placed.append(PlacedMark(mark, x, row, label, leftwards, tip))
    yield from sorted(placed, key=lambda one: one.x)


def _weight(mark: Mark) -> int:
    return (Tone.BAD, Tone.UNKNOWN, Tone.GOOD, Tone.PERSON, Tone.WAIT, Tone.WORK).index(mark.tone)


def _free(taken: list[tuple[float, float]], low: float, high: float) -> bool:
    return all(high <= left or low >= right for left, right in taken)


def _tip(bar: Bar) -> str:
    told = bar.told or bar.label
    over = "not over yet" if bar.end is None else f"{lasted(bar.end - bar.start)}"
    return f"{clock(bar.start)} {told} ({over})"
