"""What must hold for every definition, not only for those in the files."""

from __future__ import annotations

import copy
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.asl import Definition
from infra.asl.states import every_state, task_of
from infra.checks import run
from infra.checks.jsonpath import Unresolved, resolve
from infra.checks.schema import misfits, shape_of
from infra.checks.shapes import Shape, join, literal
from tests.machines.definitions.example import GOOD, TASKS, FindResponse, context

TARGETS = [
    (name, scope.path, state, steps)
    for name, definition in GOOD.items()
    for scope, state, body in every_state(definition.machine)
    for steps in (
        *([("Next",)] if "Next" in body else []),
        *([("Default",)] if "Default" in body else []),
        *(("Catch", index, "Next") for index in range(len(body.get("Catch", [])))),
        *(("Choices", index, "Next") for index in range(len(body.get("Choices", [])))),
    )
]
# A child or a direct integration may do without a retry; nothing else is optional.
LACKING = [
    (name, scope.path, state, field)
    for name, definition in GOOD.items()
    for scope, state, body in every_state(definition.machine)
    if body["Type"] == "Task"
    for field in ("Catch", "TimeoutSeconds", "Resource", *(["Retry"] if task_of(body) else []))
]


def _changed(name: str, path: str, state: str) -> tuple[Definition, Any]:
    good = GOOD[name]
    machine = copy.deepcopy(dict(good.machine))
    for scope, found, body in every_state(machine):
        if (scope.path, found) == (path, state):
            return Definition(name, good.folder, machine, good.runbook), body
    raise AssertionError(f"{name} has no {path}/{state}")


@settings(deadline=None)
@given(st.sampled_from(TARGETS), st.text(string.ascii_letters, min_size=1, max_size=90))
def test_always_finds_a_target_that_does_not_exist(target: Any, nowhere: str) -> None:
    name, path, state, steps = target
    definition, body = _changed(name, path, state)
    if any(nowhere == other for _, other, _ in every_state(definition.machine)):
        return
    place: Any = body
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = nowhere
    found = run([definition], context())
    at = f"{path}/{state}" if path else state
    assert any(f.rule == "target" and f.state == at and repr(nowhere) in f.message for f in found)


@pytest.mark.parametrize(("name", "path", "state", "field"), LACKING)
def test_always_finds_what_a_task_lacks(name: str, path: str, state: str, field: str) -> None:
    definition, body = _changed(name, path, state)
    del body[field]
    found = run([definition], context())
    at = f"{path}/{state}" if path else state
    assert any(finding.state == at for finding in found)


_found = st.builds(
    FindResponse,
    verdict=st.sampled_from(["act", "leave"]),
    wait_seconds=st.integers(1, 900),
    anything=st.dictionaries(st.text("ab"), st.none()),
)


def _paths(shape: Shape, steps: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = [path for name, field in shape.fields.items() for path in _paths(field, (*steps, name))]
    return [steps, *inner]


@given(_found)
def test_a_path_that_surely_resolves_is_there_in_everything_a_task_returns(response: FindResponse) -> None:
    shape = shape_of(TASKS["find"].response_schema)
    dumped = response.model_dump(mode="json")
    for steps in _paths(shape):
        try:
            resolve(shape, steps)
        except Unresolved:
            continue
        value: Any = dumped
        for step in steps:
            value = value[step]


@given(_found)
def test_what_a_task_returns_fits_its_own_model(response: FindResponse) -> None:
    assert misfits(literal(response.model_dump(mode="json")), TASKS["find"].response_schema) == []


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(_json, _json)
def test_a_join_is_sure_only_of_what_both_ways_have(one: Any, other: Any) -> None:
    joined = join(literal(one), literal(other))
    for steps in _paths(joined):
        try:
            resolve(joined, steps)
        except Unresolved:
            continue
        for value in (one, other):
            resolve(literal(value), steps)


@given(_json, _json)
def test_a_join_is_the_same_from_either_side(one: Any, other: Any) -> None:
    left, right = join(literal(one), literal(other)), join(literal(other), literal(one))
    assert left.kinds == right.kinds
    assert set(_paths(left)) == set(_paths(right))


@given(_json)
def test_a_join_with_itself_changes_nothing(value: Any) -> None:
    assert join(literal(value), literal(value)) == literal(value)
