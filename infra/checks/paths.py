"""Paths and Parameters: what a state reads is surely there, and what a task is given is what it requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.asl import Definition
from infra.asl.states import LAMBDA_CALLBACK, task_of
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.flow import Walk, top


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rule `first-state`, and those that the walk tells: `path`, `request`, `choice`, `result-path` ..."""
    found: dict[Finding, None] = {}

    def tell(where: str, rule: str, message: str) -> None:
        found[Finding(definition.name, where, rule, message)] = None

    scope = top(definition)
    if scope.start in scope.states and not _takes_all(scope.states[scope.start]):
        message = "the first state passes $ whole to a task, which returns every field that later states read"
        tell(scope.start, "first-state", message)
    Walk(definition, context, tell).machine()
    return list(found)


def _takes_all(state: Mapping[str, Any]) -> bool:
    if state.get("Type") != "Task" or task_of(state) is None or state.get("Resource") == LAMBDA_CALLBACK:
        return False
    if state.get("InputPath", "$") != "$":
        return False
    parameters = state.get("Parameters")
    return parameters is None or (isinstance(parameters, Mapping) and "$" in parameters.values())
