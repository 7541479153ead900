"""The fields of each state: none misspelt, none missing, JSONPath language only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.asl import Definition
from infra.asl.references import sdk_action
from infra.asl.states import LAMBDA_CALLBACK, START, START_AND_WAIT, every_state, machine_of, task_of
from infra.checks.choices import OPERATORS, TESTS, comparison
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.graph import items

_ALWAYS: Final = {"Type", "Comment", "InputPath", "OutputPath"}
_ONWARD: Final = {"Next", "End"}
_WORK: Final = {*_ONWARD, "Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"}
FIELDS: Final[Mapping[str, set[str]]] = {
    "Task": _WORK
    | {"Resource", "TimeoutSeconds", "HeartbeatSeconds", "TimeoutSecondsPath", "HeartbeatSecondsPath"},
    "Pass": _ONWARD | {"Parameters", "Result", "ResultPath"},
    "Choice": {"Choices", "Default"},
    "Wait": _ONWARD | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Succeed": set(),
    "Fail": {"Error", "Cause", "ErrorPath", "CausePath"},
    "Parallel": _WORK | {"Branches"},
    "Map": (_WORK - {"Parameters"}) | {"ItemProcessor", "ItemsPath", "ItemSelector", "MaxConcurrency"},
}
REQUIRED: Final[Mapping[str, set[str]]] = {
    "Task": {"Resource"},
    "Choice": {"Choices"},
    "Parallel": {"Branches"},
    "Map": {"ItemProcessor"},
}
_MACHINE: Final = {"Comment", "StartAt", "States", "TimeoutSeconds", "Version"}
_SPREAD: Final = {"IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"}
_RETRIER: Final = frozenset({"Comment", "ErrorEquals", *_SPREAD})
_CATCHER: Final = frozenset({"Comment", "ErrorEquals", "ResultPath", "Next"})
_LISTS: Final = {"Retry": _RETRIER, "Catch": _CATCHER}


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rules `fields` and `resource`."""
    machine = definition.machine
    found = [
        _finding(definition, "", f"{name} is no field of a machine in the JSONPath language")
        for name in machine
        if name not in _MACHINE
    ]
    for scope, name, state in every_state(machine):
        where = scope.at(name)
        found += [_finding(definition, where, message) for message in _of_state(state)]
        if state.get("Type") == "Task" and (message := _of_resource(state, context)):
            found.append(Finding(definition.name, where, "resource", message))
    return found


def _of_state(state: Mapping[str, Any]) -> Iterator[str]:
    kind = str(state.get("Type"))
    if kind not in FIELDS:
        yield f"Type is {kind}; it is one of {', '.join(FIELDS)}"
        return
    for name in state:
        if name not in _ALWAYS and name not in FIELDS[kind]:
            yield f"{name} is no field of a {kind} state in the JSONPath language"
    for name in sorted(REQUIRED.get(kind, set()) - set(state)):
        yield f"{name} is missing"
    for name, allowed in _LISTS.items():
        if name in state and (not isinstance(state[name], list) or not state[name]):
            yield f"{name} must be a list of at least one"
        for entry in items(state.get(name)):
            yield from (f"{key} is no field of {name}" for key in entry if key not in allowed)
            errors = entry.get("ErrorEquals")
            if not isinstance(errors, list) or not errors or not all(isinstance(e, str) for e in errors):
                yield f"{name}: ErrorEquals must be a list of error names"
    yield from _of_kind(kind, state)


def _of_kind(kind: str, state: Mapping[str, Any]) -> Iterator[str]:
    if kind == "Choice":
        if not items(state.get("Choices")):
            yield "Choices must be a list of at least one rule"
        for rule in items(state.get("Choices")):
            if "Next" not in rule:
                yield "a choice rule has no Next"
            yield from _of_rule(rule, top=True)
    if kind == "Wait":
        times = [name for name in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if name in state]
        if len(times) != 1:
            yield "a Wait has exactly one of Seconds and SecondsPath"
    if kind == "Fail":
        for one in ("Error", "Cause"):
            if (one in state) == (f"{one}Path" in state):
                yield f"a Fail has exactly one of {one} and {one}Path"
    if kind == "Parallel" and not items(state.get("Branches")):
        yield "Branches must be a list of at least one"


def _of_rule(rule: Mapping[str, Any], *, top: bool) -> Iterator[str]:
    logic = [name for name in ("And", "Or", "Not") if name in rule]
    if not top and "Next" in rule:
        yield "only an outermost choice rule has a Next"
    if logic:
        inner = [rule["Not"]] if "Not" in rule else items(rule[logic[0]])
        if len(logic) > 1 or "Variable" in rule or not inner:
            yield f"{logic[0]} stands alone and holds at least one rule"
        for one in inner:
            yield from _of_rule(one, top=False) if isinstance(one, Mapping) else ["Not holds one rule"]
        return
    known = {"Variable", "Next", "Comment", "IsPresent", *OPERATORS, *TESTS}
    if not isinstance(rule.get("Variable"), str) or comparison(rule) is None or set(rule) - known:
        yield f"a choice rule has one Variable and one known comparison, here are {', '.join(sorted(rule))}"


def _of_resource(state: Mapping[str, Any], context: Context) -> str | None:
    """Why the Resource is none that this project uses; None where it is one."""
    resource = state.get("Resource")
    if task := task_of(state):
        if context.tasks and task not in context.tasks:
            return f"functions/tasks has no {task}.py"
        return None
    if machine := machine_of(state):
        if context.definitions and machine not in context.definitions:
            return f"statemachines has no {machine}"
        return None
    if resource == LAMBDA_CALLBACK:
        return 'a callback names its task as FunctionName: "${task:name}"'
    if resource in (START, START_AND_WAIT):
        return 'a child is named as StateMachineArn: "${machine:name}"'
    if sdk_action(resource):
        return None
    return f'{resource!r} is none of "${{task:name}}", startExecution.sync:2 and a direct integration'


def _finding(definition: Definition, where: str, message: str) -> Finding:
    return Finding(definition.name, where, "fields", message)
