"""Paths, templates and rules of the JSONPath language, over values that are not known yet."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any, Final

from tests.paths.unknowns import FROM_THE_ENGINE, Conflict, Unknown, known

FORMAT: Final = re.compile(r"States\.Format\('(?:[^'\\]|\\.)*'(?:,\s*(?P<given>.*))?\)", re.DOTALL)
ARRAY: Final = re.compile(r"States\.Array\((?P<given>.*)\)", re.DOTALL)
PATH: Final = re.compile(r"\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])*")
STEP: Final = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]")


def at(path: str, data: Unknown, context: Unknown) -> Unknown:
    """The value of a path, or of a function of paths."""
    if path.startswith("$$"):
        return at(path[1:], context, context)
    if formatted := FORMAT.fullmatch(path):
        for one in _given(formatted["given"]):
            at(one, data, context).text()
        return Unknown(settled=True, value=FROM_THE_ENGINE)
    if array := ARRAY.fullmatch(path):
        return Unknown(items=[at(one, data, context) for one in _given(array["given"])])
    assert PATH.fullmatch(path), f"a path of another form: {path}"
    for step in STEP.finditer(path):
        data = data.at(step["name"]) if step["name"] else data.listed(1 + int(step["index"]))[int(step["index"])]
    return data


def filled(template: Any, data: Unknown, context: Unknown) -> Unknown:
    """Parameters, ResultSelector, ItemSelector."""
    if isinstance(template, list):
        return Unknown(items=[filled(one, data, context) for one in template])
    if not isinstance(template, Mapping):
        return known(template)
    fields = {
        name.removesuffix(".$"): at(one, data, context) if name.endswith(".$") else filled(one, data, context)
        for name, one in template.items()
    }
    return Unknown(closed=True, fields=fields)


def put(data: Unknown, result: Unknown, path: str | None) -> Unknown:
    """ResultPath."""
    if path is None:
        return data
    if path == "$":
        return result
    names = path.split(".")[1:]
    around = [data]
    for name in names[:-1]:
        around.append(around[-1].at(name))
    for name, one in zip(reversed(names), reversed(around), strict=True):
        result = one.with_field(name, result)
    return result


def assume(rule: Mapping[str, Any], data: Unknown, context: Unknown, holds: bool, pick: random.Random) -> None:
    """From here on the rule of a Choice holds, or does not. Raises Conflict."""
    if "Not" in rule:
        return assume(rule["Not"], data, context, not holds, pick)
    for word, all_of in (("And", True), ("Or", False)):
        if word in rule:
            return _assume_of_several(rule[word], data, context, holds, all_of, pick)
    ((asked, wanted),) = ((name, one) for name, one in rule.items() if name not in ("Variable", "Next", "Comment"))
    names = rule["Variable"].split(".")[1:]
    data = context if rule["Variable"].startswith("$$") else data
    if asked == "IsPresent":
        for name in names[:-1]:
            data = data.at(name)
        if holds == wanted:
            data.at(names[-1])
        else:
            data.without(names[-1])
        return None
    for name in names:
        data = data.at(name)
    _assume_of(data, asked, wanted, holds)
    return None


def both_may_hold(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Of two rules of a Choice; else their order says nothing."""
    for attempt in range(8):
        data, context, pick = Unknown(), Unknown(), random.Random(attempt)
        try:
            assume(one, data, context, True, pick)
            assume(other, data, context, True, pick)
        except Conflict:
            continue
        return True
    return False


def _assume_of(data: Unknown, asked: str, wanted: Any, holds: bool) -> None:
    match asked:
        case "IsNull":
            (data.be if holds == wanted else data.be_other_than)(None)
        case "StringEquals":
            (data.be if holds else data.be_other_than)(wanted)
        case "BooleanEquals":
            data.be(wanted if holds else not wanted)
        case "NumericGreaterThan":
            data.be(wanted + 1 if holds else wanted)
        case _:
            raise NotImplementedError(asked)


def _assume_of_several(
    rules: list[Mapping[str, Any]],
    data: Unknown,
    context: Unknown,
    holds: bool,
    all_of: bool,
    pick: random.Random,
) -> None:
    """All of an And hold, or none of an Or does; else those before one that decides say the contrary of it."""
    if holds == all_of:
        for rule in rules:
            assume(rule, data, context, holds, pick)
        return
    for decides in pick.sample(range(len(rules)), len(rules)):
        try:
            for rule in rules[:decides]:
                assume(rule, data, context, not holds, pick)
            assume(rules[decides], data, context, holds, pick)
        except Conflict as conflict:
            found = conflict
        else:
            return
    raise found


def _given(arguments: str | None) -> list[str]:
    return [one.strip() for one in (arguments or "").split(",") if one.strip()]
