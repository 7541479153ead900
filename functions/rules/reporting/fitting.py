"""As much of a lane as a picture can hold and a person can take in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from functions.rules.reporting.lanes import Bar, Lane, Mark, Tone

MOST_BARS: Final = 24
MOST_MARKS: Final = 16


def fitted(lane: Lane) -> Lane:
    """No more than can be seen, over the whole of its time."""
    return Lane(lane.name, tuple(_coarse(lane.bars)), tuple(_most(lane.marks)))


def _coarse(bars: Sequence[Bar]) -> Iterator[Bar]:
    """Too many are drawn as neighbours together, each in the tone of what took the longest."""
    size = -(-len(bars) // MOST_BARS)
    for n in range(0, len(bars), size or 1):
        some = bars[n : n + size]
        if len(some) == 1:
            yield some[0]
            continue
        longest = min(some, key=_short)
        ends = [bar.end for bar in some]
        end = None if None in ends else max(filter(None, ends))
        label = f"{some[0].label} ... {some[-1].label}"
        yield Bar(some[0].start, end, label, longest.tone, f"{len(some)} stretches: {label}")


def _most(marks: Sequence[Mark]) -> list[Mark]:
    """Those that are not good first; of what is left as many as there is room for, spread over their time."""
    if len(marks) <= MOST_MARKS:
        return list(marks)
    grave = [n for n, mark in enumerate(marks) if mark.tone in (Tone.BAD, Tone.UNKNOWN)]
    other = [n for n, mark in enumerate(marks) if mark.tone not in (Tone.BAD, Tone.UNKNOWN)]
    kept = _spread(grave, MOST_MARKS)
    return [marks[n] for n in sorted([*kept, *_spread(other, MOST_MARKS - len(kept))])]


def _spread(places: Sequence[int], most: int) -> list[int]:
    if len(places) <= most:
        return list(places)
    return [places[n * (len(places) - 1) // max(most - 1, 1)] for n in range(most)]


def _short(bar: Bar) -> float:
    """The longest first; one without end is longer than all."""
    return float("-inf") if bar.end is None else -(bar.end - bar.start).total_seconds()
