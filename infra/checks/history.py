"""The worst-case history of a run: its events added up, loops and maps at their bounds, retries all used.

Step Functions ends a run at 25,000 events, and nothing catches that; the bound here is 5,000.
Events a state leaves: "GetExecutionHistory" in AWS's API reference, and counted in real histories.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from infra.asl import Definition
from infra.asl.states import Scope, inner_scopes, task_of
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.flow import top
from infra.checks.graph import components, is_cycle, items, targets

MOST_EVENTS: Final = 5_000
# ExecutionStarted, and how it ended.
_RUN: Final = 2
# StateEntered, StateExited.
_PLAIN: Final = 2
# LambdaFunctionScheduled, Started, and Succeeded or Failed.
_LAMBDA_TRY: Final = 3
# TaskScheduled, Started, Submitted, and Succeeded, Failed or TimedOut.
_TASK_TRY: Final = 4
# ParallelStateStarted or MapStateStarted, and Succeeded or Failed.
_CONTAINER: Final = 2
# MapIterationStarted, and Succeeded or Failed.
_ITERATION: Final = 2


def check(definition: Definition, _context: Context) -> list[Finding]:
    """Rule `history`."""
    events = worst_case(definition)
    if events <= MOST_EVENTS:
        return []
    message = f"{events} events in the worst case are more than {MOST_EVENTS}"
    return [Finding(definition.name, "", "history", message)]


def worst_case(definition: Definition) -> int:
    """The most events that one run of the machine can leave; a child machine counts as one task."""
    scope = top(definition)
    return _RUN + _longest(definition, scope, list(scope.states), scope.start)


def _longest(definition: Definition, scope: Scope, names: Collection[str], start: Any = None) -> int:
    """The costliest walk through a subgraph; from anywhere in it where `start` is not given."""
    total: dict[str, int] = {}
    longest = 0
    for component in components(scope, names):
        after = [total[t] for name in component for t in targets(scope, name) if t in total]
        here = _cost_of(definition, scope, component) + max(after, default=0)
        total.update(dict.fromkeys(component, here))
        longest = max(longest, here)
    return longest if start is None else total.get(start, 0)


def _cost_of(definition: Definition, scope: Scope, component: Collection[str]) -> int:
    if not is_cycle(scope, component):
        (name,) = component
        return _state(definition, scope, name)
    costs = []
    for counter in component:
        if counter in definition.runbook.loops:
            turns = definition.runbook.loops[counter]
            rest = _longest(definition, scope, [name for name in component if name != counter])
            # The stretches before the first and after the last turn count too.
            costs.append(turns * _state(definition, scope, counter) + (turns + 1) * rest)
    # Of nested loops only one order is the real one; the costlier is never too small. An undeclared loop
    # is told by the rule `loop` and counts once here.
    return max(costs, default=sum(_state(definition, scope, name) for name in component))


def _state(definition: Definition, scope: Scope, name: str) -> int:
    state = scope.states[name]
    kind = state.get("Type")
    if kind == "Fail":
        return 1
    if kind == "Task":
        tries = 1 + sum(_attempts(retrier) for retrier in items(state.get("Retry")))
        is_lambda = task_of(state) is not None and str(state.get("Resource")).startswith("${task:")
        return _PLAIN + tries * (_LAMBDA_TRY if is_lambda else _TASK_TRY)
    if kind in ("Parallel", "Map"):
        inside = [
            _longest(definition, inner, list(inner.states), inner.start) for inner in inner_scopes(scope, name)
        ]
        if kind == "Parallel":
            return _PLAIN + _CONTAINER + sum(inside)
        most = definition.runbook.maps.get(name, 1)
        return _PLAIN + _CONTAINER + most * (_ITERATION + sum(inside))
    return _PLAIN


def _attempts(retrier: Mapping[str, Any]) -> int:
    attempts = retrier.get("MaxAttempts", 3)
    return attempts if isinstance(attempts, int) else 0
