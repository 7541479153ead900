"""The tables of a report, each from one list of the incident. Long lists are cut in the item already, and again by
the page; each table says how many there are in all and where the whole list lies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.rules.reporting import open_positions
from functions.rules.reporting.costs import NOT_MEASURED
from functions.rules.reporting.document import MOST_ROWS, Section, Table
from functions.rules.reporting.happened import tables
from functions.rules.reporting.incident import Incident, at, capital, or_none, sentence, told
from functions.rules.reporting.moments import moment
from functions.rules.reporting.people import asked_rows
from functions.rules.reporting.timeline import Timeline

TIMELINE: Final = "Timeline (UTC)"
# What did not go well is never what is cut.
_ORDER: Final = {"unknown": 0, "not_done": 1}
# functions/tasks/check_incident.py: "inc-1: 65 pieces of evidence, 5 acts".
_COUNTS: Final = re.compile(r"(\d+) pieces? of evidence, (\d+) acts?")
_RUNBOOK_ITSELF: Final = "the run itself"


def timeline(it: Incident) -> Section | None:
    found: Timeline | None = it.timeline
    if found is None:
        return None
    lines = [told(line) for line in found.told]
    if found.cut:
        short = any(line.startswith("and ") and line.endswith(" more") for line in found.told)
        words = "the words leave out the later ones too" if short else "the words do not"
        lines.append(f"The picture leaves out {found.cut} of these; {words}.")
    lines += [f"Not in it: {told(one)}" for one in (it.history.unread if it.history else ())]
    return Section(TIMELINE, tuple(lines), picture=it.picture)


def acts(it: Incident) -> Section:
    told_below = set(it.own.acts_told)
    listed = it.maps("actions")
    found = [one for one in listed if not (one.get("target") in told_below and _closes(one))]
    elsewhere = len(listed) - len(found)
    whole = int(it.item.get("actions_total") or len(listed)) - elsewhere
    shown = sorted(found, key=lambda one: str(moment(one.get("at")) or ""))
    if len(found) > MOST_ROWS or whole > len(found):
        shown = sorted(shown, key=lambda one: _ORDER.get(str(one.get("result")), 2))
    rows: tuple[tuple[str, ...], ...] = tuple(
        (
            at(one.get("at")),
            told(one.get("action")),
            told(one.get("target")),
            told(one.get("result") or "unknown").replace("_", " "),
            or_none(one.get("before")),
            or_none(one.get("after")),
            _who(it, one.get("by")),
        )
        for one in shown
    )
    heads: tuple[str, ...] = ("at", "act", "target", "result", "before", "after", "by")
    would = "What would have been done" if it.dry else "What was done"
    nothing = "Nothing would have been changed." if it.dry else "Nothing was changed."
    lines = [] if rows else list(_would(it)) or [nothing if not elsewhere else "Nothing besides."]
    orders = "order at the exchange stands" if elsewhere == 1 else "orders at the exchange stand"
    lines += [f"{elsewhere} {orders} below, under 'Orders sent to the exchange'."] if elsewhere else []
    if {row[-1] for row in rows} == {_RUNBOOK_ITSELF}:
        heads, rows = heads[:-1], tuple(row[:-1] for row in rows)
    return Section(would, (*lines, *_cut(it, "actions", len(listed))), tables(heads, rows))


def _would(it: Incident) -> Iterator[str]:
    """A rehearsal that stops before its acts says in sentences what they would have been."""
    if it.dry:
        would = [one for one in it.said("not_done") if "would " in one]
        yield from (sentence(capital(one)) for one in would[:MOST_ROWS])


def approvals(it: Incident) -> Section:
    found = it.maps("approvals")
    if not found:
        return Section("Approvals", ("Nobody was asked.",))
    heads = ("at", "who", "what", "words")
    tables = tuple(Table(heads, tuple(asked_rows(one))) for one in found[:20])
    more = (f"and {len(found) - 20} more requests, in the incident",) if len(found) > 20 else ()
    return Section("Approvals", more, tables)


def checklist(it: Incident) -> Section:
    rows = tuple(
        (
            told(one.get("question") or one.get("id")),
            told(one.get("result") or "unknown"),
            _value(it, one),
            or_none(one.get("source")),
            told(one.get("query") or ""),
            at(one.get("at")),
        )
        for one in it.maps("checklist")
    )
    heads = ("question", "result", "value", "source", "asked", "at")
    return Section("Checklist", () if rows else ("Not walked.",), tables(heads, rows))


def money(it: Incident) -> Section:
    said = it.text("pnl_impact")
    if said in NOT_MEASURED and open_positions.standing(it):
        said = f"Not measured of this run; what is open stands under '{open_positions.TITLE}'."
    return Section("Profit and loss", (said or "Not measured.",))


def _closes(act: Mapping[str, Any]) -> bool:
    """An order of a close (functions/attempt_acts.py)."""
    return str(act.get("action")).startswith("close ")


def _value(it: Incident, one: Mapping[str, Any]) -> str:
    about = str(one.get("concerns") or "run")
    words = {"others": "concerns others than this run", "before": "failed before this run"}
    more = [words[about]] if about in words and one.get("result") == "fail" else []
    more += [f"since {at(one['began_at'])}"] if one.get("began_at") else []
    more += [f"incident {told(one['incident_id'])}"] if one.get("incident_id") else []
    more += [_counted_since(it, str(one.get("value")))] if one.get("id") == "incident" else []
    return "; ".join(filter(None, [or_none(one.get("value")), *more]))


def _counted_since(it: Incident, value: str) -> str:
    """The checklist counts while the run goes on; both counts stand side by side."""
    evidence_now = int(it.item.get("evidence_total") or len(it.maps("evidence")))
    acts_now = int(it.item.get("actions_total") or len(it.maps("actions")))
    found = _COUNTS.search(value)
    if not found or (int(found[1]), int(found[2])) == (evidence_now, acts_now):
        return ""
    return f"at its end {pieces(evidence_now)} of evidence and {acts_now} acts"


def _cut(it: Incident, name: str, shown: int) -> Iterator[str]:
    whole = int(it.item.get(f"{name}_total") or shown)
    if whole <= min(shown, MOST_ROWS):
        return
    counts = it.item.get(f"{name}_counts")
    told_counts = f" ({', '.join(f'{n} {told(word)}' for word, n in sorted(counts.items()))})" if counts else ""
    where = f"; the whole list: {told(it.place.details)}" if it.place.details else ""
    yield f"{whole} in all{told_counts}, of which {min(shown, MOST_ROWS)} stand here{where}."


def _who(it: Incident, by: object) -> str:
    """An execution by its name, for its machine and account stand in the links; this one in words."""
    if by is not None and by == it.item.get("execution_arn"):
        return _RUNBOOK_ITSELF
    text = str(by or "")
    return told(text.rpartition(":")[2]) if text.startswith("arn:") else or_none(text)


def pieces(number: int) -> str:
    return "1 piece" if number == 1 else f"{number} pieces"
