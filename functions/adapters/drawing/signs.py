"""A sign for every tone, so that nobody needs colours to tell them apart."""

from __future__ import annotations

from functions.adapters.drawing.canvas import Sheet
from functions.adapters.drawing.palette import FILLS, LINES
from functions.rules.reporting.lanes import Tone

_R = 6.0


def sign(sheet: Sheet, x: float, y: float, tone: Tone, tip: str) -> None:
    """Centred at `x`, `y`, 12 pixels high: a tick, a cross, a question mark, a person, a square, a ring."""
    fill, line = FILLS[tone], LINES[tone]
    match tone:
        case Tone.GOOD:
            sheet.disc(x, y, _R, fill=fill, line=line, tip=tip)
            sheet.shape([(x - 2.8, y + 0.2), (x - 0.8, y + 2.4), (x + 3, y - 2.4)], fill=None, line=line, thick=1.6)
        case Tone.BAD:
            points = [(x - _R, y), (x, y - _R), (x + _R, y), (x, y + _R)]
            sheet.shape(points, fill=fill, line=line, tip=tip)
            for side in (-1, 1):
                sheet.shape([(x - 2, y - 2 * side), (x + 2, y + 2 * side)], fill=None, line=line, thick=1.6)
        case Tone.UNKNOWN:
            points = [(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)]
            sheet.shape(points, fill=fill, line=line, tip=tip)
            sheet.text(x, y, "?", 10, line, side="center", kind="name")
        case Tone.PERSON:
            shoulders = [(x - 5, y + 6), (x - 4, y + 2), (x, y + 0.5), (x + 4, y + 2), (x + 5, y + 6)]
            sheet.shape(shoulders, fill=fill, line=line, tip=tip)
            sheet.disc(x, y - 2.6, 2.9, fill=fill, line=line, tip=tip)
        case Tone.WORK:
            points = [(x - 4, y - 4), (x + 4, y - 4), (x + 4, y + 4), (x - 4, y + 4)]
            sheet.shape(points, fill=line, line=line, tip=tip)
        case Tone.WAIT:
            sheet.disc(x, y, 4, fill=fill, line=line, tip=tip)
