"""A report as data, and as Markdown or as one HTML page that loads nothing.

Its texts come from tables, logs and a venue: whatever stands in them is shown as it is and does nothing. Only the
standard library renders it, so that the task which ends a run needs no layer for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

MOST: Final = 1_000
MOST_ROWS: Final = 200
# So many columns fit on a phone.
_NARROW: Final = 2
_CUT: Final = " ... (cut)"
# What Markdown reads as markup anywhere; at the beginning of a line; an underscore that is not inside a word; and
# what viewers make links and mentions of by themselves. The rest stays as it is, for a report is read raw too.
_MARKS: Final = re.compile(
    r"([\\`*\[\]<>|~$@]"
    r"|^[#+\-=](?=[#+\-= ]|$)"
    r"|&(?=#?\w+;)"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|:(?=//)|(?<=\bwww)\.)",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^(\d{1,9})([.)])(?= |$)")
_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{max-width:68rem;margin:0 auto;padding:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}"
    "div{overflow-x:auto;margin:.75rem 0}table{border-collapse:collapse;width:100%;overflow-wrap:break-word}"
    "th,td{border:1px solid #8884;padding:.35rem .5rem;text-align:left;vertical-align:top}"
    ".wide td{overflow-wrap:anywhere}"
    # On a narrow screen a row of many cells stands below one another, each cell after its head.
    "@media(max-width:64rem){.wide thead{display:none}.wide tr,.wide td{display:block}"
    ".wide tr{border:1px solid #8884;margin-bottom:.5rem}.wide td{border:0}"
    '.wide td::before{content:attr(data-head) ": ";font-weight:600}}'
)
# Nothing is loaded, nothing runs, nothing is sent, also where a bucket serves the page.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows have as many cells as there are `heads`; what is missing is empty, what is too much is left out."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Plain text; the renderers escape it."""

    title: str
    lines: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def to_markdown(sections: Sequence[Section], title: str) -> str:
    parts = [f"# {_marked(title)}"]
    for section in sections:
        parts.append(f"## {_marked(section.title)}")
        if section.lines:
            parts.append("\n".join(f"- {_marked(line)}" for line in section.lines))
        parts += ["\n".join(_markdown_rows(table)) for table in section.tables]
    return "\n\n".join(parts) + "\n"


def to_html(sections: Sequence[Section], title: str) -> str:
    """One whole page."""
    body = "".join(part for section in sections for part in _html_of(section))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex, nofollow"><title>{_safe(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{_safe(title)}</h1>\n{body}</body></html>\n"
    )


def plain(text: str) -> str:
    """One line of at most `MOST` characters, without control, direction and invisible ones."""
    shown = "".join(_character(one) for one in text[: 4 * MOST])
    line = " ".join(shown.split())
    return line if len(line) <= MOST and len(text) <= 4 * MOST else f"{line[: MOST - len(_CUT)].rstrip()}{_CUT}"


def _character(one: str) -> str:
    category = unicodedata.category(one)
    if category == "Cf":
        return ""
    return " " if category[0] in "CZ" else one


def _marked(text: str) -> str:
    return _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\1", plain(text)))


def _safe(text: str) -> str:
    return escape(plain(text), quote=True)


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    """As wide as the heads, and as many as can be read."""
    width = len(table.heads)
    for row in table.rows[:MOST_ROWS]:
        yield (*row[:width], *("",) * (width - len(row)))
    if (more := len(table.rows) - MOST_ROWS) > 0:
        yield (f"and {more} more", *("",) * (width - 1))


def _markdown_rows(table: Table) -> Iterator[str]:
    yield _markdown_row(table.heads)
    yield "|" + " --- |" * len(table.heads)
    yield from map(_markdown_row, _rows(table))


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(_marked, cells)) + " |"


def _html_of(section: Section) -> Iterator[str]:
    yield f"<h2>{_safe(section.title)}</h2>\n"
    if section.lines:
        yield "<ul>" + "".join(f"<li>{_safe(line)}</li>" for line in section.lines) + "</ul>\n"
    for table in section.tables:
        heads = "".join(f'<th scope="col">{_safe(head)}</th>' for head in table.heads)
        rows = "".join(f"<tr>{_html_cells(table.heads, row)}</tr>" for row in _rows(table))
        wide = ' class="wide"' if len(table.heads) > _NARROW else ""
        yield f"<div><table{wide}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>\n"


def _html_cells(heads: tuple[str, ...], row: tuple[str, ...]) -> str:
    if len(heads) <= _NARROW:
        return "".join(f"<td>{_safe(cell)}</td>" for cell in row)
    pairs = zip(heads, row, strict=True)
    return "".join(f'<td data-head="{_safe(head)}">{_safe(cell)}</td>' for head, cell in pairs)
