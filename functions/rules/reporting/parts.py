"""The tables of a report, each from one list of the incident. Long lists are cut in the item already, and again by
the page; each table says how many there are in all and where the whole list lies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.rules.reporting import open_positions
from functions.rules.reporting.causes import cause_told
from functions.rules.reporting.document import MOST_ROWS, Section, Table
from functions.rules.reporting.ended import FIRST_VERDICT, first_seen
from functions.rules.reporting.evidence_rows import HEADS, evidence_rows
from functions.rules.reporting.incident import Incident, at, or_none, sentence, told
from functions.rules.reporting.lines import typed
from functions.rules.reporting.moments import moment
from functions.rules.reporting.people import asked_rows
from functions.rules.reporting.remaining import follow_ups, remaining
from functions.rules.reporting.short import all_left
from functions.rules.reporting.timeline import Timeline

TIMELINE: Final = "Timeline (UTC)"
# What did not go well is never what is cut.
_ORDER: Final = {"unknown": 0, "not_done": 1}
_SAID_ELSEWHERE: Final = frozenset({"asks", "answer", "follow-up"})
# What the follow-ups say with their commands.
_SWITCH_BACK: Final = ("switch back",)
_LEFT: Final = ("Left to a person: ", "Not known: ")
# functions/tasks/check_incident.py: "inc-1: 65 pieces of evidence, 5 acts".
_COUNTS: Final = re.compile(r"(\d+) pieces? of evidence, (\d+) acts?")
_FOLLOW_UP: Final = {"root_cause": "root cause", "prevention": "prevention", "note": "note"}
_RUNBOOK_ITSELF: Final = "the run itself"


def what_happened(it: Incident) -> Section:
    """What the first table has no room for: `once` takes away what stands there."""
    lines = [first_seen(it)]
    lines += [sentence(f"Cause: {one}") for one in cause_told(it.text("runbook"), it.text("cause"))]
    root = it.text("root_cause")
    if root and root != it.text("cause"):
        found = " ".join(cause_told(it.text("runbook"), root))
        lines += [f"Root cause, as the run found it: {found}"]
    lines += [told(one) for one in it.own.causes]
    questions = tuple(told(one.get("question")) for one in it.maps("checklist"))
    seen = {_as_known(one) for one in it.maps("evidence")}
    later = tuple({what for what, _, _ in follow_ups(it)}) and _SWITCH_BACK
    lines += [f"Known: {one}" for one in it.said("known") if one not in seen and not one.startswith(later)]
    lines += [f"Done: {_without_verdict(one)}" for one in it.said("done") if not one.startswith(questions)]
    exposure = () if it.maps(open_positions.FIELD) else it.said("exposure")
    lines += [f"Open at the end: {one}" for one in exposure]
    return Section("What happened, and why", tuple(dict.fromkeys(lines)), _because(it))


def _without_verdict(done: str) -> str:
    """What was done, and not what was meant to be done first."""
    lead = next((one for one in FIRST_VERDICT if done.startswith(one)), "")
    return done.removeprefix(lead)


def _because(it: Incident) -> tuple[Table, ...]:
    """The evidence that the cause was found by."""
    found = set(it.said("known"))
    return _tables(HEADS, evidence_rows([one for one in it.maps("evidence") if _as_known(one) in found]))


def _as_known(one: Mapping[str, Any]) -> str:
    """As an ending tells it (functions/rules/conclude.py)."""
    return told(f"{one.get('what')} {one.get('where')}: {one.get('value')}")


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
    lines = [] if rows else [nothing if not elsewhere else "Nothing besides."]
    orders = "order at the exchange stands" if elsewhere == 1 else "orders at the exchange stand"
    lines += [f"{elsewhere} {orders} below, under 'Orders sent to the exchange'."] if elsewhere else []
    if {row[-1] for row in rows} == {_RUNBOOK_ITSELF}:
        heads, rows = heads[:-1], tuple(row[:-1] for row in rows)
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
            _value(it, one),
            or_none(one.get("source")),
            told(one.get("query") or ""),
            at(one.get("at")),
        )
        for one in it.maps("checklist")
    )
    heads = ("question", "result", "value", "source", "asked", "at")
    return Section("Checklist", () if rows else ("Not walked.",), _tables(heads, rows))


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
    """What is left to do stands in the first table."""
    asked = tuple(one for one in it.texts("open_questions") if not one.startswith(_LEFT))
    return Section("Open questions", asked) if asked else None


def left(it: Incident) -> Section:
    """What the first table has no room for: the rest of it, and commands that are typed for each strategy."""
    lines = tuple(all_left(it)) if not it.dry else ()
    rows = tuple((what, whom, typed(command)) for what, whom, command in follow_ups(it) if command)
    nothing = "All of it stands in the first table." if remaining(it) else "Nothing is left open by this run."
    return Section(
        "Left to a person",
        lines or (() if rows else (nothing,)),
        _tables(("later", "whom", "command"), rows),
    )


def evidence(it: Incident) -> Section:
    """Without what stands under the cause."""
    every = it.maps("evidence")
    above = set(it.said("known"))
    found = [one for one in every if one.get("what") not in _SAID_ELSEWHERE and _as_known(one) not in above]
    if it.own.money:
        found = [one for one in found if not str(one.get("what")).startswith("profit and loss")]
    rows = evidence_rows(found)
    whole = int(it.item.get("evidence_total") or len(every))
    lines = [f"{_pieces(whole)} in all; what stands further up is not told again."] if whole else []
    none = () if whole else ("No evidence was kept.",)
    if whole > len(every):
        where = f"; the whole list: {told(it.place.details)}" if it.place.details else ""
        lines += [f"The incident holds {len(every)} of them{where}."]
    return Section("Evidence", (*none, *lines), _tables(HEADS, rows))


def _pieces(number: int) -> str:
    return "1 piece" if number == 1 else f"{number} pieces"


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
    return f"at its end {_pieces(evidence_now)} of evidence and {acts_now} acts"


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
