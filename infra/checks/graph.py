"""The states of one scope as a graph: who leads where, and what can be reached how."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from infra.asl.states import Scope

TERMINAL_TYPES: Final = frozenset({"Succeed", "Fail"})


@dataclass(frozen=True, slots=True)
class Edge:
    """`index` is the number of the catcher or of the choice rule."""

    source: str
    target: Any
    kind: Literal["next", "catch", "choice", "default"]
    index: int | None = None


def items(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list; empty for anything else (the `fields` rule says what is wrong with it)."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def edges(scope: Scope, name: str) -> Iterator[Edge]:
    """Every edge out of a state, dangling ones too."""
    state = scope.states[name]
    if "Next" in state:
        yield Edge(name, state["Next"], "next")
    for index, rule in enumerate(items(state.get("Choices"))):
        if "Next" in rule:
            yield Edge(name, rule["Next"], "choice", index)
    if "Default" in state:
        yield Edge(name, state["Default"], "default")
    for index, catcher in enumerate(items(state.get("Catch"))):
        if "Next" in catcher:
            yield Edge(name, catcher["Next"], "catch", index)


def targets(scope: Scope, name: str) -> list[str]:
    """The states that a state leads to, each once, in the order of the file; dangling ones left out."""
    return list(dict.fromkeys(edge.target for edge in edges(scope, name) if edge.target in scope.states))


def is_terminal(state: Mapping[str, Any]) -> bool:
    """True where a scope can end in the state."""
    return state.get("Type") in TERMINAL_TYPES or state.get("End") is True


def reached(scope: Scope, start: Any, stop: Callable[[str], bool] = lambda _: False) -> list[str]:
    """Every state on a walk from `start`, itself included; a state where `stop` holds is not walked into."""
    found: dict[str, None] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in scope.states or name in found or stop(name):
            continue
        found[name] = None
        todo.extend(reversed(targets(scope, name)))
    return list(found)


def components(scope: Scope, names: Collection[str]) -> list[list[str]]:
    """Strongly connected components of the subgraph of `names`, targets before sources (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in targets(scope, name):
            if target not in names:
                continue
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            at = stack.index(name)
            found.append(stack[at:])
            del stack[at:]

    for name in names:
        if name not in index:
            visit(name)
    return found


def is_cycle(scope: Scope, component: Collection[str]) -> bool:
    """True for a component in which a state can be reached again."""
    return len(component) > 1 or any(name in targets(scope, name) for name in component)
