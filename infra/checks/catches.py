"""Catches: every state that can fail has them, and each leads to where somebody is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from functions.errors import LAST_RESORT
from infra.asl import Definition
from infra.asl.references import sdk_action
from infra.asl.states import Scope, every_state, scopes, task_of
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.graph import is_terminal, items, reached

CAN_FAIL: Final = frozenset({"Task", "Parallel", "Map"})
# Step Functions itself tells, where no code of ours can.
TELLING_ACTIONS: Final = frozenset({"sns:Publish"})


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rules `catch`, `loud`, and `silent-end` for machines that are no child's."""
    found: list[Finding] = []

    def tell(rule: str, where: str, message: str) -> None:
        found.append(Finding(definition.name, where, rule, message))

    for scope, name, state in every_state(definition.machine):
        if state.get("Type") not in CAN_FAIL:
            continue
        catchers = items(state.get("Catch"))
        caught = {word for catcher in catchers for word in catcher.get("ErrorEquals") or []}
        for word in sorted(LAST_RESORT - caught):
            tell("catch", scope.at(name), f"{word} is not caught")
        # Inside a branch a catch goes on to the branch's end, and the fact "unknown" is its result.
        for catcher in [] if scope.path else catchers:
            if message := _quiet(scope, name, catcher, definition, context):
                tell("loud", name, message)
    machine = next(iter(scopes(definition.machine)))
    if not definition.runbook.child:
        for end in _ends_without(machine, machine.start, lambda at: notifies(machine.states[at], context)):
            tell("silent-end", end, "a run can end here with nobody told")
    return found


def notifies(state: Mapping[str, Any], context: Context) -> bool:
    """True where the state's task tells people: it declares so, or Step Functions publishes by itself."""
    facts = context.tasks.get(task_of(state) or "")
    return (facts is not None and facts.notifies) or sdk_action(state.get("Resource")) in TELLING_ACTIONS


def _quiet(
    scope: Scope, name: str, catcher: Mapping[str, Any], definition: Definition, context: Context
) -> str | None:
    """Why nobody may hear of what the catcher takes; None where somebody does, whichever way the run goes."""
    place = catcher.get("ResultPath", "$")
    child = definition.runbook.child

    def heard(at: str) -> bool:
        state = scope.states[at]
        # A Fail is heard by whoever started the machine: the parent's catch, or the closer's rule. In a
        # runbook it is loud enough only for what tells people itself, and could not.
        loud_fail = state.get("Type") == "Fail" and (child or notifies(scope.states[name], context))
        handed_on = child and place is not None and _reads(state, place)
        return notifies(state, context) or loud_fail or handed_on

    if place is None and not child and _told_before(scope, name, context):
        return None
    silent = _ends_without(scope, catcher.get("Next"), heard)
    if not silent:
        return None
    words = ", ".join(map(str, catcher.get("ErrorEquals") or []))
    why = "without a Fail or a state that reads the error" if child else "before any state that tells people"
    return f"after {words} the run can end in {silent[0]} {why}"


def _told_before(scope: Scope, name: str, context: Context) -> bool:
    """However the run comes to this state, people were told how it ended: what it drops is no part of that."""
    return name not in reached(scope, scope.start, stop=lambda at: notifies(scope.states[at], context))


def _ends_without(scope: Scope, start: Any, heard: Callable[[str], bool]) -> list[str]:
    quiet = reached(scope, start, stop=heard)
    return [name for name in quiet if is_terminal(scope.states[name])]


def _reads(state: Mapping[str, Any], place: str) -> bool:
    """True where the state's text names the path at which a catcher puts its error."""
    error = re.escape(place) + (r"\.(Error|Cause)\b" if place == "$" else r"(?![\w])")
    return re.search(error, json.dumps(state)) is not None
