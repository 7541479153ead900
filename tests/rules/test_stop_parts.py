"""Kill switch, service, auto-scaling and entry orders of a stop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.facts import KillSwitchFact, OrderFact, Result, ScalingFact
from functions.rules.stop_parts import (
    Tasks,
    entry_orders,
    gone_since,
    judge_latch,
    judge_scaling,
    judge_service,
    tasks_of,
)
from tests.rules.facts import NOW, ago, service, task


@pytest.mark.parametrize(
    ("tasks", "since", "result"),
    [
        (Tasks(0, 0, None), 300, Result.DONE),
        (Tasks(0, 1, None), 119, Result.UNKNOWN),
        (Tasks(0, 1, None), 120, Result.NOT_DONE),
        (Tasks(1, 0, None), 5, Result.NOT_DONE),
    ],
)
def test_a_service_has_120_seconds_to_end_its_tasks(tasks: Tasks, since: float, result: Result) -> None:
    found = judge_service(tasks, now=NOW, since=ago(since), stop_time=timedelta(seconds=120))
    assert found.result is result


def test_a_task_counts_as_long_as_it_has_not_ended() -> None:
    stopping = service(task("a", "DEACTIVATING", desired_status="STOPPED"), desired=0)
    assert tasks_of(stopping) == Tasks(0, 1, None)
    ended = service(task("a", "STOPPED", stopped_at=ago(30)), task("b", "STOPPED", stopped_at=ago(90)), desired=0)
    assert tasks_of(ended) == Tasks(0, 0, ago(30))
    assert tasks_of(service(task("a", "PENDING"), desired=0)).running == 1


GONE: list[tuple[str, Tasks | None, float | None, float | None, float | None]] = [
    ("ECS did not answer", None, 60, 30, None),
    ("one runs", Tasks(0, 1, None), 60, 30, None),
    ("ECS tells of the one that was seen", Tasks(0, 0, ago(55)), 60, None, 55),
    ("it ended before the stop", Tasks(0, 0, ago(500)), None, None, 500),
    ("ECS tells of an older one", Tasks(0, 0, ago(500)), 60, None, 0),
    ("ECS tells of none", Tasks(0, 0, None), 60, None, 0),
    ("an earlier look found it", Tasks(0, 0, None), 60, 50, 50),
    ("none was ever seen", Tasks(0, 0, None), None, None, None),
]


@pytest.mark.parametrize(("tasks", "seen", "kept", "gone"), [row[1:] for row in GONE], ids=[row[0] for row in GONE])
def test_knows_since_when_no_task_runs(
    tasks: Tasks | None, seen: float | None, kept: float | None, gone: float | None
) -> None:
    at = [None if age is None else ago(age) for age in (seen, kept, gone)]
    found = gone_since(tasks, seen_at=at[0], kept=at[1], now=NOW, slack=timedelta(seconds=10))
    assert found == at[2]


def test_scaling_must_be_suspended_whole() -> None:
    assert judge_scaling(None).result is Result.DONE
    assert judge_scaling(ScalingFact(1, 4, True, True, True)).result is Result.DONE
    assert judge_scaling(ScalingFact(1, 4, True, False, True)).result is Result.NOT_DONE


@pytest.mark.parametrize(
    ("switch", "ids", "result"),
    [
        (KillSwitchFact(True), None, Result.DONE),
        (KillSwitchFact(False), None, Result.NOT_DONE),
        (KillSwitchFact(False), ("a",), Result.NOT_DONE),
        (KillSwitchFact(True, strategy_ids=("a",)), None, Result.NOT_DONE),
        (KillSwitchFact(True, strategy_ids=("a", "b")), ("a",), Result.DONE),
        (KillSwitchFact(True, strategy_ids=("b",)), ("a",), Result.NOT_DONE),
        (KillSwitchFact(True), ("a",), Result.DONE),
        (KillSwitchFact(True, released_ids=("a",)), ("a",), Result.NOT_DONE),
        (KillSwitchFact(True, released_ids=("a",)), None, Result.NOT_DONE),
    ],
)
def test_it_is_latched_only_where_it_is_engaged_for_all_whom_the_stop_concerns(
    switch: KillSwitchFact, ids: tuple[str, ...] | None, result: Result
) -> None:
    found = judge_latch(switch, ids)
    assert found.result is result
    assert ("not latched" in found.why) == (result is Result.NOT_DONE)


def test_protective_and_reducing_orders_are_no_entries_and_what_nobody_can_tell_is() -> None:
    def order(name: str, *, protective: bool, reducing: bool | None) -> OrderFact:
        return OrderFact("p", name, "a", "buy", "limit", "open", protective, reducing)

    found = entry_orders(
        [
            order("stop", protective=True, reducing=None),
            order("exit", protective=False, reducing=True),
            order("entry", protective=False, reducing=False),
            order("perhaps", protective=False, reducing=None),
        ]
    )
    assert [one.order_id for one in found] == ["entry", "perhaps"]
