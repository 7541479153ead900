"""What the checks know besides the definitions: the tasks, and which machines there are."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from infra.asl import Definition


@dataclass(frozen=True)
class TaskFacts:
    """One task file; its models are pydantic models or dataclasses.

    `answer` is what a callback task's token is answered with, where it has one. `repeatable`: an act that done
    twice is the same as done once.
    """

    name: str
    request: type[Any]
    response: type[Any]
    act: bool
    timeout_seconds: int
    notifies: bool = False
    answer: Any = None
    repeatable: bool = False

    # Schemas are asked for at every state that runs the task: made once.
    @cached_property
    def request_schema(self) -> dict[str, Any]:
        return TypeAdapter(self.request).json_schema(mode="validation")

    @cached_property
    def response_schema(self) -> dict[str, Any]:
        return TypeAdapter(self.response).json_schema(mode="serialization")

    @cached_property
    def answer_schema(self) -> dict[str, Any]:
        return TypeAdapter(self.answer).json_schema(mode="serialization")


@dataclass(frozen=True)
class Context:
    """`names` are the plain placeholders that the stack gives; None: not checked.

    `settings` is the settings model that numbers refer to, `root` the folder below which the tests of
    `can_harm` lie; None: not checked.
    """

    tasks: Mapping[str, TaskFacts] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    names: frozenset[str] | None = None
    settings: type[BaseModel] | None = None
    root: Path | None = None


def task_facts(module: Any, name: str) -> TaskFacts:
    """The declarations of one task module; AttributeError with the file's name where one is missing."""
    for needed in ("Request", "Response", "ACT", "TIMEOUT_SECONDS", "handler"):
        if not hasattr(module, needed):
            raise AttributeError(f"functions/tasks/{name}.py declares no {needed}")
    return TaskFacts(
        name=name,
        request=module.Request,
        response=module.Response,
        act=module.ACT,
        timeout_seconds=module.TIMEOUT_SECONDS,
        notifies=getattr(module, "NOTIFIES", False),
        answer=getattr(module, "Answer", None),
        repeatable=getattr(module, "REPEATABLE", False),
    )


def from_package(root: Path, definitions: Iterable[Definition]) -> Context:
    """The context of this project: every task of `functions/tasks`, imported, and its settings."""
    from functions.settings import Settings

    names = sorted(path.stem for path in (root / "functions" / "tasks").glob("*.py") if path.stem[0] != "_")
    modules = {name: importlib.import_module(f"functions.tasks.{name}") for name in names}
    return Context(
        # What answers HTTP has no request model, and no machine can run it.
        tasks={
            name: task_facts(module, name)
            for name, module in modules.items()
            if getattr(module, "TRIGGER", None) != "http"
        },
        definitions={definition.name: definition for definition in definitions},
        names=STACK_NAMES,
        settings=Settings,
        root=root,
    )


# The plain placeholders that infra/stack.py has values for.
STACK_NAMES = frozenset({"alerts_topic", "env", "guards_table"})
