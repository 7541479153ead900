"""docs/mutants.md from what was run: how many of each kind were seen, by what, and which survived and why."""

from __future__ import annotations

import re
from collections import Counter
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
  that cannot be imported does not count as seen, nor do tests that fail without it, or that take too long.
- **Definitions**: every mistake that can be made in one place of a state machine, generated: a removed Catch or
  Retry, a `Next` to the wrong state, a lost, swapped or turned condition, a lost result. Each is run on the
  embedded engine against the cases of its own machine, and held against the checks of definitions. A run that was
  cut off, on a machine that is slow, counts as nothing: its mutant is left to the next run. Besides, the ways
  through the mutant are made anew and compared with those that are written down (`tests/paths/golden`), as
  `make test` does with every definition: so it is that whoever makes the mistake is shown it.

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

# What saw a mistake in a definition, from its words.
SIGHTS: Final = (
    (re.compile(r"^refused: "), "refused by the engine"),
    (re.compile(r"^check: "), "a check of definitions"),
    (re.compile(r": (went|goes|inside it went|it goes) "), "a run goes another way"),
    (re.compile(r": ended with "), "a run ends otherwise"),
    (re.compile(r": its tasks were given "), "a task is given something else"),
    (re.compile(r": (came to its last state with|handed on) "), "a run hands on something else"),
)
# Of each part, the least share that must be seen, and of how many.
LEAST: Final = {SAFETY: (1.0, 40), DEFINITIONS: (0.95, 200)}

Row = Mapping[str, Any]


def sort_of(mistake: str) -> str:
    """The same words for the same mistake, wherever it is made."""
    for pattern, words in SORTS:
        if pattern.search(mistake):
            return pattern.sub(words, mistake)
    return mistake


def sight_of(seen: str) -> str:
    """The same words for the same kind of sight, whichever case had it."""
    return next(words for pattern, words in SIGHTS if pattern.search(seen))


def survived(rows: Iterable[Row]) -> list[str]:
    """Whatever no test sees, and of which nobody says why."""
    return [row["name"] for row in rows if row["seen"] is None and row["name"] not in EQUIVALENT]


def text(rows: Sequence[Row], wanted: Mapping[str, int]) -> str:
    """`rows`: as tests/mutants/__main__.py keeps them. `wanted`: how many there are of each part."""
    return "\n".join(_lines(rows, wanted)) + "\n"


def _lines(rows: Sequence[Row], wanted: Mapping[str, int]) -> Iterator[str]:
    safety = [row for row in rows if row["part"] == SAFETY]
    definitions = [row for row in rows if row["part"] == DEFINITIONS]
    yield HEAD.rstrip()
    yield from _part("Safety conditions", safety, SAFETY, wanted)
    yield from _counted(safety, "kind", lambda row: str(row["kind"]))
    yield from _part("Definitions", definitions, DEFINITIONS, wanted)
    yield from _counted(definitions, "mistake", lambda row: sort_of(row["mistake"]))
    yield from _sights(definitions)
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


def _part(title: str, rows: Sequence[Row], part: str, wanted: Mapping[str, int]) -> Iterator[str]:
    yield f"\n## {title}\n"
    share, least = LEAST[part]
    yield f"Demanded: {share:.0%} of at least {least}."
    if not rows:
        yield f"Not run ({wanted[part]} mutants)."
        return
    seen = sum(row["seen"] is not None for row in rows)
    held = "held" if seen >= share * len(rows) and len(rows) == wanted[part] >= least else "not held"
    yield f"{len(rows)} of {wanted[part]} mutants were run; {seen} were seen ({_percent(seen, len(rows))}): {held}."
    if part == DEFINITIONS:
        shown = sum(row["written"] for row in rows)
        held = "held" if shown >= share * len(rows) else "not held"
        yield f"{shown} show in the ways that are written down ({_percent(shown, len(rows))}): {held}."
    first, last = min(row["at"] for row in rows), max(row["at"] for row in rows)
    yield f"Begun {first} UTC." if first == last else f"Begun {first} UTC, the last part {last} UTC."


def _percent(seen: int, of: int) -> str:
    """Cut, not rounded: 100 % is all of them."""
    return f"{1_000 * seen // of / 10:.1f}%"


def _sights(rows: Sequence[Row]) -> Iterator[str]:
    seen = Counter(sight_of(row["seen"]) for row in rows if row["seen"] is not None)
    if seen:
        yield "\n| seen by | mutants |"
        yield "|---|---|"
        yield from (f"| {words} | {count} |" for words, count in seen.most_common())


def _counted(rows: Sequence[Row], column: str, of: Callable[[Row], str]) -> Iterator[str]:
    if not rows:
        return
    ways = all("written" in row for row in rows)
    yield f"\n| {column} | mutants | seen | survived |{' shown by the written ways |' if ways else ''}"
    yield "|---|---|---|---|---|" if ways else "|---|---|---|---|"
    for name in sorted({of(row) for row in rows}):
        own = [row for row in rows if of(row) == name]
        seen = sum(row["seen"] is not None for row in own)
        shown = f" {sum(row['written'] for row in own)} |" if ways else ""
        yield f"| {name} | {len(own)} | {seen} | {len(own) - seen} |{shown}"


def _safe(words: str) -> str:
    """For a cell of a table, on one line."""
    return " ".join(words.split()).replace("|", "\\|").replace("`", "'")
