"""Where a walk is to come, and how far it is from there, in a definition with others inside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

FAR: Final = 10_000


def inside(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The definitions inside a Parallel or a Map."""
    return [*state.get("Branches", ()), *(state[name] for name in ("ItemProcessor", "Iterator") if name in state)]


def ways(state: Mapping[str, Any]) -> Iterator[tuple[str, int | str | None, str | None]]:
    """Every way out of a state: (kind, index, next state or None at the end). `ok`, `choice`, `catch`."""
    if state["Type"] == "Choice":
        for index, rule in enumerate(state["Choices"]):
            yield "choice", index, rule["Next"]
        if "Default" in state:
            yield "choice", "Default", state["Default"]
        return
    yield "ok", None, state.get("Next")
    for index, catcher in enumerate(state.get("Catch", ())):
        yield "catch", index, catcher["Next"]


def distances(machine: Mapping[str, Any], goals: set[str]) -> dict[str, int]:
    """States between each state and the nearest goal; `FAR` where none can be reached."""
    before: dict[str, set[str]] = {name: set() for name in machine["States"]}
    for name, state in machine["States"].items():
        for _, _, after in ways(state):
            if after is not None:
                before[after].add(name)
    found = dict.fromkeys(goals, 0)
    todo = deque(goals)
    while todo:
        one = todo.popleft()
        for earlier in before[one]:
            if earlier not in found:
                found[earlier] = found[one] + 1
                todo.append(earlier)
    return {name: found.get(name, FAR) for name in machine["States"]}


# An end that fails is taken only where no other can be reached.
WORSE: Final = 100


def to_an_end(machine: Mapping[str, Any]) -> dict[str, int]:
    """States between each state and the nearest end, a good one where there is one."""
    states = machine["States"].items()
    well = {name for name, state in states if state["Type"] == "Succeed" or state.get("End") is True}
    good, any_end = (
        distances(machine, well),
        distances(machine, well | {n for n, s in states if s["Type"] == "Fail"}),
    )
    return {name: far if far < FAR else min(FAR, any_end[name] + WORSE) for name, far in good.items()}
