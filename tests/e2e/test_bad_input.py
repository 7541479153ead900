"""Refused at the door, by the field's name, and nothing of the platform changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.claims import left_behind
from tests.e2e.platform import Platform

# One engine for all of them.
pytestmark = pytest.mark.xdist_group("refused")

WRONG: list[tuple[str, Any, str]] = [
    ("stale-heartbeat", {"dry_run": "true"}, "dry_run"),
    ("stale-heartbeat", {"strategy_id": 7}, "strategy_id"),
    ("stale-heartbeat", {"strategyid": "meanrev-sol"}, "strategyid"),
    ("stale-heartbeat", {"strategy_id": "no-such-strategy"}, "strategy_id"),
    ("stale-heartbeat", {"strategy_id": ""}, "strategy_id"),
    ("stale-heartbeat", {"alarm_at": "yesterday"}, "alarm_at"),
    ("stale-heartbeat", {"alarm_at": "2026-01-31T03:00:00"}, "alarm_at"),
    ("stale-heartbeat", {"alarm_name": ["a"]}, "alarm_name"),
    ("stale-heartbeat", ["meanrev-sol"], "input"),
    ("stale-heartbeat", "meanrev-sol", "input"),
    ("stale-heartbeat", None, "input"),
    ("verify-trading", {"strategy_ids": "meanrev-sol"}, "strategy_ids"),
    ("verify-trading", {"incident_id": "inc-of-nobody"}, "incident_id"),
    ("verify-trading", {"allow_test_order": 1}, "allow_test_order"),
]


@pytest.mark.parametrize(("runbook", "given", "field"), WRONG, ids=lambda value: str(value)[:40])
def test_refuses_what_it_cannot_read_and_changes_nothing(
    settled: Platform, runbook: str, given: Any, field: str
) -> None:
    before = settled.snapshot()
    tasks = settled.tasks()
    name = settled.client("stepfunctions").start_execution(
        stateMachineArn=settled.machine(runbook), input=_json(given)
    )["executionArn"]
    run = settled.ended(name)
    assert (run.status, run.error) == ("FAILED", "InvalidInput"), run.told()
    assert field in run.cause
    assert run.incident["outcome"] == "invalid_input"
    left_behind(settled, run)
    assert settled.snapshot() == before
    assert settled.tasks() == tasks


def _json(given: Any) -> str:
    import json

    return json.dumps(given)


def test_refused_runs_touched_no_strategy(settled: Platform) -> None:
    """After all of the above."""
    assert settled.interruptions() == {}
    assert settled.stats()["moments_with_two_copies"] == 0


def test_takes_what_the_console_and_a_parent_add(settled: Platform) -> None:
    given = {"Comment": "by hand", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn:aws:states:::x"}
    run = settled.run(given={**given, "requested_by": "dana"})
    assert (run.status, run.outcome) == ("SUCCEEDED", "nothing_to_do"), run.told()
