"""Intrinsic functions: `States.Format('{} of {}', $.a, $.b)`, parsed and given a shape.

Source: "Intrinsics for JSONPath states in Step Functions" in AWS's developer guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from infra.checks.shapes import BOOLEAN, EMPTY, INTEGER, STRING, UNKNOWN, Shape, arr, literal, places


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PathArgument:
    text: str


class Unparsed(ValueError):
    """Text that is no intrinsic function; the message says where it stops being one."""


# Name: fewest and most arguments, and the shape of the result.
FUNCTIONS: Final[dict[str, tuple[int, int, Shape]]] = {
    "States.Format": (1, 11, STRING),
    "States.StringToJson": (1, 1, UNKNOWN),
    "States.JsonToString": (1, 1, STRING),
    "States.Array": (0, 10, arr(UNKNOWN)),
    "States.ArrayPartition": (2, 2, arr(arr(UNKNOWN))),
    "States.ArrayContains": (2, 2, BOOLEAN),
    "States.ArrayRange": (3, 3, arr(INTEGER)),
    "States.ArrayGetItem": (2, 2, UNKNOWN),
    "States.ArrayLength": (1, 1, INTEGER),
    "States.ArrayUnique": (1, 1, arr(UNKNOWN)),
    "States.Base64Encode": (1, 1, STRING),
    "States.Base64Decode": (1, 1, STRING),
    "States.Hash": (2, 2, STRING),
    "States.JsonMerge": (3, 3, EMPTY),
    "States.MathRandom": (2, 3, INTEGER),
    "States.MathAdd": (2, 2, INTEGER),
    "States.StringSplit": (2, 2, arr(STRING)),
    "States.UUID": (0, 0, STRING),
}

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<name>States\.\w+)\s*\(|(?P<path>\$\$?(?:\.[A-Za-z_]\w*|\['[^'\]]+'\]|\[\d+\])*)"
    r"|(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>true|false|null)|(?P<mark>[,)]))"
)
_WORDS: Final = {"true": True, "false": False, "null": None}


def is_intrinsic(text: str) -> bool:
    return text.startswith("States.")


def parse(text: str) -> Call:
    """The call that the whole text is; Unparsed otherwise."""
    value, at = _argument(text, 0)
    if not isinstance(value, Call) or text[at:].strip():
        raise Unparsed(f"{text[at:] or text!r} is not understood")
    return value


def problems(call: Call) -> list[str]:
    """Unknown names, wrong numbers of arguments, a Format whose `{}` do not match; nested calls too."""
    found = [problem for inner in call.arguments if isinstance(inner, Call) for problem in problems(inner)]
    if call.name not in FUNCTIONS:
        return [f"{call.name} is no intrinsic function", *found]
    least, most, _ = FUNCTIONS[call.name]
    given = len(call.arguments)
    if not least <= given <= most:
        return [
            f"{call.name} takes {least if least == most else f'{least} to {most}'} arguments, not {given}",
            *found,
        ]
    template = call.arguments[0] if call.arguments else None
    if call.name == "States.Format" and isinstance(template, str):
        slots = re.sub(r"\\.", "", template).count("{}")
        if slots != given - 1:
            found.append(f"States.Format has {slots} {{}} and {given - 1} values for them")
    return found


def paths(call: Call) -> list[str]:
    """Every path among the arguments, nested ones too."""
    found = []
    for argument in call.arguments:
        if isinstance(argument, PathArgument):
            found.append(argument.text)
        elif isinstance(argument, Call):
            found.extend(paths(argument))
    return found


def shape(call: Call) -> Shape:
    """The result's shape; of an array of literals its items."""
    if call.name == "States.Array" and not any(isinstance(a, (Call, PathArgument)) for a in call.arguments):
        return places(tuple(literal(argument) for argument in call.arguments))
    return FUNCTIONS.get(call.name, (0, 0, UNKNOWN))[2]


def _argument(text: str, at: int) -> tuple[Any, int]:
    token = _TOKEN.match(text, at)
    if token is None or token["mark"]:
        raise Unparsed(f"{text[at:]!r} is not understood")
    if token["path"]:
        return PathArgument(token["path"]), token.end()
    if token["text"] is not None:
        return re.sub(r"\\(['\\])", r"\1", token["text"][1:-1]), token.end()
    if token["number"]:
        return (float if "." in token["number"] else int)(token["number"]), token.end()
    if token["word"]:
        return _WORDS[token["word"]], token.end()
    return _call(text, token)


def _call(text: str, token: re.Match[str]) -> tuple[Call, int]:
    arguments: list[Any] = []
    at = token.end()
    if text[at:].lstrip().startswith(")"):
        return Call(token["name"], ()), text.index(")", at) + 1
    while True:
        value, at = _argument(text, at)
        arguments.append(value)
        mark = _TOKEN.match(text, at)
        if mark is None or not mark["mark"]:
            raise Unparsed(f"{text[at:] or 'the end'!r} where a comma or a bracket should stand")
        at = mark.end()
        if mark["mark"] == ")":
            return Call(token["name"], tuple(arguments)), at
