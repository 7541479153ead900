"""What the states of verify-trading hand to one another, and the form of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Check, ChecklistItem, StrategyState
from functions.ports import Ports
from functions.rules.checklist import LINES
from functions.rules.kill_switch import halts, halts_everything


class Scope(Frozen):
    """What is verified. `child`: on behalf of another run; `strategy_ids` null: every strategy.

    `since`: errors before it belong to the trouble that was cured; `since_what` was then, in words (null: nothing,
    it is only a while ago). Of the run that it is on behalf of: its
    `runbook`, when it was `opened_at`, the `alarm_name` that started it and the `position_ids` that it was about.
    `test_order`: a real one may be asked for.
    """

    child: bool
    strategy_ids: tuple[str, ...] | None
    since: datetime
    since_what: str | None = None
    runbook: str = "verify-trading"
    opened_at: datetime | None = None
    alarm_name: str | None = None
    position_ids: tuple[str, ...] = ()
    test_order: bool = False

    def concerns(self, strategy_id: str) -> bool:
        return self.strategy_ids is None or strategy_id in self.strategy_ids

    def was_before(self, began_at: datetime | None) -> bool:
        """It failed already when the run began, on whose behalf this is; not known is not before."""
        if not self.child or began_at is None or self.opened_at is None:
            return False
        return began_at < self.opened_at


HALT_NEEDS: Final = ("guards.kill_switch",)


def halted(ports: Ports, scope: Scope, every: Iterable[StrategyState]) -> bool:
    """Nobody of the scope is to trade, by the kill switch. One that cannot be read is none: what is asked then is
    judged as always, and never passes for it."""
    try:
        switch = ports.guards.kill_switch()
    except RunbookError:
        return False
    if scope.strategy_ids is None:
        return halts_everything(switch)
    known = {state.strategy_id for state in every} & set(scope.strategy_ids)
    return bool(scope.strategy_ids) and all(halts(switch, one) for one in known or scope.strategy_ids)


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
