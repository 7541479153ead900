"""What the states of verify-trading hand to one another, and the form of an answer."""

from __future__ import annotations

from datetime import datetime

from functions.contracts import Frozen
from functions.facts import Check, ChecklistItem
from functions.rules.checklist import LINES


class Scope(Frozen):
    """What is verified. `child`: on behalf of another run; `strategy_ids` null: every strategy.

    `since`: errors before it belong to the trouble that was cured.
    """

    child: bool
    strategy_ids: tuple[str, ...] | None
    since: datetime


QUESTIONS = {line.id: line.question for line in LINES}


def answer(
    item_id: str, result: Check, value: str, source: str, at: datetime, *, concerns: str = "run"
) -> ChecklistItem:
    """`concerns` is `run`, or `others` where only strategies fail that this run was not about."""
    return ChecklistItem(item_id, QUESTIONS[item_id], result, value, source, at, concerns)
