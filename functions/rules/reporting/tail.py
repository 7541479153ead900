"""The end of a report: what people wrote and have to do, and everything that was seen."""

from __future__ import annotations

from typing import Final

from functions.rules.reporting.document import Section
from functions.rules.reporting.evidence_rows import HEADS, evidence_rows
from functions.rules.reporting.happened import as_known, tables
from functions.rules.reporting.incident import Incident, at, told
from functions.rules.reporting.lines import typed
from functions.rules.reporting.parts import pieces
from functions.rules.reporting.remaining import follow_ups, remaining
from functions.rules.reporting.short import all_left

_FOLLOW_UP: Final = {"root_cause": "root cause", "prevention": "prevention", "note": "note"}
_SAID_ELSEWHERE: Final = frozenset({"asks", "answer", "follow-up"})
_LEFT: Final = ("Left to a person: ", "Not known: ")


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
    return Section("Root cause, prevention and notes of people", lines, tables(("what", "text", "by", "at"), rows))


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
        tables(("later", "whom", "command"), rows),
    )


def evidence(it: Incident) -> Section:
    """Without what stands under the cause."""
    every = it.maps("evidence")
    above = set(it.said("known"))
    found = [one for one in every if one.get("what") not in _SAID_ELSEWHERE and as_known(one) not in above]
    if it.own.money:
        found = [one for one in found if not str(one.get("what")).startswith("profit and loss")]
    rows = evidence_rows(found)
    whole = int(it.item.get("evidence_total") or len(every))
    lines = [f"{pieces(whole)} in all; what stands further up is not told again."] if whole else []
    none = () if whole else ("No evidence was kept.",)
    if whole > len(every):
        where = f"; the whole list: {told(it.place.details)}" if it.place.details else ""
        lines += [f"The incident holds {len(every)} of them{where}."]
    return Section("Evidence", (*none, *lines), tables(HEADS, rows))
