"""A report as data, whatever it is shown as.

Its texts come from tables, logs and a venue: whatever stands in them is shown as it is and does nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

MOST: Final = 1_000
MOST_ROWS: Final = 200
_CUT: Final = " ... (cut)"

Tone = Literal["good", "bad", "warn", "calm"]
_GOOD: Final = (
    "pass",
    "passed",
    "done",
    "ok",
    "resolved",
    "nothing to do",
    "decided",
    "filled",
    "proven",
    "approved",
)
_BAD: Final = (
    "fail", "failed", "not done", "refused", "rejected", "escalated", "aborted", "invalid input", "lapsed",
    "unreached",
)  # fmt: skip
_WARN: Final = ("unknown", "uncertain", "sent", "unclear")
_CALM: Final = (
    "skipped", "dry run", "declined", "left open", "delegated", "duplicate", "prepared", "pending", "revoked",
    "superseded", "partial", "canceled",
)  # fmt: skip
_TONES: Final[dict[str, Tone]] = {
    **dict.fromkeys(_GOOD, "good"),
    **dict.fromkeys(_BAD, "bad"),
    **dict.fromkeys(_WARN, "warn"),
    **dict.fromkeys(_CALM, "calm"),
}
SIGNS: Final[dict[Tone, str]] = {"good": "✓", "bad": "✗", "warn": "?", "calm": "–"}
# Under these heads a word says how something ended.
_RESULT_HEADS: Final = frozenset({"result", "outcome", "state", "status"})


@dataclass(frozen=True, slots=True)
class Table:
    """Rows have as many cells as there are `heads`; what is missing is empty, what is too much is left out. Under
    a head like `result` the words of results are told apart by sign and colour too. A table of two columns is a
    list of facts: what, and what it is."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """`url` begins with `https://` (or `http://127.0.0.1`, the embedded AWS); any other is shown as text."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """Plain text; the renderers escape it. `picture`: `<svg>` elements of our own (functions/ports/reporting.py),
    which HTML shows above the lines and Markdown leaves away: the lines tell the same. `links` stand below."""

    title: str
    lines: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    picture: str = ""
    links: tuple[Link, ...] = ()


def plain(text: str) -> str:
    """One line of at most `MOST` characters, without control, direction and invisible ones."""
    shown = text[: 4 * MOST]
    # Nothing of that kind is in most texts, and a report has hundreds of thousands of characters.
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(map(_character, shown))
    line = " ".join(shown.split())
    return line if len(line) <= MOST and len(text) <= 4 * MOST else f"{line[: MOST - len(_CUT)].rstrip()}{_CUT}"


def tone_of(head: str, cell: str) -> Tone | None:
    """How a cell is to be read, None where it is no result."""
    if head.strip().lower() not in _RESULT_HEADS:
        return None
    return _TONES.get(cell.strip().lower().replace("_", " "))


def rows_of(table: Table) -> Iterator[tuple[str, ...]]:
    """As wide as the heads, and as many as can be read."""
    width = len(table.heads)
    for row in table.rows[:MOST_ROWS]:
        yield (*row[:width], *("",) * (width - len(row)))
    if (more := len(table.rows) - MOST_ROWS) > 0:
        yield (f"and {more} more", *("",) * (width - 1))


def _character(one: str) -> str:
    category = unicodedata.category(one)
    if category == "Cf":
        return ""
    return " " if category[0] in "CZ" else one
