"""An emergency stop without Step Functions does what the machine does, in its order, whatever breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions import direct_stop
from functions.adapters.memory import twins
from functions.direct_stop import BRANCHES, ORDER, SEGMENT_CALLS, Stopped, Told, execution_arn
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from infra.asl import strict_yaml
from infra.asl.runbook import read_runbook
from infra.paths import STATEMACHINES
from tests.rules.facts import service
from tests.tasks.rig import SETTINGS, Rig

FOLDER = STATEMACHINES / "emergency-stop"
ORDERED = {"reason": "doubled orders", "requested_by": "arn:aws:iam::1:user/ana", "dry_run": False}


@pytest.fixture
def rig(rig: Rig) -> Rig:
    """Twelve strategies that trade, one that rests, and the service with one task."""
    for number in range(12):
        rig.strategy(f"s{number:02}", age=5, status="running" if number % 2 else "warmup")
    rig.strategy("resting", status="paused")
    rig.world.service = service()
    return rig


def stop(rig: Rig, order: dict[str, Any] | None = None, *, at_sleep: Callable[[], None] = lambda: None) -> Any:
    """The stop, and what it told. Its tasks end while it waits."""
    told: list[Told] = []

    def sleep(seconds: float) -> None:
        rig.world.advance(seconds=seconds)
        found = rig.world.service
        if found is not None and found.desired == 0:
            rig.world.service = replace(found, running=0, tasks=())
        at_sleep()

    arn = execution_arn(SETTINGS, rig.now, "ana")
    ended = direct_stop.stop(
        twins(rig.world), SETTINGS, order or ORDERED, arn, now=rig.now, sleep=sleep, shown=told.append
    )
    return ended, told


def statuses(rig: Rig) -> dict[str, str]:
    return {item["strategy_id"]: item["status"] for item in rig.world.items("trading_state")}


def test_its_order_of_tasks_is_the_machine_s() -> None:
    machine = strict_yaml.read(FOLDER / "machine.asl.yaml")
    assert tuple(_order(machine)) == ORDER


def test_a_segment_is_called_as_often_as_the_machine_calls_it() -> None:
    assert read_runbook(strict_yaml.read(FOLDER / "runbook.yaml")).loops["StopSegment"] == SEGMENT_CALLS


def _order(machine: dict[str, Any]) -> list[Any]:
    """Tasks on the way on which nothing breaks; those of a Parallel as one entry, in the order of its branches."""
    found: list[Any] = []
    name: str | None = machine["StartAt"]
    while name is not None:
        state = machine["States"][name]
        match state["Type"]:
            case "Task":
                found.append(state["Resource"].removeprefix("${task:").removesuffix("}"))
            case "Parallel":
                found.append(tuple(task for branch in state["Branches"] for task in _order(branch)))
            case "Map":
                found += _order(state["ItemProcessor"])
        name = state.get("Next") or state.get("Default")
    return found


def test_stops_everything_and_proves_it(rig: Rig) -> None:
    ended, told = stop(rig)
    assert ended.troubles == []
    assert statuses(rig) == {**{f"s{number:02}": "stopped" for number in range(12)}, "resting": "paused"}
    assert rig.world.service is not None
    assert rig.world.service.desired == 0
    switch = rig.world.item("guards", "kill-switch") or {}
    assert (switch["engaged"], switch["reason"], switch["engaged_by"]) == (
        True,
        "doubled orders",
        ORDERED["requested_by"],
    )
    assert ended.conclusion["output"]["outcome"] == "resolved"
    assert told[0].task == "engage_kill_switch"
    assert {one.task for one in told[1:14]} == set(BRANCHES), "13 tasks: 8 segments, and five besides"
    assert [one.task for one in told[-3:]] == ["tell_exposure", "conclude_stop", "start_verification"]


def test_a_dry_run_changes_nothing_of_the_platform(rig: Rig) -> None:
    before = statuses(rig)
    ended, _ = stop(rig, {**ORDERED, "dry_run": True})
    assert statuses(rig) == before
    assert rig.world.service == service()
    assert rig.world.item("guards", "kill-switch") is None
    assert ended.conclusion["output"]["outcome"] == "dry_run"


def test_refuses_a_dry_run_that_is_no_boolean_before_anything_is_written(rig: Rig) -> None:
    with pytest.raises(Refused, match="dry_run"):
        stop(rig, {**ORDERED, "dry_run": "yes"})
    assert "stopped" not in statuses(rig).values()


@pytest.mark.parametrize("word", [Transient, Refused, Uncertain, Broken])
@pytest.mark.parametrize(
    "port",
    ["halts.engage", "incidents.open", "incidents.note", "halts.record", "halts.record_service", "service.describe",
     "scaling.describe", "scaling.suspend", "orders.every_working", "notifier.publish", "notifier.page",
     "reports.put", "positions.open_of"],
)  # fmt: skip
def test_whatever_breaks_beside_them_every_strategy_is_stopped(
    rig: Rig, port: str, word: type[RunbookError]
) -> None:
    rig.world.trouble[port] = word("not today")
    stop(rig)
    assert [name for name, status in statuses(rig).items() if status in ("running", "warmup")] == []


@pytest.mark.parametrize("word", [Transient, Refused, Uncertain, Broken])
@pytest.mark.parametrize("port", ["trading_state.segment", "trading_state.stop_many"])
def test_where_no_strategy_can_be_stopped_the_service_is_and_nothing_is_called_resolved(
    rig: Rig, port: str, word: type[RunbookError]
) -> None:
    rig.world.trouble[port] = word("not today")
    ended, _ = stop(rig)
    assert rig.world.service is not None
    assert rig.world.service.desired == 0
    assert (rig.world.item("guards", "kill-switch") or {})["engaged"] is True
    assert ended.conclusion["escalated"] is True


def test_a_kill_switch_that_cannot_be_written_is_told_and_nothing_is_called_resolved(rig: Rig) -> None:
    rig.world.trouble["halts.engage"] = Uncertain("no answer within 2 s")
    ended, _ = stop(rig)
    assert ended.state["job"]["latched"] is False
    assert "no answer within 2 s" in ended.state["job"]["latch_why"]
    assert ended.conclusion["escalated"] is True


def test_stops_again_who_comes_back_while_it_looks(rig: Rig) -> None:
    back = iter([True])

    def at_sleep() -> None:
        if next(back, False):
            rig.strategy("s03", age=0, status="running")

    ended, _ = stop(rig, at_sleep=at_sleep)
    assert statuses(rig)["s03"] == "stopped"
    assert ended.state["look"]["came_back"]["some"] == ["s03"]


def test_where_the_end_cannot_be_written_what_was_seen_is_still_told(rig: Rig) -> None:
    rig.world.trouble["incidents.get"] = Transient("the incidents table is down")
    rig.world.trouble["incidents.close"] = Transient("the incidents table is down")
    ended, told = stop(rig)
    assert isinstance(ended, Stopped)
    assert ended.state["look"]["counts"]["not_done"] == 0
    if ended.conclusion is None:
        assert ended.troubles
        assert told[-1].error is not None
        assert "the incidents table is down" in told[-1].error


def test_its_name_says_when_and_by_whom_and_keeps_to_what_a_name_may_hold(rig: Rig) -> None:
    arn = execution_arn(SETTINGS, rig.now, "ana maria@example.com" + "x" * 90)
    name = arn.rpartition(":")[2]
    assert re.match(r"direct-20260301T030000Z-[0-9a-f]{6}-ana-maria-example-com", name)
    assert len(name) == 80
    assert execution_arn(SETTINGS, rig.now, "///").endswith("-somebody")


def test_two_stops_of_one_person_in_the_same_second_are_two(rig: Rig) -> None:
    assert execution_arn(SETTINGS, rig.now, "ana") != execution_arn(SETTINGS, rig.now, "ana")
