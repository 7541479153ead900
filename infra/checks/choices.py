"""What a Choice knows after each of its rules: paths that were asked for are there, and not null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from infra.checks import jsonpath
from infra.checks.shapes import Shape, kind
from infra.checks.templates import Frame, value_of

_NUMERIC: Final = frozenset({"integer", "number"})
_STRING: Final = frozenset({"string"})
_BOOLEAN: Final = frozenset({"boolean"})
_ORDERS: Final = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")

# Comparison: the JSON types of a value for which it can hold.
COMPARISONS: Final[Mapping[str, frozenset[str]]] = {
    **{f"String{order}": _STRING for order in _ORDERS},
    **{f"Timestamp{order}": _STRING for order in _ORDERS},
    **{f"Numeric{order}": _NUMERIC for order in _ORDERS},
    "BooleanEquals": _BOOLEAN,
    "StringMatches": _STRING,
}
TESTS: Final[Mapping[str, frozenset[str]]] = {
    "IsNull": frozenset({"null"}),
    "IsString": _STRING,
    "IsNumeric": _NUMERIC,
    "IsBoolean": _BOOLEAN,
    "IsTimestamp": _STRING,
}
OPERATORS: Final = frozenset({*COMPARISONS, *(f"{name}Path" for name in COMPARISONS if name != "StringMatches")})


def split(rule: Mapping[str, Any], frame: Frame) -> tuple[Shape, Shape]:
    """The input where the rule holds, and where it does not. Variables that may not resolve are told."""
    if isinstance(rule.get("And"), list):
        return _all_of(rule["And"], frame), frame.input
    if isinstance(rule.get("Or"), list):
        return _any_of(rule["Or"], frame)
    if isinstance(rule.get("Not"), Mapping):
        holds, fails = split(rule["Not"], frame)
        return fails, holds
    return _compare(rule, frame)


def comparison(rule: Mapping[str, Any]) -> str | None:
    """The one comparison of a rule that is no And, Or or Not; None where there is not exactly one."""
    found = [name for name in rule if name in OPERATORS or name in TESTS or name == "IsPresent"]
    return found[0] if len(found) == 1 else None


def _all_of(rules: list[Any], frame: Frame) -> Shape:
    shape = frame.input
    for rule in rules:
        if isinstance(rule, Mapping):
            shape, _ = split(rule, _with(frame, shape))
    return shape


def _any_of(rules: list[Any], frame: Frame) -> tuple[Shape, Shape]:
    from infra.checks.shapes import join_all

    shape, held = frame.input, []
    for rule in rules:
        if isinstance(rule, Mapping):
            holds, shape = split(rule, _with(frame, shape))
            held.append(holds)
    return join_all(held) if held else frame.input, shape


def _compare(rule: Mapping[str, Any], frame: Frame) -> tuple[Shape, Shape]:
    name, variable = comparison(rule), rule.get("Variable")
    if name is None or not isinstance(variable, str):
        return frame.input, frame.input
    steps = None if variable.startswith("$$") else jsonpath.parse(variable)
    if name == "IsPresent":
        present = frame.input if steps is None else jsonpath.assume(frame.input, steps)
        return (present, frame.input) if rule[name] is True else (frame.input, present)
    value = value_of(variable, frame)
    known = frame.input if steps is None else jsonpath.narrow(frame.input, steps)
    if name in TESTS:
        asked_null = name == "IsNull"
        if rule[name] is True:
            return (frame.input, known) if asked_null else (known, frame.input)
        return (known, frame.input) if asked_null else (frame.input, known)
    if name.endswith("Path"):
        value_of(rule[name], frame)
    else:
        _possible(variable, name, rule[name], value, frame)
    return known, frame.input


def _possible(variable: str, name: str, wanted: Any, value: Shape, frame: Frame) -> None:
    kinds = COMPARISONS[name]
    given = "${" in wanted if isinstance(wanted, str) else False
    if kind(wanted) not in kinds and not given:
        frame.tell("choice", f"{name} compares with {' or '.join(sorted(kinds))}, not with {wanted!r}")
    elif not value.kinds & kinds:
        frame.tell("choice", f"{name} never holds: {variable} is {' or '.join(sorted(value.kinds))}")
    elif name.endswith("Equals") and len(name) <= len("TimestampEquals") and not given:
        equals = name in ("StringEquals", "NumericEquals", "BooleanEquals")
        if equals and value.values is not None and wanted not in value.values:
            can = ", ".join(sorted(map(repr, value.values)))
            frame.tell("choice", f"{variable} is never {wanted!r}; it is one of {can}")


def _with(frame: Frame, shape: Shape) -> Frame:
    return Frame(shape, frame.tell, frame.context)
