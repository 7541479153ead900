from __future__ import annotations

import pytest

from local.engine.ecs.plan import Plan, Task, plan


def new(name: str = "new", running: bool = True, wanted: bool = True) -> Task:
    return Task(name, ours=True, running=running, wanted=wanted, created=2)


def old(name: str = "old", running: bool = True, wanted: bool = True) -> Task:
    return Task(name, ours=False, running=running, wanted=wanted, created=1)


@pytest.mark.parametrize(
    ("desired", "tasks", "maximum", "minimum", "expected"),
    [
        pytest.param(1, [], 200, 100, Plan(1, ()), id="starts what is missing"),
        pytest.param(1, [new()], 200, 100, Plan(0, ()), id="leaves a steady service alone"),
        pytest.param(1, [old()], 200, 100, Plan(1, ()), id="runs old and new side by side"),
        pytest.param(1, [old(), new(running=False)], 200, 100, Plan(0, ()), id="keeps the old one meanwhile"),
        pytest.param(1, [old(), new()], 200, 100, Plan(0, ("old",)), id="stops the old one afterwards"),
        pytest.param(1, [old()], 100, 0, Plan(0, ("old",)), id="stops first where there is no room"),
        pytest.param(1, [old(wanted=False)], 100, 0, Plan(0, ()), id="waits for the old one's end"),
        pytest.param(1, [old(wanted=False)], 200, 100, Plan(1, ()), id="does not wait where there is room"),
        pytest.param(1, [old()], 100, 100, Plan(0, ()), id="is stuck between two hundreds"),
        pytest.param(1, [new(wanted=False)], 100, 0, Plan(1, ()), id="replaces a stopped task at once"),
        pytest.param(0, [new(), old()], 200, 100, Plan(0, ("new", "old")), id="empties the service"),
        pytest.param(1, [new("a"), new("b")], 200, 100, Plan(0, ("a",)), id="stops what is too much"),
        pytest.param(4, [old(str(n)) for n in range(4)], 150, 50, Plan(2, ("0", "1")), id="rolls in steps"),
    ],
)
def test_the_scheduler(desired: int, tasks: list[Task], maximum: int, minimum: int, expected: Plan) -> None:
    assert plan(desired, tasks, maximum, minimum, held=False) == expected


def test_starts_nothing_and_stops_no_old_task_while_it_is_held() -> None:
    assert plan(1, [], 200, 100, held=True) == Plan(0, ())
    assert plan(1, [old()], 100, 0, held=True) == Plan(0, ())
