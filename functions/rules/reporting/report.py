"""One report for every incident, whatever its runbook: the same sections in one order, as HTML and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from functions.rules.reporting import parts
from functions.rules.reporting.addresses import alarm_url, execution_url, log_group_url
from functions.rules.reporting.document import Link, Section, Table, to_html, to_markdown
from functions.rules.reporting.incident import Incident, told
from functions.rules.reporting.short import short, title_of

HTML: Final = "report.html"
MARKDOWN: Final = "report.md"
OWN: Final = "sections.json"
MOST_CHILDREN: Final = 40


def documents(it: Incident) -> Mapping[str, tuple[str, str]]:
    """Both files by name, each with its media type."""
    title, told_sections = title_of(it), tuple(sections(it))
    return {
        HTML: (to_html(told_sections, title), "text/html"),
        MARKDOWN: (to_markdown(told_sections, title), "text/markdown"),
    }


def sections(it: Incident) -> Iterator[Section]:
    yield short(it)
    for found in (parts.open_questions(it), parts.what_happened(it), parts.timeline(it)):
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
