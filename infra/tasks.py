"""The task files as the stack sees them: what each says about itself in module constants.

`functions/tasks/find_stale.py` is the function `tradai-{env}-rb-find-stale`. The files are imported, because
what a task needs is composed of what its helpers need; none of them speaks to AWS when imported.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

from infra.errors import SetupError

Trigger = Literal[
    "closer",
    "watcher",
    "sweeper",
    "mail-events",
    "http",
    "halt-watch",
    "risk-alarm",
    "stuck-detector",
    "order-detector",
    "preflight-daily",
    "report",
]


@dataclass(frozen=True, slots=True)
class TaskFile:
    """One file of `functions/tasks`. `timeout` in seconds, `memory` in MB, `needs` as `port.method`.

    `repeatable`: an act that may be done again after everything, since twice is once.
    """

    name: str
    act: bool
    timeout: int
    memory: int
    needs: tuple[str, ...]
    notifies: bool
    in_network: bool
    layers: tuple[str, ...]
    trigger: Trigger | None
    description: str
    repeatable: bool = False


def discover(folder: Path) -> tuple[TaskFile, ...]:
    """Every task of the folder, sorted by name. Raises SetupError with file and constant."""
    return tuple(read(path) for path in sorted(folder.glob("*.py")) if not path.name.startswith("_"))


def read(path: Path) -> TaskFile:
    """One task file."""
    module = _import(path)
    return TaskFile(
        name=path.stem,
        act=_constant(module, path, "ACT", bool),
        timeout=_constant(module, path, "TIMEOUT_SECONDS", int),
        memory=_constant(module, path, "MEMORY_MB", int),
        needs=_needs(module, path),
        notifies=_constant(module, path, "NOTIFIES", bool, False),
        in_network=_constant(module, path, "IN_NETWORK", bool, False),
        layers=_constant(module, path, "LAYERS", tuple, ()),
        trigger=_trigger(module, path),
        description=(module.__doc__ or "").strip().partition("\n")[0][:256],
        repeatable=_repeatable(module, path),
    )


def _import(path: Path) -> ModuleType:
    """Runs the file under a name of its own, so that a folder of tests may hold a task of any name."""
    name = f"_stack_task_{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SetupError(f"{path.name}: cannot be imported")
    module = module_from_spec(spec)
    sys.modules[name] = module  # pydantic looks the annotations' names up there
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def _constant(module: ModuleType, path: Path, name: str, kind: type, default: Any = None) -> Any:
    value = getattr(module, name, default)
    if type(value) is not kind:
        raise SetupError(f"{path.name}: {name} must be {kind.__name__}, is {value!r}")
    return value


def _repeatable(module: ModuleType, path: Path) -> bool:
    repeatable: bool = _constant(module, path, "REPEATABLE", bool, False)
    if repeatable and getattr(module, "ACT", False) is not True:
        raise SetupError(f"{path.name}: REPEATABLE stands beside ACT = True; a read may be repeated anyway")
    return repeatable


def _trigger(module: ModuleType, path: Path) -> Trigger | None:
    value = getattr(module, "TRIGGER", None)
    if value is not None and value not in get_args(Trigger):
        raise SetupError(f"{path.name}: TRIGGER must be one of {get_args(Trigger)}, is {value!r}")
    return value


def _needs(module: ModuleType, path: Path) -> tuple[str, ...]:
    needs = getattr(getattr(module, "handler", None), "needs", None)
    if needs is None:
        raise SetupError(f"{path.name}: `handler` must be made by functions.runtime.task")
    return tuple(needs)
