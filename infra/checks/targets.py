"""Where states lead: to states that exist, all reachable, all able to end."""

from __future__ import annotations

from typing import Final

from infra.asl import Definition
from infra.asl.states import Scope, scopes
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.graph import edges, is_terminal, reached

LONGEST_NAME: Final = 80
MOST_STATES: Final = 20
_ENDS_BY_TYPE: Final = frozenset({"Choice", "Succeed", "Fail"})


def check(definition: Definition, _context: Context) -> list[Finding]:
    """Rules `target`, `end`, `unreachable`, `dead-end`, `name` and `size`."""
    found: list[Finding] = []
    names: dict[str, str] = {}

    def tell(rule: str, where: str, message: str, *, warning: bool = False) -> None:
        found.append(Finding(definition.name, where, rule, message, warning))

    for scope in scopes(definition.machine):
        if scope.start not in scope.states:
            tell("target", scope.path, f"StartAt names {scope.start!r}, which is no state here")
        living = set(reached(scope, scope.start))
        for name, state in scope.states.items():
            where = scope.at(name)
            for edge in edges(scope, name):
                if edge.target not in scope.states:
                    tell(
                        "target",
                        where,
                        f"{edge.kind} leads to {edge.target!r}, which is no state of its scope",
                    )
            if state.get("Type") not in _ENDS_BY_TYPE and ("Next" in state) == (state.get("End") is True):
                tell("end", where, "a state has either Next or End: true")
            if scope.start in scope.states and name not in living:
                tell("unreachable", where, "no state leads here")
            elif not any(_ends(scope, other) for other in reached(scope, name)):
                tell("dead-end", where, "from here no end can be reached")
            if len(name) > LONGEST_NAME:
                tell("name", where, f"{len(name)} characters, Step Functions takes {LONGEST_NAME}")
            if name in names:
                tell("name", where, f"stands twice in this machine, also as {names[name]}")
            names.setdefault(name, where)
        if not scope.path and len(scope.states) > MOST_STATES:
            tell(
                "size",
                "",
                f"{len(scope.states)} states; from {MOST_STATES} on a child machine reads better",
                warning=True,
            )
    return found


def _ends(scope: Scope, name: str) -> bool:
    # A dangling target is told as such; the states before it are not told as well.
    return is_terminal(scope.states[name]) or any(e.target not in scope.states for e in edges(scope, name))
