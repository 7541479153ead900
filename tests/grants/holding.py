"""A grant that was never shown to be needed is held back from the call that first uses it.

Until the first use it makes no difference whether a role has a grant, so the call goes as it would go without the
grant. Then it is made again with the grant, and so on with the next one, until nothing is held back any more.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ministack.core import iam_evaluator

from tests.grants.lines import Line


def covering(holder: str, question: Any, policies: Sequence[Sequence[Any]]) -> set[Line]:
    """Every line of these policies (as ministack parses them) that allows what is asked."""
    return {
        Line.of(holder, action, resource, statement.conditions)
        for policy in policies
        for statement in policy
        if statement.effect == "Allow" and iam_evaluator._conditions_met(statement.conditions, question)
        for action in statement.actions
        if iam_evaluator.fnmatch_iam(question.action, action)
        for resource in statement.resources
        if iam_evaluator.fnmatch_iam_cs(question.resource_arn, resource)
    }


@dataclass
class Call:
    """One call of a holder. `held`: the line that is refused to it, `asked` the action and resource that it was
    first refused for; `let_through`: somebody else's policy allowed that all the same. `able`: whether a line may
    be held back at all."""

    holder: str
    able: bool = True
    held: Line | None = None
    asked: tuple[str, str] = ("", "")
    let_through: bool = False


class Holding:
    """What was shown, and what is held back from which role's call at present."""

    def __init__(self, shown: Sequence[Line] = ()) -> None:
        self._lock = threading.Lock()
        self._shown = set(shown)
        # Several lines that allow the same: none of them can be shown by taking it away.
        self.twice: set[frozenset[Line]] = set()

    def refuses(self, call: Call, lines: set[Line], asked: tuple[str, str]) -> bool:
        """Whether this call goes without the line that allows what is asked."""
        with self._lock:
            if len(lines) != 1:
                self.twice.add(frozenset(lines))
                return False
            [line] = lines
            if call.held is None and call.able and line not in self._shown:
                call.held, call.asked = line, asked
            return call.held == line

    def show(self, call: Call) -> None:
        """It is held back no more, from anybody."""
        with self._lock:
            if call.held is not None:
                self._shown.add(call.held)


def row_of(call: Call, scenario: str, at: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """As results.jsonl keeps it. `at`: the state that called, if one did. `answer`: what became of the call."""
    assert call.held is not None
    return {
        **asdict(call.held),
        "scenario": scenario,
        "at": at,
        "asked": list(call.asked),
        "let_through": call.let_through,
        **answer,
    }
