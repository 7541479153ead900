"""A report as Markdown that a viewer renders and a person can read raw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from functions.rules.reporting.lines import lines_of, rendered
from functions.rules.reporting.links import safe_url
from functions.rules.reporting.sections import SIGNS, Link, Section, Table, plain, rows_of, tone_of

# What Markdown reads as markup anywhere; at the beginning of a line; at the end of a heading; an underscore that
# is not inside a word; and what viewers make links and mentions of by themselves. The rest stays as it is, for a
# report is read raw too.
_MARKS: Final = re.compile(
    r"([\\`*\[\]<>|~$@]"
    r"|^[#+\-=](?=[#+\-= ]|$)"
    r"|(?<= )#(?=#*$)"
    r"|&(?=#?\w+;)"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|:(?=//)|(?<=\bwww)\.)",
    re.IGNORECASE,
)
_TICKS: Final = re.compile("`+")
_BAR: Final = "\\|"
_NUMBERED: Final = re.compile(r"^(\d{1,9})([.)])(?= |$)")


def to_markdown(sections: Sequence[Section], title: str) -> str:
    parts = [f"# {_marked(title)}"]
    for section in sections:
        parts.append(f"## {_marked(section.title)}")
        if section.lines:
            parts.append("\n".join(f"- {_words(line)}" for line in section.lines))
        parts += ["\n".join(_table(table)) for table in section.tables]
        if section.links:
            parts.append("\n".join(f"- {_link(link)}" for link in section.links))
    return "\n\n".join(parts) + "\n"


def _marked(text: str) -> str:
    return _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\1", plain(text)))


def _link(link: Link) -> str:
    url = safe_url(link.url)
    if url is None:
        return f"{_marked(link.name)}: {_marked(link.url)}"
    # Nothing in it ends the address: neither a space nor a bracket, and `%` stays what it is.
    return f"[{_marked(link.name)}](<{quote(url, safe=':/?#@!$&*+,;=%~-._()')}>)"


def _table(table: Table) -> Iterator[str]:
    yield _row(tuple(map(_marked, table.heads)))
    yield "|" + " --- |" * len(table.heads)
    for row in rows_of(table):
        yield _row(tuple(_cell(head, cell) for head, cell in zip(table.heads, row, strict=True)))


def _cell(head: str, cell: str) -> str:
    tone = tone_of(head, cell)
    if tone is not None:
        return f"{SIGNS[tone]} {_marked(cell.replace('_', ' '))}"
    return "<br>".join(map(_words, lines_of(cell)))


def _words(text: str) -> str:
    """What is typed stands as it is."""
    return rendered(text, _marked, _typed)


def _typed(command: str) -> str:
    """Between more backticks than stand in it; a bar would end a table's cell."""
    command = plain(command)
    fence = "`" * (1 + max(map(len, _TICKS.findall(command)), default=0))
    space = " " if command.startswith("`") or command.endswith("`") else ""
    return f"{fence}{space}{command.replace('|', _BAR)}{space}{fence}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
