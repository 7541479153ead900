"""Nothing is said twice on one page: a sentence that stands further up is left away further down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from functions.rules.reporting.document import Section

# Shorter ones ("Nobody was asked.") cost nothing, and say what a part is about.
_LEAST: Final = 40
_LEADS: Final = re.compile(
    r"^(?:Known|Done|Stopped and verified|Resolved and verified|Open at the end|Cause|Left to a person"
    r"|Root cause, as the run found it|Not known|not known|[a-z_]+): |^(?:Resolved|Stopped); not proven: .*? - "
)
_STOPS: Final = re.compile(r"(?<=[a-z)])\. (?=[a-z])")
_SPACE: Final = re.compile(r"[\s`\x1f]+")


def once(found: Iterable[Section], *, whole: frozenset[str]) -> Iterator[Section]:
    """`whole`: titles of the sections that stay as they are. Cells of tables stay, and count as said."""
    said: list[str] = []
    for section in found:
        if section.title in whole:
            yield section
            continue
        lines = tuple(_new(section.lines, said))
        said += [_form(line) for line in lines]
        said += [
            _form(cell) for table in section.tables for row in table.rows for cell in row if len(cell) > _LEAST
        ]
        if lines or section.tables or section.links or section.picture:
            yield replace(section, lines=lines)


def _new(lines: Iterable[str], said: Iterable[str]) -> Iterator[str]:
    above = "\n".join(said)
    for line in lines:
        form = _form(line)
        if len(form) <= _LEAST or not all(_form(one) in above for one in _STOPS.split(form)):
            yield line
            above = f"{above}\n{form}"


def _form(line: str) -> str:
    """Without what leads it, and without the stop at its end."""
    text = _SPACE.sub(" ", line).strip()
    while (bare := _LEADS.sub("", text)) != text:
        text = bare
    return text.rstrip(".").casefold()
