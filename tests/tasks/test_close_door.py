"""What a close accepts: three names, and an approval that plainly allows it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from functions.approvals import Standing
from functions.errors import Refused
from functions.tasks import open_close, send_attempt
from tests.properties.asl import Ended
from tests.tasks.close_rig import INPUT, STRATEGY, CloseRig, closes
from tests.tasks.test_close_attempts import order


def refused(rig: CloseRig, given: Any) -> str:
    before = deepcopy(rig.world.tables)
    with pytest.raises(Refused) as told:
        rig.work(open_close, input=given)
    assert rig.world.tables == before
    assert rig.venue.created == []
    return str(told.value)


def test_the_job_is_what_the_approval_says() -> None:
    rig = CloseRig()
    job = rig.work(
        open_close, input={**INPUT, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn", "Comment": "by the parent"}
    )
    assert (job.unit, job.strategy_id, job.bounded) == (rig.unit, STRATEGY, True)
    assert (job.terms.amount, job.terms.worst_price) == (rig.amount, rig.worst)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("not an object", "input"),
        ({}, "position_id"),
        ({**INPUT, "dry_run": True}, "dry_run: unknown field; allowed are AWS_STEP_FUNCTIONS_STARTED_BY"),
        ({**INPUT, "position_id": 7}, "position_id: Input should be a valid string, is 7"),
        ("x" * 5_000, "must be a JSON object, is 'xxx"),
        ({**INPUT, "position_id": None}, "position_id"),
        ({**INPUT, "approval_id": ""}, "approval_id"),
        ({**INPUT, "approval_id": "apr-unknown"}, "no such approval"),
        ({**INPUT, "incident_id": "inc-unknown"}, "incident_id"),
        ({**INPUT, "position_id": "pos-unknown"}, "not about closing this position"),
    ],
)
def test_everything_else_is_refused_by_its_name_and_changes_nothing(given: Any, names: str) -> None:
    assert names in refused(CloseRig(), given)


@pytest.mark.parametrize(
    "given", [{}, {"x" * 9_000: "y"}, {"position_id": "p" * 9_000}, {"incident_id": "i" * 256}]
)
def test_what_is_said_back_of_a_wrong_input_is_cut(given: Any) -> None:
    assert len(refused(CloseRig(), {**INPUT, **given} if given else "z" * 9_000)) < 300


def test_an_approval_that_is_not_decided_is_refused() -> None:
    rig = CloseRig()
    rig.approve("apr-2", standing=Standing.LAPSED, decision=None)
    assert "it is lapsed" in refused(rig, {**INPUT, "approval_id": "apr-2"})


def test_an_approval_that_was_used_is_refused() -> None:
    rig = CloseRig()
    rig.work(send_attempt, job=rig.job(), order=order(rig))
    with pytest.raises(Refused, match="has used it already"):
        rig.work(open_close, input=INPUT)


def test_a_position_that_is_gone_from_the_table_is_refused() -> None:
    rig = CloseRig()
    rig.world.tables["positions"].clear()
    assert "not in the table" in refused(rig, INPUT)


def test_an_incident_that_is_over_is_refused() -> None:
    rig = CloseRig()
    item = dict(rig.item())
    rig.world.put("incidents", {**item, "ended_at": "2026-03-01T03:00:00Z", "revision": 1})
    assert "is over" in refused(rig, INPUT)


def test_a_run_that_is_refused_ends_invalid_with_an_incident_of_its_own() -> None:
    rig = CloseRig()
    ended: Ended = closes(rig, {**INPUT, "position_id": "pos-9"})
    assert ended.error == "InvalidInput"
    assert "not about closing this position" in ended.cause
    assert len(rig.world.tables["incidents"]) == 2
    assert rig.venue.created == []
