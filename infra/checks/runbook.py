"""What runbook.yaml promises: the bounds belong to states, the tests of `can_harm` exist, children end."""

from __future__ import annotations

from pathlib import Path

from infra.asl import Definition, references
from infra.asl.states import every_state
from infra.checks.context import Context
from infra.checks.finding import Finding


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rules `harm`, `map` (a bound for no Map) and `child`."""
    found: list[Finding] = []

    def tell(rule: str, state: str, message: str) -> None:
        found.append(Finding(definition.name, state, rule, message))

    maps = {name for _, name, state in every_state(definition.machine) if state.get("Type") == "Map"}
    for name in sorted(set(definition.runbook.maps) - maps):
        tell("map", name, "is declared under maps and is no Map")
    for harm in definition.runbook.can_harm:
        if context.root is not None and not _exists(context.root, harm.test):
            tell("harm", "", f"{harm.test} does not exist ({harm.harm})")
    for chain in _cycles(definition, context):
        tell("child", "", f"starts itself: {' -> '.join(chain)}")
    return found


def _exists(root: Path, test: str) -> bool:
    file, _, name = test.partition("::")
    path = root / file
    if not name:
        return path.exists()
    return path.is_file() and f"def {name.rsplit('::')[-1]}(" in path.read_text(encoding="utf-8")


def _cycles(definition: Definition, context: Context) -> list[list[str]]:
    """Chains of children that lead back to the machine; a run of it would never end."""
    found, todo = [], [[definition.name]]
    while todo:
        chain = todo.pop()
        at = definition if chain[-1] == definition.name else context.definitions.get(chain[-1])
        for child in sorted(references(at).machines) if at is not None else []:
            if child == definition.name:
                found.append([*chain, child])
            elif child not in chain:
                todo.append([*chain, child])
    return found
