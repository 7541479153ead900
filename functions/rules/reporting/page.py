"""A report as one HTML page that loads nothing, sends nothing and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from functions.rules.reporting.lines import lines_of, rendered
from functions.rules.reporting.links import safe_url
from functions.rules.reporting.sections import SIGNS, Link, Section, Table, plain, rows_of, tone_of
from functions.rules.reporting.style import STYLE

# So many columns are a list of facts, which fits on a phone as it is.
_FACTS: Final = 2
_BARE: Final = frozenset({"what", "fact", ""})
# With fewer parts nobody needs a list of them.
_LISTED: Final = 6
# Nothing is loaded, nothing runs, nothing is sent, also where a bucket serves the page.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_TIMED: Final = re.compile(r"^((?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d) (.+)$")
_WHEN: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$")
_LONG: Final = re.compile(r"([^\s-]{15,})")
# What nobody may read over.
_LOUD: Final = re.compile(
    r"\b(UNPROTECTED|NOT KNOWN TO BE PROTECTED|PROTECTED IN PART ONLY|NOT PROVEN|NOT RESOLVED|STILL AT RISK"
    r"|STOPPED BY HAND|THE RUN ITSELF FAILED|FAILS?|UNKNOWN)\b"
)
_PIECE: Final = 12
# A picture is ours; should it ever not be, it is not shown.
_ACTIVE: Final = re.compile(
    r"<\s*(?!/?(?:svg|g|path|text|tspan|title|desc|defs|pattern|rect|use|clipPath)\b)[a-z!?/]"
    r"|\bon\w+\s*=|href\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)|javascript:",
    re.IGNORECASE,
)


def to_html(sections: Sequence[Section], title: str) -> str:
    """One whole page."""
    parts = ["".join(_section(section, place)) for place, section in enumerate(sections)]
    # Whoever has a minute reads the first part alone.
    body = "".join([*parts[:1], _contents(sections), *parts[1:]])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex, nofollow"><title>{_safe(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><header><h1>{_safe(title)}</h1></header>\n"
        f"<main>\n{body}</main></body></html>\n"
    )


def _contents(sections: Sequence[Section]) -> str:
    if len(sections) < _LISTED:
        return ""
    links = "".join(f'<li><a href="#s{n}">{_safe(section.title)}</a></li>' for n, section in enumerate(sections))
    return f'<nav aria-label="Parts of this report"><ul>{links}</ul></nav>\n'


def _section(section: Section, place: int) -> Iterator[str]:
    yield f'<section id="s{place}"><h2>{_safe(section.title)}</h2>\n'
    if section.picture and not _ACTIVE.search(section.picture):
        yield f"<figure>{section.picture}</figure>\n"
    if section.lines:
        timed = sum(_TIMED.match(plain(line)) is not None for line in section.lines)
        kind = ' class="timed"' if timed > len(section.lines) / 2 else ""
        yield f"<ul{kind}>" + "".join(f"<li>{_line(line)}</li>" for line in section.lines) + "</ul>\n"
    for table in section.tables:
        yield from _table(table)
    if section.links:
        yield '<ul class="links">' + "".join(f"<li>{_link(link)}</li>" for link in section.links) + "</ul>\n"
    yield "</section>\n"


def _table(table: Table) -> Iterator[str]:
    facts = len(table.heads) <= _FACTS
    heads = "".join(f'<th scope="col">{_safe(head)}</th>' for head in table.heads)
    # "What" and "told" head nothing that needs to be said.
    heading = "facts bare" if table.heads and table.heads[0].strip().lower() in _BARE else "facts"
    yield f'<table class="{heading if facts else "wide"}"><thead><tr>{heads}</tr></thead><tbody>'
    for row in rows_of(table):
        yield "<tr>" + "".join(_cells(table.heads, row, facts)) + "</tr>"
    yield "</tbody></table>\n"


def _cells(heads: tuple[str, ...], row: tuple[str, ...], facts: bool) -> Iterator[str]:
    """Of facts the first cell says what the second one is; of the others each says below which head it stands."""
    if facts:
        yield f'<th scope="row">{_safe(row[0])}</th>' if row else ""
        yield from (f"<td>{_cell(row[0], cell)}</td>" for cell in row[1:])
        return
    for head, cell in zip(heads, row, strict=True):
        kind = ' class="when"' if _WHEN.match(cell) else "" if plain(cell) else ' class="empty"'
        yield f'<td data-head="{_safe(head)}"{kind}>{_cell(head, cell)}</td>'


def _cell(head: str, cell: str) -> str:
    tone = tone_of(head, cell)
    if tone is None:
        found = lines_of(cell)
        if len(found) == 1:
            return _words(found[0])
        return "<ul>" + "".join(f"<li>{_words(one)}</li>" for one in found) + "</ul>"
    return (
        f'<span class="{tone}"><span aria-hidden="true">{SIGNS[tone]}</span> {_safe(cell.replace("_", " "))}</span>'
    )


def _words(text: str) -> str:
    """What is typed stands apart, and is copied without what surrounds it."""
    return _LOUD.sub(r'<strong class="loud">\1</strong>', rendered(text, _text, _code))


def _code(command: str) -> str:
    return f"<code>{_text(command)}</code>"


def _text(text: str) -> str:
    return "".join(map(_breakable, _LONG.split(plain(text))))


def _breakable(word: str) -> str:
    """Ids and digests may be broken, so that words are not."""
    if not _LONG.fullmatch(word):
        return escape(word, quote=True)
    return "<wbr>".join(escape(word[n : n + _PIECE], quote=True) for n in range(0, len(word), _PIECE))


def _line(line: str) -> str:
    timed = _TIMED.match(plain(line))
    return (
        rendered(line, _safe, _code)
        if timed is None
        else f"<time>{_safe(timed[1])}</time> <span>{_safe(timed[2])}</span>"
    )


def _link(link: Link) -> str:
    url = safe_url(link.url)
    if url is None:
        return f"{_safe(link.name)}: {_safe(link.url)}"
    return f'<a href="{escape(url, quote=True)}" rel="noopener noreferrer">{_safe(link.name)}</a>'


def _safe(text: str) -> str:
    return escape(plain(text), quote=True)
