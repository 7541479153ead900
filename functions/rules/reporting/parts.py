"""The tables of a report, each from one list of the incident. Long lists are cut in the item already, and again by
the page; each table says how many there are in all and where the whole list lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.rules.reporting.document import MOST_ROWS, Section, Table
from functions.rules.reporting.incident import Incident, at, in_words, or_none, sentence, told
from functions.rules.reporting.moments import moment
from functions.rules.reporting.people import asked_rows
from functions.rules.reporting.timeline import Timeline

# What did not go well is never what is cut.
_ORDER: Final = {"unknown": 0, "not_done": 1}
_SAID_ELSEWHERE: Final = frozenset({"asks", "answer"})
_FOLLOW_UP: Final = {"root_cause": "root cause", "prevention": "prevention", "note": "note"}
_RUNBOOK_ITSELF: Final = "the run itself"


def what_happened(it: Incident) -> Section:
    lines = [it.text("summary") or "The run has not ended."]
    lines.append(sentence(f"Cause: {in_words(it.text('cause')) or 'not found'}"))
    root = it.text("root_cause")
    lines += [f"Root cause, as the run found it: {in_words(root)}"] if root and root != it.text("cause") else []
    lines += [told(one) for one in it.own.causes]
    lines += [f"Known: {one}" for one in it.said("known")]
    lines += [f"Done: {one}" for one in it.said("done")]
    lines += [f"Open at the end: {one}" for one in it.said("exposure")]
    return Section("What happened, and why", tuple(dict.fromkeys(lines)))


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
    return Section("Timeline (UTC)", tuple(lines), picture=it.picture)


def acts(it: Incident) -> Section:
    told_below = set(it.own.acts_told)
    listed = it.maps("actions")
    found = [one for one in listed if not (one.get("target") in told_below and _closes(one))]
    elsewhere = len(listed) - len(found)
    whole = int(it.item.get("actions_total") or len(listed)) - elsewhere
    shown = sorted(found, key=lambda one: str(moment(one.get("at")) or ""))
    if len(found) > MOST_ROWS or whole > len(found):
        shown = sorted(shown, key=lambda one: _ORDER.get(str(one.get("result")), 2))
    rows = tuple(
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
    heads = ("at", "act", "target", "result", "before", "after", "by")
    would = "What would have been done" if it.dry else "What was done"
    nothing = "Nothing would have been changed." if it.dry else "Nothing was changed."
    lines = [] if rows else [nothing if not elsewhere else "Nothing besides."]
    orders = "order at the exchange stands" if elsewhere == 1 else "orders at the exchange stand"
    lines += [f"{elsewhere} {orders} in a table of their own below."] if elsewhere else []
    return Section(would, (*lines, *_cut(it, "actions", len(listed))), _tables(heads, rows))


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
            _value(one),
            or_none(one.get("source")),
            told(one.get("query") or ""),
            at(one.get("at")),
        )
        for one in it.maps("checklist")
    )
    heads = ("question", "result", "value", "source", "asked", "at")
    gaps = tuple(f"Not proven: {one}" for one in it.texts("not_proven"))
    return Section("Checklist", (*(() if rows else ("Not walked.",)), *gaps), _tables(heads, rows))


def money(it: Incident) -> Section:
    return Section("Profit and loss", (it.text("pnl_impact") or "Not measured.",))


def follow_up(it: Incident) -> Section:
    rows = tuple(
        (
            _FOLLOW_UP.get(str(one.get("field")), "note"),
            told(one.get("text")),
            told(one.get("by")),
            at(one.get("at")),
        )
        for one in it.maps("follow_up")
    )
    given = {row[0] for row in rows}
    missing = [name for name in ("root cause", "prevention") if name not in given]
    lines = (f"Nobody has written down yet: {' and '.join(missing)}.",) if missing else ()
    return Section("Root cause, prevention and notes of people", lines, _tables(("what", "text", "by", "at"), rows))


def open_questions(it: Incident) -> Section | None:
    asked = it.texts("open_questions")
    return Section("Open questions", asked) if asked else None


def left(it: Incident) -> Section:
    lines = [*it.left, *(f"Could not be read for this report: {told(one)}" for one in it.unread)]
    until = it.item.get("left_open_until")
    lines += [f"The risk is accepted until {at(until)}."] if until else []
    none = "See the open questions." if it.texts("open_questions") else "Nothing is left open by this run."
    return Section("Left to a person", tuple(lines) or (none,))


def evidence(it: Incident) -> Section:
    found = [one for one in it.maps("evidence") if one.get("what") not in _SAID_ELSEWHERE]
    found.sort(key=lambda one: str(moment(one.get("at")) or ""))
    rows = tuple(
        (at(one.get("at")), *map(or_none, (one.get(n) for n in ("what", "where", "value")))) for one in found
    )
    none = () if rows else ("No evidence was kept.",)
    lines = (*none, *_cut(it, "evidence", len(it.maps("evidence"))))
    return Section("Evidence", lines, _tables(("seen at", "what", "where", "value"), rows))


def _closes(act: Mapping[str, Any]) -> bool:
    """An order of a close (functions/attempt_acts.py)."""
    return str(act.get("action")).startswith("close ")


def _value(one: Mapping[str, Any]) -> str:
    about = str(one.get("concerns") or "run")
    words = {"others": "concerns others than this run", "before": "failed before this run"}
    more = [words[about]] if about in words and one.get("result") == "fail" else []
    more += [f"since {at(one['began_at'])}"] if one.get("began_at") else []
    more += [f"incident {told(one['incident_id'])}"] if one.get("incident_id") else []
    return "; ".join([or_none(one.get("value")), *more])


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


def _tables(heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Table, ...]:
    return (Table(heads, rows),) if rows else ()
