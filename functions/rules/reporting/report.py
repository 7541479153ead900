"""One report for every incident, whatever its runbook: the same sections in one order, as HTML and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from functions.rules.reporting import parts
from functions.rules.reporting.addresses import alarm_url, execution_url, log_group_url
from functions.rules.reporting.document import Link, Section, Table, to_html, to_markdown
from functions.rules.reporting.incident import Incident, told
from functions.rules.reporting.short import short, title_of
from functions.rules.reporting.unanswered import unanswered

HTML: Final = "report.html"
MARKDOWN: Final = "report.md"
OWN: Final = "sections.json"
MOST_CHILDREN: Final = 40
MOST_BYTES: Final = 900_000
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
    yield short(it)
    for found in (parts.open_questions(it), parts.what_happened(it), unanswered(it), parts.timeline(it)):
        if found is not None:
            yield found
    yield parts.acts(it)
    yield parts.approvals(it)
    yield from map(_shown, it.own.sections)
    yield parts.checklist(it)
    yield from map(_shown, it.own.money or (parts.money(it),))
    yield parts.follow_up(it)
    yield parts.left(it)
    yield links(it)
    yield parts.evidence(it)


def links(it: Incident) -> Section:
    """What it happened in, by its addresses in the console."""
    return Section("Links (AWS console, with your own rights)", links=tuple(_links(it)))


def _links(it: Incident) -> Iterator[Link]:
    region, arn = it.place.region, it.text("execution_arn")
    if ":execution:" in arn:
        yield Link(f"execution {arn.rpartition(':')[2]}", execution_url(region, arn))
    spans = it.history.spans if it.history else ()
    others = [one for one in dict.fromkeys((span.execution_arn, span.machine) for span in spans) if one[0] != arn]
    for child, machine in others[:MOST_CHILDREN]:
        yield Link(f"child of it: {told(machine)}", execution_url(region, child))
    yield Link(f"log group {it.place.log_group}", log_group_url(region, it.place.log_group))
    for name in dict.fromkeys([*filter(None, [it.text("alarm_name")]), *it.place.alarms]):
        yield Link(f"alarm {told(name)}", alarm_url(region, name))
    if it.place.details:
        yield Link("the whole lists", it.place.details)


def _shown(section: Section) -> Section:
    """A runbook's own words come from tables, logs and venues like all the others, and bring no markup."""
    tables = tuple(
        Table(tuple(map(told, one.heads)), tuple(tuple(map(told, row)) for row in one.rows))
        for one in section.tables
    )
    return replace(
        section, title=told(section.title), lines=tuple(map(told, section.lines)), tables=tables, picture=""
    )
