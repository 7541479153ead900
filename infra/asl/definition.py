"""One state machine as its folder gives it: the definition, and what `runbook.yaml` says about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.asl.runbook import Runbook, read_runbook
from infra.asl.strict_yaml import DefinitionError, read

MACHINE_FILE: Final = "machine.asl.yaml"
RUNBOOK_FILE: Final = "runbook.yaml"
_FOLDER_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Definition:
    """`machine` is the definition as JSON values, its placeholders not yet replaced."""

    name: str
    folder: Path
    machine: Mapping[str, Any]
    runbook: Runbook


def load(folder: Path) -> Definition:
    """Reads `machine.asl.yaml` and `runbook.yaml` of one folder; DefinitionError names file and line."""
    if not _FOLDER_NAME.fullmatch(folder.name):
        raise DefinitionError(folder, None, "a machine's folder is named in lower case with dashes")
    for file in (MACHINE_FILE, RUNBOOK_FILE):
        if not (folder / file).is_file():
            raise DefinitionError(folder / file, None, "is missing")
    machine = read(folder / MACHINE_FILE)
    if not isinstance(machine, dict) or not isinstance(machine.get("States"), dict):
        raise DefinitionError(folder / MACHINE_FILE, None, "must be a mapping with StartAt and States")
    try:
        runbook = read_runbook(read(folder / RUNBOOK_FILE))
    except DefinitionError:
        raise
    except ValueError as error:
        raise DefinitionError(folder / RUNBOOK_FILE, None, str(error)) from None
    return Definition(folder.name, folder, machine, runbook)


def discover(root: Path) -> list[Definition]:
    """Every machine below `root` (`statemachines/`), sorted by name; hidden folders are left out."""
    folders = sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] not in "._")
    return [load(folder) for folder in folders]
