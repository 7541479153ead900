"""One axis of time on which short acts beside long waits can both be read.

The axis is to scale, but for its folds: a stretch in which nothing begins or ends and that would leave no room
for the rest is drawn at one width and tells how long it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from functions.rules.reporting.lanes import Timeline
from functions.rules.reporting.moments import lasted

MOST_FOLDS: Final = 4
FOLD_WIDTH: Final = 0.08
# What is shorter is never folded, and what is no more than this share of the unfolded rest neither.
_SHORTEST: Final = timedelta(seconds=30)
_SHARE: Final = 0.4
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Piece:
    """`start` to `end` lies between `left` and `right`, shares of the axis's width. `folded`: not to scale."""

    start: datetime
    end: datetime
    left: float
    right: float
    folded: bool

    @property
    def told(self) -> str:
        return lasted(self.end - self.start)


@dataclass(frozen=True, slots=True)
class Tick:
    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    pieces: tuple[Piece, ...]

    def place(self, at: datetime) -> float:
        """0 at the axis's start, 1 at its end; what lies outside is brought to the nearer one."""
        for piece in self.pieces:
            if at <= piece.end:
                share = (at - piece.start) / (piece.end - piece.start)
                return piece.left + max(share, 0.0) * (piece.right - piece.left)
        return 1.0

    @property
    def folds(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.folded)


def axis_of(timeline: Timeline) -> Axis:
    moments = sorted({timeline.start, timeline.end, *_moments(timeline)})
    gaps = list(pairwise(moments)) or [(timeline.start, timeline.start + timedelta(seconds=1))]
    folded = _folds(gaps)
    rest = sum((end - start for start, end in gaps if (start, end) not in folded), timedelta())
    width = 1 - FOLD_WIDTH * len(folded)
    return Axis(tuple(_pieces(gaps, folded, rest, width)))


def ticks_of(axis: Axis, most: int) -> tuple[Tick, ...]:
    """Round times where there is room for `most` labels, and the ends of the stretches that are to scale."""
    apart = 1 / max(most, 1)
    scaled = [piece for piece in axis.pieces if not piece.folded]
    shown = sum((piece.end - piece.start for piece in scaled), timedelta()).total_seconds()
    step = next((each for each in _STEPS if shown / each <= most * 0.8), _STEPS[-1])
    exact = step < 60
    placed: list[Tick] = []
    wanted = [piece.start for piece in scaled]
    for piece in scaled:
        wanted += [*_round_times(piece, step, most), piece.end]
    for at in wanted:
        place = axis.place(at)
        if all(abs(place - one.place) >= apart for one in placed):
            odd = exact or at.second or at.microsecond
            placed.append(Tick(place, f"{at:%H:%M:%S}" if odd else f"{at:%H:%M}"))
    return tuple(sorted(placed, key=lambda one: one.place))


def _moments(timeline: Timeline) -> Iterator[datetime]:
    for lane in timeline.lanes:
        for bar in lane.bars:
            yield from (bar.start, bar.end or timeline.end)
        yield from (mark.at for mark in lane.marks)


def _folds(gaps: Sequence[tuple[datetime, datetime]]) -> set[tuple[datetime, datetime]]:
    """The longest, one after the other, while it leaves too little room for all that would still be to scale."""
    folded: set[tuple[datetime, datetime]] = set()
    rest = sum((end - start for start, end in gaps), timedelta())
    for gap in sorted(gaps, key=lambda one: one[1] - one[0], reverse=True)[:MOST_FOLDS]:
        length = gap[1] - gap[0]
        if length < _SHORTEST or length <= rest * _SHARE or length == rest:
            break
        folded.add(gap)
        rest -= length
    return folded


def _pieces(
    gaps: Iterable[tuple[datetime, datetime]],
    folded: set[tuple[datetime, datetime]],
    rest: timedelta,
    width: float,
) -> Iterator[Piece]:
    """Neighbours that are to scale are one piece."""
    left, begun, start = 0.0, 0.0, None
    end = None
    for gap in gaps:
        if gap in folded:
            if start is not None and end is not None:
                yield Piece(start, end, begun, left, False)
            yield Piece(*gap, left, left + FOLD_WIDTH, True)
            left, start = left + FOLD_WIDTH, None
            continue
        if start is None:
            begun, start = left, gap[0]
        end, left = gap[1], left + width * ((gap[1] - gap[0]) / rest)
    if start is not None and end is not None:
        yield Piece(start, end, begun, left, False)


def _round_times(piece: Piece, step: int, most: int) -> Iterator[datetime]:
    since = piece.start.replace(hour=0, minute=0, second=0, microsecond=0)
    number = int((piece.start - since).total_seconds() // step) + 1
    for _ in range(4 * most):
        at = since + timedelta(seconds=number * step)
        if at >= piece.end:
            return
        yield at
        number += 1
