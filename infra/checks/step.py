"""One state's work on what is known: its input to what each way out of it carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from infra.asl.states import LAMBDA_CALLBACK, START_AND_WAIT, Scope, inner_scopes, machine_of, task_of
from infra.checks import jsonpath
from infra.checks.choices import split
from infra.checks.graph import items
from infra.checks.schema import misfits, shape_of
from infra.checks.shapes import EMPTY, ERROR, INTEGER, STRING, UNKNOWN, Shape, arr, literal, obj, places
from infra.checks.templates import CONTEXT, Frame, Tell, evaluate, value_of

if TYPE_CHECKING:
    from infra.checks.flow import Walk

State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Out:
    """One way out of a state; `target` None: the scope ends well."""

    target: Any
    shape: Shape


def step(walk: Walk, scope: Scope, name: str, given: Shape, tell: Tell, *, quiet: bool) -> Iterator[Out]:
    """Every way out of the state with what it carries."""
    state = scope.states[name]
    frame = Frame(given, tell)
    selected = _path(state, "InputPath", frame)
    kind = state.get("Type")
    if kind == "Fail":
        for key in ("ErrorPath", "CausePath"):
            if key in state:
                _must_be(value_of(state[key], frame), "string", key, state[key], tell)
        return
    if kind == "Choice":
        yield from _choice(state, replace(frame, input=selected))
        return
    if kind in ("Wait", "Succeed"):
        if "SecondsPath" in state:
            seconds = value_of(state["SecondsPath"], replace(frame, input=selected))
            _must_be(seconds, "integer", "SecondsPath", state["SecondsPath"], tell)
            if seconds.most is None:
                tell(
                    "wait",
                    f"{state['SecondsPath']} has no upper bound in its model: a wait ends by a known time",
                )
        yield from _end(state, selected, tell)
        return
    result = _result(walk, scope, name, replace(frame, input=selected), quiet)
    if "ResultSelector" in state:
        result = evaluate(state["ResultSelector"], replace(frame, input=result))
    yield from _end(state, _put(given, state.get("ResultPath", "$"), result, tell), tell)
    for catcher in items(state.get("Catch")):
        yield Out(catcher.get("Next"), _put(given, catcher.get("ResultPath", "$"), ERROR, tell))


def _result(walk: Walk, scope: Scope, name: str, frame: Frame, quiet: bool) -> Shape:
    state = scope.states[name]
    kind = state.get("Type")
    if kind == "Map":
        return _map(walk, scope, name, frame, quiet)
    given = evaluate(state["Parameters"], frame) if "Parameters" in state else frame.input
    if kind == "Parallel":
        return places(tuple(walk.scope(inner, given, quiet=quiet) for inner in inner_scopes(scope, name)))
    if kind == "Pass" and "Result" in state:
        return literal(state["Result"])
    if kind != "Task":
        return given
    return _task(walk, state, given, frame)


def _task(walk: Walk, state: State, given: Shape, frame: Frame) -> Shape:
    task = task_of(state)
    if task is not None:
        facts = walk.context.tasks.get(task)
        if facts is None:
            return UNKNOWN
        callback = state.get("Resource") == LAMBDA_CALLBACK
        payload = given.fields.get("Payload", EMPTY) if callback else given
        for problem in misfits(payload, facts.request_schema):
            frame.tell("request", f"{task}: {problem}")
        if callback:
            return shape_of(facts.answer_schema) if facts.answer else UNKNOWN
        return shape_of(facts.response_schema)
    machine = machine_of(state)
    if machine is None:
        return UNKNOWN
    walk.child_input(machine, given.fields.get("Input", EMPTY), frame.tell)
    started = {"ExecutionArn": STRING, "StartDate": UNKNOWN}
    if state.get("Resource") != START_AND_WAIT:
        return obj(started)
    ended = {
        "Input": UNKNOWN,
        "Name": STRING,
        "StateMachineArn": STRING,
        "Status": STRING,
        "StopDate": UNKNOWN,
    }
    return obj({**started, **ended, "Output": walk.child_output(machine)})


def _map(walk: Walk, scope: Scope, name: str, frame: Frame, quiet: bool) -> Shape:
    state = scope.states[name]
    path = state.get("ItemsPath", "$")
    found = value_of(path, frame)
    _must_be(found, "array", "ItemsPath", path, frame.tell)
    item = found.items or UNKNOWN
    if "ItemSelector" in state:
        of_map = obj({"Item": obj({"Index": INTEGER, "Value": item})})
        item = evaluate(state["ItemSelector"], replace(frame, context=CONTEXT.with_field("Map", of_map)))
    inner = inner_scopes(scope, name)
    return arr(walk.scope(inner[0], item, quiet=quiet)) if inner else UNKNOWN


def _choice(state: State, frame: Frame) -> Iterator[Out]:
    rest = frame.input
    for rule in items(state.get("Choices")):
        holds, rest = split(rule, replace(frame, input=rest))
        yield Out(rule.get("Next"), _output(state, holds, frame.tell))
    if "Default" in state:
        yield Out(state["Default"], _output(state, rest, frame.tell))


def _end(state: State, shape: Shape, tell: Tell) -> Iterator[Out]:
    ends = state.get("Type") == "Succeed" or state.get("End") is True
    yield Out(None if ends else state.get("Next", ""), _output(state, shape, tell))


def _output(state: State, shape: Shape, tell: Tell) -> Shape:
    return _path(state, "OutputPath", Frame(shape, tell))


def _path(state: State, key: str, frame: Frame) -> Shape:
    if key not in state:
        return frame.input
    return EMPTY if state[key] is None else value_of(state[key], frame)


def _put(shape: Shape, path: Any, result: Shape, tell: Callable[[str, str], None]) -> Shape:
    if path is None:
        return shape
    steps = jsonpath.parse(path) if isinstance(path, str) else None
    if steps is None:
        tell("result-path", f"{path!r} is no plain path: names only")
        return shape
    try:
        return jsonpath.put(shape, steps, result)
    except jsonpath.Unresolved as error:
        tell("result-path", f"a result cannot surely be put at {path}: {error.why}")
        # Told once, here: the states after it are checked as if it had gone well.
        return jsonpath.put(EMPTY, tuple(step for step in steps if isinstance(step, str)), result)


def _must_be(shape: Shape, kind: str, key: str, path: Any, tell: Tell) -> None:
    if shape.is_unknown or shape.kinds == {kind}:
        return
    tell("path", f"{key} {path} must be {kind}, may be {' or '.join(sorted(shape.kinds))}")
