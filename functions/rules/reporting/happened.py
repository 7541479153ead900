"""What happened, and the evidence that the cause was found by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from functions.rules.reporting import open_positions
from functions.rules.reporting.causes import cause_told
from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.ended import FIRST_VERDICT, first_seen
from functions.rules.reporting.evidence_rows import HEADS, evidence_rows
from functions.rules.reporting.incident import Incident, sentence, told
from functions.rules.reporting.remaining import COMMAND, follow_ups

# What the follow-ups say with their commands.
_SWITCH_BACK: Final = ("switch back",)


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
    seen = {as_known(one) for one in it.maps("evidence")}
    later = tuple({what for what, _, _ in follow_ups(it)}) and _SWITCH_BACK
    below = (*later, COMMAND)
    lines += [f"Known: {one}" for one in it.said("known") if one not in seen and not one.startswith(below)]
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
    return tables(HEADS, evidence_rows([one for one in it.maps("evidence") if as_known(one) in found]))


def as_known(one: Mapping[str, Any]) -> str:
    """As an ending tells it (functions/rules/conclude.py)."""
    return told(f"{one.get('what')} {one.get('where')}: {one.get('value')}")


def tables(heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Table, ...]:
    return (Table(heads, rows),) if rows else ()
