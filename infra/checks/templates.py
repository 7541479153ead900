"""What a payload template (Parameters, ResultSelector, ItemSelector) makes of its input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.checks import intrinsics, jsonpath
from infra.checks.shapes import INTEGER, STRING, UNKNOWN, Shape, literal, obj, places

# The context object, as far as every state has it. The redrive time and others are there only sometimes.
CONTEXT: Final = obj(
    {
        "Execution": obj(
            {
                "Id": STRING,
                "Input": UNKNOWN,
                "Name": STRING,
                "RoleArn": STRING,
                "StartTime": STRING,
                "RedriveCount": INTEGER,
            }
        ),
        "State": obj({"EnteredTime": STRING, "Name": STRING, "RetryCount": INTEGER}),
        "StateMachine": obj({"Id": STRING, "Name": STRING}),
    }
)

Tell = Callable[[str, str], None]


@dataclass(frozen=True)
class Frame:
    """Where a template stands: what `$` and `$$` are, and whom to tell `(rule, message)`."""

    input: Shape
    tell: Tell
    context: Shape = CONTEXT


def evaluate(template: Any, frame: Frame) -> Shape:
    """The shape that the template gives; what may not resolve is told and taken as unknown."""
    if isinstance(template, Mapping):
        fields = {}
        for key, value in template.items():
            if not key.endswith(".$"):
                fields[key] = evaluate(value, frame)
                continue
            name = key.removesuffix(".$")
            if name in template:
                frame.tell("fields", f"both {name} and {key} are given")
            fields[name] = _dynamic(value, frame)
        return obj(fields)
    if isinstance(template, list):
        return places(tuple(evaluate(value, frame) for value in template))
    if isinstance(template, str) and (template.startswith("$.") or template == "$"):
        frame.tell("fields", f"{template} is passed as text: the key of a path ends in .$")
    return literal(template)


def value_of(path: Any, frame: Frame, rule: str = "path") -> Shape:
    """What a path (`$.a`, `$$.Execution.Id`) or an intrinsic function gives."""
    if not isinstance(path, str):
        frame.tell("fields", f"a path must be text, is {path!r}")
        return UNKNOWN
    if intrinsics.is_intrinsic(path):
        return _intrinsic(path, frame)
    if path.startswith("$$"):
        return _resolved(path, frame.context, path[1:], frame, "the context object")
    return _resolved(path, frame.input, path, frame, "the input", rule)


def _dynamic(path: Any, frame: Frame) -> Shape:
    # Whether a token may stand here at all is the rule `token`'s (infra/checks/callbacks.py).
    return STRING if path == "$$.Task.Token" else value_of(path, frame)


def _intrinsic(text: str, frame: Frame) -> Shape:
    try:
        call = intrinsics.parse(text)
    except intrinsics.Unparsed as error:
        frame.tell("intrinsic", f"{text}: {error}")
        return UNKNOWN
    for problem in intrinsics.problems(call):
        frame.tell("intrinsic", problem)
    for path in intrinsics.paths(call):
        value_of(path, frame)
    return intrinsics.shape(call)


def _resolved(shown: str, shape: Shape, path: str, frame: Frame, what: str, rule: str = "path") -> Shape:
    steps = jsonpath.parse(path)
    if steps is None:
        frame.tell(rule, f"{shown} is no plain path: names and numbers only")
        return UNKNOWN
    if not steps and shown == "$$":
        frame.tell("token", "$$ whole would hand on the task token: name the fields that are needed")
    try:
        return jsonpath.resolve(shape, steps)
    except jsonpath.Unresolved as error:
        frame.tell(rule, f"{shown} may not resolve: of {what}, {error.why}")
        return UNKNOWN
