"""Two engines are compared by what they entered, where the language says in which order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.containers.walks import Walk, differences, regions, walk_of


def inner(*names: str) -> dict[str, Any]:
    return {"StartAt": names[0], "States": {name: {"Type": "Pass"} for name in names}}


MACHINE = {
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Pass", "Next": "Both"},
        "Both": {"Type": "Parallel", "Branches": [inner("Left", "LeftEnd"), inner("Right")], "Next": "Each"},
        "Each": {"Type": "Map", "ItemProcessor": inner("Item"), "End": True},
    },
}


def entered(*names: str) -> list[dict[str, Any]]:
    return [{"type": "PassStateEntered", "stateEnteredEventDetails": {"name": name}} for name in names]


def test_each_state_belongs_to_its_branch() -> None:
    assert dict(regions(MACHINE)) == {
        "Begin": (),
        "Both": (),
        "Left": ("Both#0",),
        "LeftEnd": ("Both#0",),
        "Right": ("Both#1",),
        "Each": (),
        "Item": ("Each#0",),
    }


def test_branches_may_take_turns_in_any_order() -> None:
    one = walk_of(MACHINE, "SUCCEEDED", entered("Begin", "Both", "Left", "Right", "LeftEnd", "Each", "Item"))
    other = walk_of(MACHINE, "SUCCEEDED", entered("Begin", "Both", "Right", "Left", "LeftEnd", "Each", "Item"))
    assert one.outer == ("Begin", "Both", "Each")
    assert differences(one, other) == []


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (("Begin", "Both", "LeftEnd", "Left", "Each"), "Both#0: Left > LeftEnd | LeftEnd > Left"),
        (("Begin", "Both", "Left", "LeftEnd"), "path: ... Both > Each | ... Both"),
        (("Begin", "Both", "Left", "LeftEnd", "Each", "Item"), "Each#0: nothing | Item"),
        (("Begin", "Both", "Left", "LeftEnd", "Each", "Each"), "path: ... Each | ... Each > Each"),
    ],
)
def test_another_order_or_another_state_is_a_difference(names: tuple[str, ...], line: str) -> None:
    one = walk_of(MACHINE, "SUCCEEDED", entered("Begin", "Both", "Left", "LeftEnd", "Each"))
    assert differences(one, walk_of(MACHINE, "SUCCEEDED", entered(*names))) == [line]


def test_another_end_is_a_difference() -> None:
    failed = [*entered("Begin"), {"type": "ExecutionFailed", "executionFailedEventDetails": {"error": "Broken"}}]
    one, other = walk_of(MACHINE, "FAILED", failed), walk_of(MACHINE, "SUCCEEDED", entered("Begin"))
    assert one.error == "Broken"
    assert differences(one, other) == ["status: FAILED | SUCCEEDED", "error: Broken | None"]


def test_inside_of_what_a_failed_branch_tore_apart_nothing_is_compared() -> None:
    one = Walk("FAILED", "Broken", {(): ("Begin", "Both"), ("Both#0",): ("Left",)})
    other = Walk("FAILED", "Broken", {(): ("Begin", "Both"), ("Both#0",): ("Left", "LeftEnd")})
    assert differences(one, other) != []
    assert differences(one, other, torn=True) == []
    assert differences(one, Walk("FAILED", "Broken", {(): ("Begin",)}), torn=True) != []


def test_a_state_that_the_definition_has_not_is_an_error() -> None:
    with pytest.raises(KeyError, match="Elsewhere"):
        walk_of(MACHINE, "SUCCEEDED", entered("Elsewhere"))
