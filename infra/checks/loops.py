"""Loops: each goes through a declared task that says whether to go round again, and a Choice that obeys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from infra.asl import Definition
from infra.asl.states import Scope, scopes
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.graph import components, edges, is_cycle, items

# What the counting task answers with: whether another turn is left, or how many are.
COUNTERS: Final = ("again", "looks_left")


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
                if not _obeyed(scope, name, component):
                    fields = " or ".join(COUNTERS)
                    tell(scope.at(name), f"no Choice of the loop leaves it by the task's own {fields}")
    for name in sorted(set(loops) - used):
        tell(name, "is declared under loops and stands in no loop")
    return found


def _obeyed(scope: Scope, counter: str, component: Collection[str]) -> bool:
    """True where a Choice of the loop tests what the counting task answers and has a way out."""
    place = scope.states[counter].get("ResultPath", "$")
    asked = {f"{place}.{field}" for field in COUNTERS}
    for name in component:
        state = scope.states[name]
        out = any(edge.target not in component for edge in edges(scope, name))
        if state.get("Type") == "Choice" and out and asked & _variables(state):
            return True
    return False


def _variables(value: Any) -> set[str]:
    if not isinstance(value, Mapping):
        return set()
    found = {value["Variable"]} if isinstance(value.get("Variable"), str) else set()
    for key in ("Choices", "And", "Or"):
        found |= {variable for rule in items(value.get(key)) for variable in _variables(rule)}
    return found | _variables(value.get("Not"))


def _in_order(scope: Scope, component: Collection[str]) -> list[str]:
    return [name for name in scope.states if name in component]
