"""How a verification that stands by itself ends: nothing acts, so it is resolved where nothing fails."""

from __future__ import annotations

from collections.abc import Sequence

from functions.facts import Check, ChecklistItem, Outcome
from functions.rules.checklist import judge_checklist
from functions.rules.pieces import Ending
from functions.rules.proposals import names
from functions.rules.proven import tail


def judge_verification(items: Sequence[ChecklistItem], *, dry_run: bool) -> Ending:
    """A failing line escalates, and so does one that must pass and cannot be told (CONTRACT.md 4)."""
    answers = judge_checklist(items)
    told = {item.id: f"{item.question} - {item.result.value}: {item.value} ({item.source})" for item in items}
    failing = tuple(told.get(i, i) for i in answers.blocking)
    besides = tuple(f"not of these strategies: {told[i]}" for i in answers.others)
    by_id = {item.id: item for item in items}
    elsewhere = [_named(by_id[i]) for i in answers.others if by_id[i].result is Check.FAIL]
    passes = tuple(told[i] for i in answers.passes)
    if failing:
        outcome, severity = Outcome.ESCALATED, "critical"
        what = "1 line of the checklist does" if len(failing) == 1 else f"{len(failing)} lines of the checklist do"
        summary = f"{what} not hold: {'; '.join(failing)}"
    else:
        outcome, severity = Outcome.RESOLVED, "low"
        fails = f"none fails of these strategies; elsewhere fails: {', '.join(elsewhere)}"
        none = fails if elsewhere else "none fails"
        summary = f"{len(passes)} of {len(told)} lines of the checklist pass, {none}{tail(answers.not_proven)}"
    if dry_run:
        outcome = Outcome.DRY_RUN
    return Ending(
        outcome,
        summary,
        severity,
        known=(*passes, *besides),
        not_done=failing,
        unknown=tuple(told.get(i, f"{i}: no answer") for i in answers.unknown),
        not_proven=answers.not_proven,
        headline=tuple(_headed(i, by_id.get(i)) for i in answers.blocking),
    )


def cause_of(items: Sequence[ChecklistItem]) -> str | None:
    """For the incident: the lines that do not hold; None: all that must hold do."""
    blocking = judge_checklist(items).blocking
    return f"checklist: {', '.join(blocking)}" if blocking else None


def _named(item: ChecklistItem) -> str:
    """A line with the strategies, positions or alarms that it is about."""
    return f"{item.id} ({names(item.about)})" if item.about else item.id


def _headed(line_id: str, item: ChecklistItem | None) -> str:
    """For the subject of a mail; more than one is told apart by it."""
    return f"{line_id} {'unknown' if item is None else item.result.value}" + (
        f": {names(item.about)}" if item is not None and item.about else ""
    )
