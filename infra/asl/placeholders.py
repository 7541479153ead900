"""The placeholders of a definition: `${name}`, `${task:file_name}` and `${machine:folder-name}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.asl.definition import Definition

PLACEHOLDER: Final = re.compile(
    r"\$\{(task:[a-z][a-z0-9_]*|machine:[a-z][a-z0-9]*(?:-[a-z0-9]+)*|[a-z][a-z0-9_]*)\}"
)


def strings(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every string below `value`, keys too, with where it stands (`States.Find.Resource`)."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield where, key
            yield from strings(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings(inner, f"{where}[{index}]")


def placeholders(definition: Definition) -> frozenset[str]:
    """Every placeholder of the definition without `${}`; numbers of `runbook.yaml` included."""
    return frozenset(name for _, text in strings(definition.machine) for name in PLACEHOLDER.findall(text))


def malformed(definition: Definition) -> list[tuple[str, str]]:
    """Where something begins like a placeholder and is none: (where, text)."""
    return [(where, text) for where, text in strings(definition.machine) if "${" in PLACEHOLDER.sub("", text)]
