"""docs/mutants.md from what was run: how many of each kind were seen, by what, and which survived and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.mutants.equivalents import EQUIVALENT

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "mutants.md"
SAFETY, DEFINITIONS = "safety", "definitions"
HEAD: Final = """# Mutants

Written by `python -m tests.mutants`; do not edit. A mutant is this project with one mistake in it; a test that
fails has *seen* it. One that nothing sees has *survived*: a test is missing, or the mistake makes no difference.

- **Safety conditions**: one wrong edit each of a condition that keeps money or a position safe
  (`tests/mutants/edits/`), made in a copy of the project; the tests that stand beside it are run there. An edit
  that cannot be imported does not count as seen.
- **Definitions**: every mistake that can be made in one place of a state machine, generated: a removed Catch or
  Retry, a `Next` to the wrong state, a lost, swapped or turned condition, a lost result. Each is run on the
  embedded engine against the cases of its own machine, and held against the checks of definitions.

`make test` runs one safety mutant of each kind and a sample of the definitions' mutants.
"""
# What a mistake in a definition is, from its words.
SORTS: Final = (
    (re.compile(r"^(catch|retry) \d+ without .+"), r"\1 without one of its errors"),
    (re.compile(r"^rule \d+ without its condition \d+"), "rule without one of its conditions"),
    (re.compile(r"^rules \d+ and \d+ swapped"), "rules swapped"),
    (re.compile(r"^rule .* says the contrary"), "rule says the contrary"),
    (re.compile(r"^rule .* waits for another word"), "rule waits for another word"),
    (re.compile(r"^(catch|retry|rule) \d+ "), r"\1 "),
)

Row = Mapping[str, Any]


def sort_of(mistake: str) -> str:
    """The same words for the same mistake, wherever it is made."""
    for pattern, words in SORTS:
        if pattern.search(mistake):
            return pattern.sub(words, mistake)
    return mistake


def survived(rows: Iterable[Row]) -> list[str]:
    """Whatever no test sees, and of which nobody says why."""
    return [row["name"] for row in rows if row["seen"] is None and row["name"] not in EQUIVALENT]


def text(rows: Sequence[Row], wanted: Mapping[str, int], when: str) -> str:
    """`rows`: as tests/mutants/__main__.py keeps them. `wanted`: how many there are of each part."""
    return "\n".join(_lines(rows, wanted, when)) + "\n"


def _lines(rows: Sequence[Row], wanted: Mapping[str, int], when: str) -> Iterator[str]:
    safety = [row for row in rows if row["part"] == SAFETY]
    definitions = [row for row in rows if row["part"] == DEFINITIONS]
    yield HEAD
    yield f"Last run: {when}."
    yield from _part("Safety conditions", safety, wanted[SAFETY], "kind", lambda row: str(row["kind"]))
    yield from _part(
        "Definitions", definitions, wanted[DEFINITIONS], "mistake", lambda row: sort_of(row["mistake"])
    )
    yield from _counted(definitions, "machine", lambda row: str(row["kind"]))
    yield "\n## Survivors\n"
    lost = sorted(row["name"] for row in rows if row["seen"] is None)
    yield from [f"- {name}: {EQUIVALENT.get(name, 'a test is missing')}" for name in lost] or ["None."]
    if safety:
        yield "\n## Every safety mutant, and what saw it\n"
        yield "| kind | mistake | in | seen by |"
        yield "|---|---|---|---|"
        for row in sorted(safety, key=lambda row: (row["kind"], row["file"], row["mistake"])):
            seen = f"`{_safe(row['seen'])}`" if row["seen"] else "**survived**"
            yield f"| {row['kind']} | {_safe(row['mistake'])} | `{row['file']}` | {seen} |"


def _part(title: str, rows: Sequence[Row], wanted: int, column: str, of: Callable[[Row], str]) -> Iterator[str]:
    yield f"\n## {title}\n"
    if not rows:
        yield f"Not run ({wanted} mutants)."
        return
    seen = sum(row["seen"] is not None for row in rows)
    yield f"{len(rows)} of {wanted} mutants were run; {seen} were seen ({seen / len(rows):.1%})."
    yield from _counted(rows, column, of)


def _counted(rows: Sequence[Row], column: str, of: Callable[[Row], str]) -> Iterator[str]:
    if not rows:
        return
    yield f"\n| {column} | mutants | seen | survived |"
    yield "|---|---|---|---|"
    for name in sorted({of(row) for row in rows}):
        own = [row for row in rows if of(row) == name]
        seen = sum(row["seen"] is not None for row in own)
        yield f"| {name} | {len(own)} | {seen} | {len(own) - seen} |"


def _safe(words: str) -> str:
    """For a cell of a table, on one line."""
    return " ".join(words.split()).replace("|", "\\|").replace("`", "'")
