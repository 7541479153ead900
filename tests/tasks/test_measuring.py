"""What is measured, when, and that the catalogue which dashboard and alarms read is what is really published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from functions import measuring
from functions.adapters.memory import World, twins
from functions.contracts import Run
from functions.errors import Transient
from functions.facts import Outcome
from functions.tasks import detect_orders, detect_stuck, watch_halt
from tests.tasks.desk import ApprovalDesk
from tests.tasks.orders_rig import OrdersRig
from tests.tasks.rig import Rig
from tests.tasks.stops import engaged
from tests.tasks.stuck_rig import StuckRig

Measures = list[tuple[str, float, dict[str, str]]]


@pytest.fixture
def run(rig: Rig) -> Run:
    return rig.opened()


def ended(rig: Rig, run: Run, outcome: Outcome, **item: Any) -> Measures:
    rig.world.measures.clear()
    measuring.run_ended(twins(rig.world), run, outcome, item)
    return rig.world.measures


def values(world: World) -> dict[str, float]:
    return {name: value for name, value, _ in world.measures}


def sound(measures: Measures) -> set[str]:
    """Their names, once each stands in the catalogue with exactly its dimensions, none of them empty."""
    for name, _, dimensions in measures:
        assert tuple(sorted(dimensions)) == measuring.PUBLISHED[name], name
        assert all(dimensions.values()), name
    return {name for name, _, _ in measures}


def test_a_cure_is_measured_from_the_start_of_its_run(rig: Rig, run: Run) -> None:
    rig.world.now = run.opened_at + timedelta(minutes=7)
    assert ended(rig, run, Outcome.RESOLVED) == [
        ("RunsEnded", 1, {"Runbook": "stale-heartbeat", "Outcome": "resolved"}),
        ("TimeToCureSeconds", 420, {"Runbook": "stale-heartbeat"}),
    ]


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.RESOLVED}))
def test_a_run_that_cured_nothing_has_no_time_to_cure(rig: Rig, run: Run, outcome: Outcome) -> None:
    assert ended(rig, run, outcome) == [
        ("RunsEnded", 1, {"Runbook": "stale-heartbeat", "Outcome": str(outcome)}),
    ]


def test_each_line_of_the_checklist_that_fails_is_counted_by_its_id(rig: Rig, run: Run) -> None:
    lines = [{"id": one, "result": result} for one, result in (("logs", "fail"), ("orders", "unknown"))]
    found = ended(rig, run, Outcome.ESCALATED, checklist=[*lines, {"id": "positions", "result": "fail"}])
    assert found[1:] == [
        ("ChecklistFailures", 1, {"Check": "logs"}),
        ("ChecklistFailures", 1, {"Check": "positions"}),
    ]


def test_nobody_who_waits_is_told_as_zero(desk: ApprovalDesk) -> None:
    desk.sweep()
    assert values(desk.world) == {"ApprovalsWaiting": 0, "OldestApprovalSeconds": 0, "ApprovalTimeSpentPercent": 0}


def test_a_question_that_waits_is_counted_with_its_age_and_how_much_of_its_time_is_over(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(6)
    assert values(desk.world) == {
        "ApprovalsWaiting": 1, "OldestApprovalSeconds": 360, "ApprovalTimeSpentPercent": pytest.approx(40),
    }  # fmt: skip


def test_a_question_that_nobody_answered_waits_no_more(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.sweep(15)
    desk.world.measures.clear()
    desk.sweep(16)
    assert values(desk.world)["ApprovalsWaiting"] == 0


def test_a_metric_that_cannot_be_published_keeps_nobody_from_an_answer(desk: ApprovalDesk) -> None:
    desk.ask()
    desk.world.trouble["measures.put"] = Transient("throttled")
    desk.sweep(15)
    assert desk.answer()["decision"] == "lapsed"


def test_a_halt_is_told_while_it_stands_and_its_end_too(rig: Rig) -> None:
    for stands in (False, True):
        if stands:
            engaged(rig)
        rig.world.measures.clear()
        rig.work(watch_halt)
        assert rig.world.measures == [("KillSwitchEngaged", float(stands), {})]


def test_every_metric_of_the_catalogue_is_published_with_exactly_its_dimensions(
    rig: Rig, run: Run, desk: ApprovalDesk
) -> None:
    """Dashboard and alarms are held against the catalogue; this holds the catalogue against what happens."""
    stuck, orders = StuckRig(), OrdersRig()
    failing: Mapping[str, Any] = {"checklist": [{"id": "logs", "result": "fail"}]}
    published = sound(list(ended(rig, run, Outcome.RESOLVED, **failing)))
    rig.work(watch_halt)
    desk.sweep()
    stuck.work(detect_stuck)
    orders.work(detect_orders)
    for world in (rig.world, desk.world, stuck.world, orders.world):
        published |= sound(world.measures)
    assert published == set(measuring.PUBLISHED)
