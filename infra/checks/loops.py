"""Loops: each goes through a declared task that counts its turns, and a Choice that obeys it.

The counting task answers `again` (whether another turn is left) or `looks_left` (how many are).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from infra.asl import Definition
from infra.asl.states import Scope, scopes
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.graph import Edge, components, edges, is_cycle, items


def check(definition: Definition, _context: Context) -> list[Finding]:
    """Rule `loop`."""
    loops = definition.runbook.loops
    found: list[Finding] = []
    used: set[str] = set()

    def tell(where: str, message: str) -> None:
        found.append(Finding(definition.name, where, "loop", message))

    for scope in scopes(definition.machine):
        names = [name for name in scope.states if name not in loops]
        for component in components(scope, names):
            if is_cycle(scope, component):
                ring = " -> ".join(_in_order(scope, component))
                told = f"{ring} can go round without end: declare its counting task under loops"
                tell(scope.at(_in_order(scope, component)[0]), told)
        for component in components(scope, list(scope.states)):
            turning = [name for name in component if name in loops] if is_cycle(scope, component) else []
            used.update(turning)
            for name in turning:
                if _uncounted(scope, name, loops):
                    tell(scope.at(name), "another turn is possible without the task's own again or looks_left")
    for name in sorted(set(loops) - used):
        tell(name, "is declared under loops and stands in no loop")
    return found


def _uncounted(scope: Scope, counter: str, counters: Collection[str]) -> bool:
    """True where a turn is possible that the counting task did not allow, by way of no other counting task."""
    place = scope.states[counter].get("ResultPath", "$")
    seen: set[str] = set()
    todo = [edge.target for edge in _free(scope, counter, place)]
    while todo:
        name = todo.pop()
        if name == counter:
            return True
        if name in scope.states and name not in seen and name not in counters:
            seen.add(name)
            todo += [edge.target for edge in _free(scope, name, place)]
    return False


def _free(scope: Scope, name: str, place: str) -> Iterator[Edge]:
    """The edges out of a state on which the task at `place` has not said that another turn is left."""
    rules = items(scope.states[name].get("Choices"))
    # Once a rule has taken every run that has no turn left, the rules after it and the Default are allowed.
    taken = next((index for index, rule in enumerate(rules) if _all_without(rule, place)), len(rules))
    for edge in edges(scope, name):
        if edge.kind == "choice" and edge.index is not None:
            if edge.index <= taken and not _only_with(rules[edge.index], place):
                yield edge
        elif edge.kind != "default" or taken == len(rules):
            yield edge


def _only_with(rule: Mapping[str, Any], place: str) -> bool:
    """True where the rule holds only while a turn is left."""
    if "And" in rule:
        return any(_only_with(inner, place) for inner in items(rule["And"]))
    if "Or" in rule:
        return all(_only_with(inner, place) for inner in items(rule["Or"]))
    again = rule.get("Variable") == f"{place}.again" and rule.get("BooleanEquals") is True
    left = rule.get("Variable") == f"{place}.looks_left"
    return again or (left and (rule.get("NumericGreaterThan") == 0 or rule.get("NumericGreaterThanEquals") == 1))


def _all_without(rule: Mapping[str, Any], place: str) -> bool:
    """True where the rule holds whenever no turn is left."""
    if "Or" in rule:
        return any(_all_without(inner, place) for inner in items(rule["Or"]))
    never = rule.get("Variable") == f"{place}.again" and rule.get("BooleanEquals") is False
    left = rule.get("Variable") == f"{place}.looks_left"
    return never or (left and (rule.get("NumericLessThanEquals") == 0 or rule.get("NumericLessThan") == 1))


def _in_order(scope: Scope, component: Collection[str]) -> list[str]:
    return [name for name in scope.states if name in component]
