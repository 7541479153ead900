"""Where a fault can strike: every Task state of every definition, those inside Parallel and Map included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

from tests.definitions import machines
from tests.paths.targets import inside

Kind = Literal["function", "callback", "child", "topic", "table"]

KINDS: Mapping[str, Kind] = {
    "arn:aws:states:::lambda:invoke.waitForTaskToken": "callback",
    "arn:aws:states:::states:startExecution.sync:2": "child",
    "arn:aws:states:::sns:publish": "topic",
    "arn:aws:states:::dynamodb:updateItem": "table",
}
FUNCTION = "${task:"


@dataclass(frozen=True)
class Place:
    """`machine`: the folder's name. `state` is unique in its machine, as AWS demands. `kind`: what it calls.
    `task`: the function's module, where it is one."""

    machine: str
    state: str
    kind: Kind
    task: str | None = None

    @property
    def acts(self) -> bool:
        """Whether its function changes something of the platform."""
        return self.task is not None and bool(import_module(f"functions.tasks.{self.task}").ACT)

    def __str__(self) -> str:
        return f"{self.machine}/{self.state}"


@cache
def places() -> tuple[Place, ...]:
    """Sorted by machine, in the order of the definition."""
    return tuple(place for one in machines() for place in places_of(one.name, one.machine))


def places_of(machine: str, definition: Mapping[str, Any]) -> Iterator[Place]:
    """Raises KeyError for a service integration that the sweep has no faults for."""
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            resource = state["Resource"]
            if resource.startswith(FUNCTION):
                yield Place(machine, name, "function", _task(resource))
            else:
                called = state.get("Parameters", {}).get("FunctionName")
                yield Place(machine, name, KINDS[resource], called and _task(called))
        for part in inside(state):
            yield from places_of(machine, part)


def _task(reference: str) -> str:
    return reference.removeprefix(FUNCTION).removesuffix("}")
