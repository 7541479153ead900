"""A timeline as one picture: a lane below the other, one axis above them, a legend below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from functions.adapters.drawing.canvas import Sheet, Side
from functions.adapters.drawing.layout import Layout, fitted, width_of, wrapped
from functions.adapters.drawing.palette import FILLS, FOLD, GRID, INK, LINES, MUTED, WORDS
from functions.adapters.drawing.rows import Row, rows_of
from functions.adapters.drawing.signs import sign
from functions.rules.reporting.axis import Axis, axis_of, ticks_of
from functions.rules.reporting.lanes import Timeline, Tone

BAR: Final = 20.0
LABELS: Final = 18.0
GAP: Final = 9.0
NAME: Final = 19.0
HATCHES: Final = {Tone.WAIT: "////", Tone.PERSON: "|||"}
SMALL: Final = 11.0
# So much wider bold letters are than those that are measured.
BOLD: Final = 1.12


def draw(timeline: Timeline, layout: Layout) -> str:
    axis = axis_of(timeline)
    lanes = [rows_of(lane, axis, timeline, layout) for lane in timeline.lanes]
    heights = [_height(row, layout) for row in lanes]
    legend = list(_legend_lines(timeline, bool(axis.folds), layout))
    rows = max((row for _, row in _fold_labels(axis, layout)), default=-1 if layout.above else 0)
    head = layout.head + 16 * rows
    bottom = head + sum(heights)
    sheet = Sheet(layout.name, layout.width, bottom + 12 + 20 * len(legend))
    _axis(sheet, axis, timeline, layout, head, bottom)
    top = head
    for row, height in zip(lanes, heights, strict=True):
        _lane(sheet, row, layout, top, height)
        top += height
    _legend(sheet, legend, bottom + 18)
    return sheet.svg(_title(timeline), _description(timeline))


def _height(row: Row, layout: Layout) -> float:
    drawn = row.label_rows * LABELS + row.strips * (BAR + 2)
    if layout.above:
        return GAP + NAME + drawn + 3
    names = len(_names(row, layout))
    return GAP + max(drawn, names * 16.0) + 3


def _names(row: Row, layout: Layout) -> list[str]:
    return wrapped(row.lane.name, (layout.left - 14) / BOLD, layout.size, 2)


def _axis(sheet: Sheet, axis: Axis, timeline: Timeline, layout: Layout, head: float, bottom: float) -> None:
    same = timeline.start.date() == timeline.end.date()
    day = f"{timeline.start:%Y-%m-%d}" + ("" if same else f" to {timeline.end:%Y-%m-%d}")
    sheet.text(4 if not layout.above else layout.left, 10, f"{day}, UTC", SMALL, MUTED)
    for fold, (middle, row) in zip(axis.folds, _fold_labels(axis, layout), strict=True):
        left, wide = _x(layout, fold.left), (fold.right - fold.left) * layout.plot
        tip = f"not to scale: {fold.told} in which nothing began or ended"
        sheet.box(left, head - 4, wide, bottom - head + 4, fill=FOLD, tip=tip)
        for x in (left, left + wide):
            zigzag = [(x + (2.5 if k % 2 else -2.5), head - 4 + 6 * k) for k in range(int((bottom - head) / 6) + 1)]
            sheet.shape(zigzag, fill=None, line=MUTED, thick=0.6)
        sheet.text(middle, head - 36 - 16 * row, fold.told, SMALL, MUTED, side="center")
    for tick in ticks_of(axis, layout.ticks):
        x = _x(layout, tick.place)
        half = width_of(tick.label, SMALL) / 2
        middle = min(max(x, layout.left + half), layout.width - half)
        sheet.text(middle, head - 17, tick.label, SMALL, INK, side="center")
        sheet.shape([(x, head - 8), (x, bottom)], fill=None, line=GRID, thick=0.8)


def _fold_labels(axis: Axis, layout: Layout) -> list[tuple[float, int]]:
    """Where the lengths of the folds are told: its middle, and in which row, for neighbours may have no room."""
    placed: list[tuple[float, int]] = []
    ends: list[float] = []
    for fold in axis.folds:
        half = width_of(fold.told, SMALL) / 2
        middle = min(max(_x(layout, (fold.left + fold.right) / 2), layout.left + half), layout.width - half)
        row = next((n for n, end in enumerate(ends) if middle - half > end + 6), len(ends))
        ends[row : row + 1] = [middle + half]
        placed.append((middle, row))
    return placed


def _lane(sheet: Sheet, row: Row, layout: Layout, top: float, height: float) -> None:
    sheet.shape([(0, top), (layout.width, top)], fill=None, line=GRID, thick=0.8)
    y = top + GAP / 2 + 2
    if layout.above:
        room = layout.plot
        sheet.text(
            layout.left, y + 8, fitted(row.lane.name, room / BOLD, layout.size), layout.size, INK, kind="name"
        )
        y += NAME
    else:
        names = _names(row, layout)
        for n, line in enumerate(names):
            middle = top + height / 2 + (n - (len(names) - 1) / 2) * 16
            sheet.text(4, middle, line, layout.size, INK, kind="name")
    strip = y + row.label_rows * LABELS
    for bar in row.bars:
        at = strip + bar.strip * (BAR + 2)
        tone = bar.bar.tone
        sheet.box(
            bar.left, at, bar.width, BAR, fill=FILLS[tone], line=LINES[tone], hatch=HATCHES.get(tone),
            dashed=tone is Tone.UNKNOWN, tip=bar.tip,
        )  # fmt: skip
        if bar.label and bar.inside:
            if HATCHES.get(tone):
                wide = width_of(bar.label, SMALL)
                sheet.box(bar.left + 4, at + 3, wide + 2, BAR - 6, fill=FILLS[tone])
            sheet.text(bar.left + 5, at + BAR / 2, bar.label, SMALL, INK)
        elif bar.label:
            sheet.text(bar.left + bar.width + 4, at + BAR / 2, bar.label, SMALL, INK)
    for mark in row.marks:
        at = y + mark.row * LABELS + LABELS / 2
        foot = strip + row.strips * (BAR + 2) - 2
        sheet.shape([(mark.x, at), (mark.x, foot)], fill=None, line=LINES[mark.mark.tone])
    for mark in row.marks:
        at = y + mark.row * LABELS + LABELS / 2
        sign(sheet, mark.x, at, mark.mark.tone, mark.tip)
        if mark.label:
            far = mark.x + (-9 if mark.leftwards else 9)
            side: Side = "right" if mark.leftwards else "left"
            sheet.text(far, at, mark.label, SMALL, INK, side=side, kind="label")


def _legend_lines(
    timeline: Timeline, folded: bool, layout: Layout
) -> Iterator[list[tuple[float, str, Tone | None]]]:
    """What stands in the picture, with its words, from left to right as far as there is room."""
    bars = {bar.tone for lane in timeline.lanes for bar in lane.bars}
    tones = [
        tone for tone in Tone if tone in bars or any(m.tone is tone for ln in timeline.lanes for m in ln.marks)
    ]
    entries: list[tuple[str, Tone | None]] = [(WORDS[tone], tone) for tone in tones]
    if folded:
        entries.append(("cut out of the axis: nothing began or ended", None))
    line: list[tuple[float, str, Tone | None]] = []
    x = 4.0
    for word, tone in entries:
        wide = 40 + width_of(word, SMALL) + 18
        if line and x + wide - 18 > layout.width:
            yield line
            line, x = [], 4.0
        line.append((x, word, tone))
        x += wide
    if line:
        yield line


def _legend(sheet: Sheet, lines: Sequence[Sequence[tuple[float, str, Tone | None]]], top: float) -> None:
    for n, line in enumerate(lines):
        y = top + 20 * n
        for x, word, tone in line:
            if tone is None:
                sheet.box(x, y - 6, 18, 12, fill=FOLD)
                for side in (x, x + 18):
                    zigzag = [(side + (2 if k % 2 else -2), y - 6 + 4 * k) for k in range(4)]
                    sheet.shape(zigzag, fill=None, line=MUTED, thick=0.6)
                sheet.text(x + 25, y, word, SMALL, MUTED)
                continue
            sheet.box(
                x, y - 6, 18, 12, fill=FILLS[tone], line=LINES[tone], hatch=HATCHES.get(tone),
                dashed=tone is Tone.UNKNOWN,
            )  # fmt: skip
            sign(sheet, x + 28, y, tone, "")
            sheet.text(x + 38, y, word, SMALL, MUTED)


def _x(layout: Layout, place: float) -> float:
    return layout.left + place * layout.plot


def _title(timeline: Timeline) -> str:
    return f"Timeline from {timeline.start:%Y-%m-%d %H:%M:%S} to {timeline.end:%Y-%m-%d %H:%M:%S} UTC"


def _description(timeline: Timeline) -> str:
    names = ", ".join(lane.name for lane in timeline.lanes)
    return f"Lanes: {names}. The list beside the picture says the same in words."
