"""Walks over the states of a definition, into the branches of Parallel and the iterators of Map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

LAMBDA_CALLBACK: Final = "arn:aws:states:::lambda:invoke.waitForTaskToken"
START_AND_WAIT: Final = "arn:aws:states:::states:startExecution.sync:2"
START: Final = "arn:aws:states:::states:startExecution"


@dataclass(frozen=True, slots=True)
class Scope:
    """One set of states whose targets may only name one another. `path` is empty for the machine itself."""

    path: str
    start: Any
    states: Mapping[str, Mapping[str, Any]]
    owner: str | None = None
    owner_type: str | None = None

    def at(self, state: str) -> str:
        """Where a state stands, for people: `Diagnose[0]/ProbeExchange`."""
        return f"{self.path}/{state}" if self.path else state


def scopes(machine: Mapping[str, Any]) -> Iterator[Scope]:
    """The machine's own scope first, then each nested one, depth first in the order of the file."""
    yield from _below(Scope("", machine.get("StartAt"), _states(machine)))


def every_state(machine: Mapping[str, Any]) -> Iterator[tuple[Scope, str, Mapping[str, Any]]]:
    """Every state of a machine with its scope and its name."""
    for scope in scopes(machine):
        for name, state in scope.states.items():
            yield scope, name, state


def inner_scopes(scope: Scope, name: str) -> list[Scope]:
    """The branches of a Parallel, or the iterator of a Map; empty for any other state."""
    state = scope.states[name]
    kind, at = state.get("Type"), scope.at(name)
    if kind == "Parallel":
        branches = state.get("Branches")
        return [
            Scope(f"{at}[{index}]", branch.get("StartAt"), _states(branch), name, kind)
            for index, branch in enumerate(branches if isinstance(branches, list) else [])
            if isinstance(branch, Mapping)
        ]
    processor = state.get("ItemProcessor")
    if kind == "Map" and isinstance(processor, Mapping):
        return [Scope(f"{at}[]", processor.get("StartAt"), _states(processor), name, kind)]
    return []


def task_of(state: Mapping[str, Any]) -> str | None:
    """The Lambda task that a Task state runs, directly or as a callback: `find_stale`; else None."""
    resource = state.get("Resource")
    if resource == LAMBDA_CALLBACK:
        parameters = state.get("Parameters")
        resource = parameters.get("FunctionName") if isinstance(parameters, Mapping) else None
    return _inside("task", resource)


def machine_of(state: Mapping[str, Any]) -> str | None:
    """The name of the machine that a Task state starts, if it starts one."""
    parameters = state.get("Parameters")
    if state.get("Resource") in (START, START_AND_WAIT) and isinstance(parameters, Mapping):
        return _inside("machine", parameters.get("StateMachineArn"))
    return None


def _inside(kind: str, text: object) -> str | None:
    head = "${" + kind + ":"
    if isinstance(text, str) and text.startswith(head) and text.endswith("}"):
        return text[len(head) : -1]
    return None


def _below(scope: Scope) -> Iterator[Scope]:
    yield scope
    for name in scope.states:
        for inner in inner_scopes(scope, name):
            yield from _below(inner)


def _states(holder: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found = holder.get("States")
    if not isinstance(found, Mapping):
        return {}
    return {name: state for name, state in found.items() if isinstance(state, Mapping)}
