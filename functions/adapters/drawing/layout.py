"""Sizes of the two pictures, in CSS pixels; texts are measured so that none leaves its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path


@dataclass(frozen=True, slots=True)
class Layout:
    """`left`: where the axis begins; names stand left of it, or above their lane where it is 0 wide.
    `rows`: how many rows of labels a lane may have. `ticks`: how many times the axis tells at most."""

    name: str
    width: float
    left: float
    right: float
    size: float
    rows: int
    ticks: int

    @property
    def plot(self) -> float:
        return self.width - self.left - self.right

    @property
    def head(self) -> float:
        """The height of the axis: its day, the lengths of its folds, its times."""
        return 62.0 if self.above else 46.0

    @property
    def above(self) -> bool:
        return self.left < 50


WIDE: Final = Layout("wide", width=960, left=196, right=16, size=12.5, rows=5, ticks=9)
NARROW: Final = Layout("narrow", width=358, left=6, right=6, size=12.5, rows=6, ticks=4)

_ELLIPSIS: Final = "\u2026"


@lru_cache(maxsize=2048)
def width_of(text: str, size: float) -> float:
    """By matplotlib's own font, which is wider than what browsers show: an upper bound."""
    font = FontProperties(family="DejaVu Sans", size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def fitted(text: str, room: float, size: float) -> str:
    """Cut to the room, empty where not even a few letters fit."""
    if width_of(text, size) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        half = (low + high + 1) // 2
        low, high = (half, high) if width_of(text[:half] + _ELLIPSIS, size) <= room else (low, half - 1)
    return text[:low].rstrip() + _ELLIPSIS if low >= 4 else ""


def wrapped(text: str, room: float, size: float, most: int) -> list[str]:
    """Lines of words, the last one cut."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        n = len(words)
        while n > 1 and width_of(" ".join(words[:n]), size) > room:
            n -= 1
        if n == 1 and width_of(words[0], size) > room:
            break
        lines.append(" ".join(words[:n]))
        words = words[n:]
    return [*lines, fitted(" ".join(words), room, size)] if words else lines
