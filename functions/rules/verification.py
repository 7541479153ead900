"""How a verification that stands by itself ends: nothing acts, so it is resolved where nothing fails."""

from __future__ import annotations

from collections.abc import Sequence

from functions.facts import ChecklistItem, Outcome
from functions.rules.checklist import judge_checklist
from functions.rules.pieces import Ending
from functions.rules.proven import tail


def judge_verification(items: Sequence[ChecklistItem], *, dry_run: bool) -> Ending:
    """A failing line escalates, and so does one that must pass and cannot be told (CONTRACT.md 4)."""
    answers = judge_checklist(items)
    told = {item.id: f"{item.question} - {item.result.value}: {item.value} ({item.source})" for item in items}
    failing = tuple(told.get(i, i) for i in answers.blocking)
    besides = tuple(f"not of these strategies: {told[i]}" for i in answers.others)
    passes = tuple(told[i] for i in answers.passes)
    if failing:
        outcome, severity = Outcome.ESCALATED, "critical"
        what = "1 line of the checklist does" if len(failing) == 1 else f"{len(failing)} lines of the checklist do"
        summary = f"{what} not hold: {'; '.join(failing)}"
    else:
        outcome, severity = Outcome.RESOLVED, "low"
        summary = f"{len(passes)} of {len(told)} lines of the checklist pass, none fails{tail(answers.not_proven)}"
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
    )
