"""A history says with what each state was entered, with what it was left, and where to."""

from __future__ import annotations

from typing import Any

from tests.aws.visits import Visit, visits


def machine(start: str, **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


END = {"Type": "Pass", "End": True}
DEFINITION = machine(
    "Both",
    Both={"Type": "Parallel", "Branches": [machine("Left", Left=END), machine("Right", Right=END)], "Next": "Each"},
    Each={"Type": "Map", "ItemProcessor": machine("Item", Item=END), "Next": "Done"},
    Done={"Type": "Succeed"},
)


def entered(name: str, given: str) -> dict[str, Any]:
    return {"type": "PassStateEntered", "stateEnteredEventDetails": {"name": name, "input": given}}


def exited(name: str, output: str) -> dict[str, Any]:
    return {"type": "PassStateExited", "stateExitedEventDetails": {"name": name, "output": output}}


def item(what: str, index: int) -> dict[str, Any]:
    about = {"name": "Each", "index": index}
    return {"type": f"MapIteration{what}", f"mapIteration{what}EventDetails": about}


BOTH = [
    entered("Both", "{}"),
    entered("Left", "1"),
    entered("Right", "2"),
    exited("Right", "4"),
    exited("Left", "3"),
    exited("Both", "[3,4]"),
]


def test_branches_keep_their_order_and_items_follow_each_other() -> None:
    history = [
        *BOTH,
        entered("Each", "[3,4]"),
        item("Started", 0),
        entered("Item", "3"),
        exited("Item", '"a"'),
        item("Succeeded", 0),
        item("Started", 1),
        entered("Item", "4"),
        exited("Item", '"b"'),
        item("Succeeded", 1),
        exited("Each", '["a","b"]'),
        entered("Done", '["a","b"]'),
    ]
    assert visits(DEFINITION, history) == [
        Visit("Both", "{}", "[3,4]", "Each", ["3", "4"]),
        Visit("Left", "1", "3"),
        Visit("Right", "2", "4"),
        Visit("Each", "[3,4]", '["a","b"]', "Done", ['"a"', '"b"']),
        Visit("Item", "3", '"a"'),
        Visit("Item", "4", '"b"'),
        Visit("Done", '["a","b"]'),
    ]


def test_a_map_without_items_has_no_results() -> None:
    (both, _, _, each) = visits(DEFINITION, [*BOTH, entered("Each", "[]"), exited("Each", "[]")])
    assert (each.results, each.after, both.after) == ([], None, "Each")


def test_where_something_failed_nothing_is_taken_for_a_result() -> None:
    history = [*BOTH, entered("Each", "[1]"), {"type": "MapStateFailed"}, exited("Each", '"caught"')]
    assert [one.results for one in visits(DEFINITION, history)] == [None] * 4


def test_a_state_in_which_the_run_ended_has_no_output() -> None:
    assert visits(DEFINITION, [entered("Both", "{}")]) == [Visit("Both", "{}")]
