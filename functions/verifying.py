"""What the states of verify-trading hand to one another, and the form of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

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


# Names of what fails, in one answer; the value counts them all.
MOST_ABOUT: Final = 20

QUESTIONS = {line.id: line.question for line in LINES}


def answer(
    item_id: str,
    result: Check,
    value: str,
    source: str,
    at: datetime,
    *,
    concerns: str = "run",
    query: str = "",
    began_at: datetime | None = None,
    about: Iterable[str] = (),
) -> ChecklistItem:
    """`concerns`: `run`, `others` or `before` (functions/facts.py)."""
    return ChecklistItem(
        item_id, QUESTIONS[item_id], result, value, source, at, concerns, query, began_at, tuple(about)[:MOST_ABOUT]
    )
