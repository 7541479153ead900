"""One report for every incident, whatever its runbook: the same sections in one order, as HTML and Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from functions.history import StateSpan
from functions.rules.reporting import open_positions, parts, tail
from functions.rules.reporting.addresses import alarm_url, execution_url, log_group_url
from functions.rules.reporting.document import Link, Section, Table, to_html, to_markdown
from functions.rules.reporting.happened import what_happened
from functions.rules.reporting.incident import Incident, told
from functions.rules.reporting.moments import clock
from functions.rules.reporting.once import once
from functions.rules.reporting.short import short, title_of
from functions.rules.reporting.unanswered import unanswered

HTML: Final = "report.html"
MARKDOWN: Final = "report.md"
OWN: Final = "sections.json"
MOST_CHILDREN: Final = 40
MOST_BYTES: Final = 900_000
# What a cell holds that says nothing.
_NOTHING: Final = ((), ("",), ("none",))
# By the file's name in the bucket.
_WHOLE: Final = {
    "strategies.jsonl": "every strategy, one by one (JSON Lines)",
    "exposure.jsonl": "every open position (JSON Lines)",
    "a.jsonl": "all evidence, actions and orders (JSON Lines)",
}
# Characters of a text and rows of a list, tried in this order where a report is too large.
_SHORTER: Final = ((400, 200), (200, 100), (100, 40))


def documents(it: Incident) -> Mapping[str, tuple[str, str]]:
    """Both files by name, each with its media type; neither is larger than `MOST_BYTES`."""
    title, told_sections = title_of(it), tuple(sections(it))
    page = to_html(told_sections, title)
    for characters, rows in _SHORTER:
        if len(page.encode()) <= MOST_BYTES:
            break
        told_sections = tuple(_shortened(told_sections, characters, rows))
        page = to_html(told_sections, title)
    return {HTML: (page, "text/html"), MARKDOWN: (to_markdown(told_sections, title), "text/markdown")}


def _shortened(found: Iterable[Section], characters: int, rows: int) -> Iterator[Section]:
    """The same with shorter texts and tables, and a word on that."""
    note = (
        f"It is long: texts are cut at {characters} characters here, lists at {rows}. The incident has them whole."
    )

    def cut(text: str) -> str:
        return text if len(text) <= characters else f"{text[:characters]} ... (cut)"

    for place, section in enumerate(found):
        lines = tuple(map(cut, section.lines[:rows]))
        more = len(section.lines) - rows
        lines += (f"and {more} more",) if more > 0 else ()
        tables = tuple(
            Table(
                one.heads,
                (
                    *(tuple(map(cut, row)) for row in one.rows[:rows]),
                    *(((f"and {len(one.rows) - rows} more",),) if len(one.rows) > rows else ()),
                ),
            )
            for one in section.tables
        )
        yield replace(section, lines=(note, *lines) if place == 0 else lines, tables=tables)


def sections(it: Incident) -> Iterator[Section]:
    """Nothing twice, and no column in which nothing stands. The timeline tells in the order of time what stands
    elsewhere by what it is."""
    for section in once(_sections(it), whole=frozenset({parts.TIMELINE})):
        yield replace(section, tables=tuple(map(filled, section.tables)))


def filled(table: Table) -> Table:
    """Without the columns of which no row says anything. A list of facts keeps both of its columns."""
    if len(table.heads) < 3 or not table.rows:
        return table
    kept = [n for n in range(len(table.heads)) if any(row[n : n + 1] not in _NOTHING for row in table.rows)]
    return Table(
        tuple(table.heads[n] for n in kept),
        tuple(tuple(row[n] if n < len(row) else "" for n in kept) for row in table.rows),
    )


def _sections(it: Incident) -> Iterator[Section]:
    yield short(it)
    for found in (tail.open_questions(it), what_happened(it), unanswered(it), parts.timeline(it)):
        if found is not None:
            yield found
    yield parts.acts(it)
    if (standing := open_positions.section(it)) is not None:
        yield standing
    yield parts.approvals(it)
    yield from map(_shown, it.own.sections)
    yield parts.checklist(it)
    yield from map(_shown, it.own.money or (parts.money(it),))
    yield tail.follow_up(it)
    yield tail.left(it)
    yield links(it)
    yield tail.evidence(it)


def links(it: Incident) -> Section:
    """What it happened in, by its addresses in the console."""
    return Section("Links (AWS console, with your own rights)", links=tuple(_links(it)))


def _links(it: Incident) -> Iterator[Link]:
    region, arn = it.place.region, it.text("execution_arn")
    if ":execution:" in arn:
        yield Link(f"run of {it.text('runbook')}", execution_url(region, arn))
    for child, name in _children(it, arn)[:MOST_CHILDREN]:
        yield Link(f"run of {name}", execution_url(region, child))
    yield Link(f"log of the strategy service ({it.place.log_group})", log_group_url(region, it.place.log_group))
    for name in dict.fromkeys([*filter(None, [it.text("alarm_name")]), *it.place.alarms]):
        yield Link(f"alarm {told(name)}", alarm_url(region, name))
    if it.place.details:
        name = _WHOLE.get(told(it.item.get("details_key")).rpartition("/")[2], "the whole list (JSON Lines)")
        yield Link(name, it.place.details)


def _children(it: Incident, arn: str) -> list[tuple[str, str]]:
    """Executions that this one started, each by its machine; several of one machine by when they began, too."""
    begun: dict[str, StateSpan] = {}
    for span in it.history.spans if it.history else ():
        if span.execution_arn != arn:
            begun.setdefault(span.execution_arn, span)
    number = Counter(span.machine for span in begun.values())
    found = []
    for child, span in begun.items():
        when = f" ({clock(span.entered_at)} UTC)" if number[span.machine] > 1 else ""
        found.append((child, f"{told(span.machine)}{when}"))
    return found


def _shown(section: Section) -> Section:
    """A runbook's own words come from tables, logs and venues like all the others, and bring no markup."""
    tables = tuple(
        Table(tuple(map(told, one.heads)), tuple(tuple(map(told, row)) for row in one.rows))
        for one in section.tables
    )
    return replace(
        section, title=told(section.title), lines=tuple(map(told, section.lines)), tables=tables, picture=""
    )
