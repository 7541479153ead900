"""A dry run that `runbooks drill` started says so in its incident, whichever task opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.settings import RunbookMode
from functions.tasks import engage_kill_switch, open_incident, open_resume, open_stuck, open_verification
from tests.tasks.rig import ALARM, EXECUTION, Rig
from tests.tasks.stops import STOP

DRILL = {"dry_run": True, "Comment": "drill by arn:aws:iam::000000000000:user/ana"}
RESUME = {"requested_by": "ana", "reason": "drill"}
Opens = Callable[[Rig, dict[str, Any]], object]


def opened_by(task: Any, arn: str = EXECUTION, field: str = "input", **more: Any) -> Opens:
    def opens(rig: Rig, given: dict[str, Any]) -> object:
        return rig.work(task, **{"execution_arn": arn, "started_at": rig.now, field: given, **more})

    return opens


OPENS = {
    "stale-heartbeat": opened_by(open_incident, runbook="stale-heartbeat"),
    "stuck-position": opened_by(open_stuck),
    "resume-trading": lambda rig, given: opened_by(open_resume)(rig, {**RESUME, **given}),
    "verify-trading": opened_by(open_verification),
    "emergency-stop": opened_by(engage_kill_switch, STOP, "given"),
}


def incident(rig: Rig, runbook: str, given: dict[str, Any]) -> dict[str, Any]:
    OPENS[runbook](rig, given)
    (item,) = rig.world.items("incidents")
    assert item["runbook"] == runbook
    return item


@pytest.mark.parametrize("runbook", sorted(OPENS))
def test_a_drill_is_marked(rig: Rig, runbook: str) -> None:
    item = incident(rig, runbook, DRILL)
    assert (item["dry_run"], item["drill"]) == (True, True)


@pytest.mark.parametrize("runbook", sorted(OPENS))
@pytest.mark.parametrize("comment", [None, "", "a drill", "rehearsal"])
def test_a_dry_run_of_another_kind_is_none(rig: Rig, runbook: str, comment: str | None) -> None:
    given = {"dry_run": True} if comment is None else {"dry_run": True, "Comment": comment}
    item = incident(rig, runbook, given)
    assert (item["dry_run"], "drill" in item) == (True, False)


@pytest.mark.parametrize("runbook", sorted(OPENS))
def test_a_run_that_acts_is_no_drill_whatever_it_is_called(rig: Rig, runbook: str) -> None:
    item = incident(rig, runbook, {"Comment": "drill by ana"})
    assert (item["dry_run"], "drill" in item) == (False, False)


def test_a_run_that_only_observes_is_no_drill_unless_it_says_so(rig: Rig) -> None:
    rig.settings = rig.settings.model_copy(update={"modes": {"stale-heartbeat": RunbookMode.OBSERVE}})
    item = incident(rig, "stale-heartbeat", {"alarm_name": ALARM, "alarm_at": "2026-01-31T02:58:00Z"})
    assert (item["dry_run"], "drill" in item) == (True, False)
