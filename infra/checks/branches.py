"""Parallel and Map: on AWS one failure inside stops all of it, on the embedded engine it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from infra.asl import Definition
from infra.asl.states import every_state
from infra.checks.context import Context
from infra.checks.finding import Finding

MOST_AT_ONCE: Final = 40


def check(definition: Definition, _context: Context) -> list[Finding]:
    """Rules `branch-fail`, `choice-default` and `map`."""
    found = []
    for scope, name, state in every_state(definition.machine):
        where = scope.at(name)
        kind = state.get("Type")
        if scope.path and kind == "Fail":
            found.append(Finding(definition.name, where, "branch-fail", "a Fail in here stops every other branch"))
        if kind == "Choice" and "Default" not in state:
            message = "without a Default, what no rule foresees ends the run in States.NoChoiceMatched"
            found.append(Finding(definition.name, where, "choice-default", message))
        if kind == "Map":
            found += [Finding(definition.name, where, "map", text) for text in _of_map(definition, name, state)]
    return found


def _of_map(definition: Definition, name: str, state: Mapping[str, Any]) -> list[str]:
    told = []
    at_once = state.get("MaxConcurrency")
    if isinstance(at_once, bool) or not isinstance(at_once, int) or not 1 <= at_once <= MOST_AT_ONCE:
        told.append(f"MaxConcurrency must be a literal from 1 to {MOST_AT_ONCE}: 0 means as many as AWS likes")
    if name not in definition.runbook.maps:
        told.append(f"runbook.yaml declares no bound for its items (maps: {name}: most items)")
    processor = state.get("ItemProcessor")
    config = processor.get("ProcessorConfig") if isinstance(processor, Mapping) else None
    mode = config.get("Mode", "INLINE") if isinstance(config, Mapping) else "INLINE"
    if mode != "INLINE":
        told.append("only inline maps: a distributed one has executions of its own that no role here may start")
    return told
