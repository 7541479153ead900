"""Definitions with one mistake in each: what a test of them must see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.paths.errors import first
from tests.paths.reading import both_may_hold
from tests.paths.targets import inside

Machine = dict[str, Any]
# Names where, and makes the mistake in a copy of the state.
Mistake = tuple[str, Callable[[Machine], None]]


@dataclass(frozen=True)
class Mutant:
    """`state`: in which the mistake is; `machine`: as the file has it, its placeholders kept."""

    folder: str
    state: str
    mistake: str
    machine: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.folder}: {self.state}: {self.mistake}"


def mutants_of(folder: str, machine: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mistake that can be made in one place of it, in the order of the file."""
    for path, level in _levels(machine, ()):
        for name, state in level["States"].items():
            others = {one: its for one, its in level["States"].items() if one != name}
            for mistake, make in _mistakes(state, others):
                changed = deepcopy(dict(machine))
                make(_level(changed, path)["States"][name])
                yield Mutant(folder, name, mistake, changed)


def _levels(
    machine: Mapping[str, Any], path: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]:
    yield path, machine
    for name, state in machine["States"].items():
        for index, inner in enumerate(inside(state)):
            yield from _levels(inner, (*path, (name, index)))


def _level(machine: Machine, path: tuple[Any, ...]) -> Machine:
    for name, index in path:
        machine = inside(machine["States"][name])[index]
    return machine


def _mistakes(state: Mapping[str, Any], around: Mapping[str, Mapping[str, Any]]) -> Iterator[Mistake]:
    others = list(around)
    for index, _ in enumerate(state.get("Catch", ())):
        if not _taken_by_another(state["Catch"], index):
            yield f"catch {index} removed", partial(_drop, "Catch", index)
        yield from _elsewhere(f"catch {index}", others, partial(_at, "Catch", index))
        yield from _fewer_names("Catch", state, index)
    for index, retrier in enumerate(state.get("Retry", ())):
        yield f"retry {index} removed", partial(_drop, "Retry", index)
        more = int(retrier.get("MaxAttempts", 3)) + 1
        yield f"retry {index} once more", partial(_set, "Retry", index, "MaxAttempts", more)
        yield from _fewer_names("Retry", state, index)
    if state["Type"] == "Choice":
        yield from _wrong_choices(state, others)
    elif "Next" in state:
        yield from _elsewhere("goes on", others, lambda one: one)
    if "ResultPath" in state and not _reads_nothing(around.get(state.get("Next", ""), {})):
        if state["ResultPath"] != "$":
            yield "result in place of the input", lambda one: one.update(ResultPath="$")
        if state["ResultPath"] is not None:
            yield "result thrown away", lambda one: one.update(ResultPath=None)


def _taken_by_another(catchers: list[Mapping[str, Any]], index: int) -> bool:
    """A later one takes all its errors to the same place, so that it is not missed."""
    one, rest = catchers[index], catchers[index + 1 :]
    for error in one["ErrorEquals"]:
        after = first(rest, error)
        if after is None or any(rest[after].get(part) != one.get(part) for part in ("Next", "ResultPath")):
            return False
    return True


def _reads_nothing(state: Mapping[str, Any]) -> bool:
    """Whatever it is handed, it ends the same."""
    return state.get("Type") == "Fail" and not any(part.endswith("Path") for part in state)


def _at(field: str, index: int, state: Machine) -> Machine:
    found: Machine = state[field][index]
    return found


def _set(field: str, index: int, name: str, value: object, state: Machine) -> None:
    state[field][index][name] = value


def _drop(field: str, index: int, state: Machine) -> None:
    del state[field][index]
    # A Choice without rules stays one, and is refused.
    if not state[field] and field != "Choices":
        del state[field]


def _elsewhere(what: str, others: list[str], part: Callable[[Machine], Machine]) -> Iterator[Mistake]:
    """To the state after the one that it should go to, in the order of the file."""

    def make(state: Machine) -> None:
        found = part(state)
        left = [one for one in others if one != found["Next"]]
        found["Next"] = left[(others.index(found["Next"]) if found["Next"] in others else 0) % len(left)]

    if len(others) > 1:
        yield f"{what} elsewhere", make


def _fewer_names(field: str, state: Mapping[str, Any], index: int) -> Iterator[Mistake]:
    names = state[field][index]["ErrorEquals"]
    if len(names) > 1:
        for name in names:
            left = [one for one in names if one != name]
            yield (
                f"{field.lower()} {index} without {name}",
                partial(_set, field, index, "ErrorEquals", left),
            )


def _wrong_choices(state: Mapping[str, Any], others: list[str]) -> Iterator[Mistake]:
    rules = state["Choices"]
    for index, rule in enumerate(rules):
        if len(rules) > 1 or "Default" in state:
            yield f"rule {index} removed", partial(_drop, "Choices", index)
        yield from _elsewhere(f"rule {index}", others, partial(_at, "Choices", index))
        if index and rules[index - 1]["Next"] != rule["Next"] and both_may_hold(rules[index - 1], rule):
            yield f"rules {index - 1} and {index} swapped", partial(_swap, index)
        for word in ("And", "Or"):
            for part in range(len(rule.get(word, ()))):
                yield (
                    f"rule {index} without its condition {part}",
                    partial(_without_condition, index, word, part),
                )
        yield from _contrary(f"rule {index}", rule, partial(_at, "Choices", index))
    if "Default" in state and len(others) > 1:

        def default(one: Machine) -> None:
            one["Default"] = next(name for name in others if name != one["Default"])

        yield "default elsewhere", default


def _swap(index: int, state: Machine) -> None:
    rules = state["Choices"]
    rules[index - 1], rules[index] = rules[index], rules[index - 1]


def _without_condition(index: int, word: str, condition: int, state: Machine) -> None:
    del state["Choices"][index][word][condition]


def _inside(part: Callable[[Machine], Machine], word: str, index: int, state: Machine) -> Machine:
    found: Machine = part(state)[word][index]
    return found


def _turned(part: Callable[[Machine], Machine], test: str, state: Machine) -> None:
    rule = part(state)
    rule[test] = not rule[test]


def _contrary(what: str, rule: Mapping[str, Any], part: Callable[[Machine], Machine]) -> Iterator[Mistake]:
    for word in ("And", "Or"):
        for at, inner in enumerate(rule.get(word, ())):
            yield from _contrary(f"{what} {word} {at}", inner, partial(_inside, part, word, at))
    if "Not" in rule:
        yield from _contrary(what, rule["Not"], lambda one: part(one)["Not"])
    for test in ("BooleanEquals", "IsNull", "IsPresent"):
        if test in rule:
            yield f"{what} says the contrary", partial(_turned, part, test)
    if "StringEquals" in rule:
        yield f"{what} waits for another word", lambda one: part(one).update(StringEquals="something else")
