"""What an execution leaves in its history, and what a cure costs."""

from __future__ import annotations

import json

from tests.e2e.claims import MOST_BYTES, resolved
from tests.e2e.platform import Platform

MOST_TRANSITIONS = 90
LOOKED_FOR = {"WaitForNewTask", "WaitForHeartbeats"}
STATES_A_CURE = {"OpenIncident", "FindStale", "Classify", "ApplyRemedies", "ProveRecovery", "VerifyTrading"}


def test_a_cure_has_a_history_page_by_page_and_takes_at_most_90_transitions(platform: Platform) -> None:
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "service_crashed")
    whole = platform.history(run.arn)
    first = platform.client("stepfunctions").get_execution_history(executionArn=run.arn, maxResults=10)
    assert [event["id"] for event in first["events"]] == [event["id"] for event in whole[:10]]
    assert first["nextToken"]
    assert set(platform.entered(run.arn)) >= STATES_A_CURE
    kinds = [event["type"] for event in whole]
    assert kinds[0] == "ExecutionStarted"
    assert kinds[-1] == "ExecutionSucceeded"
    # Functions that are named by their ARN have events of their own; the children are tasks.
    assert kinds.count("LambdaFunctionScheduled") >= 10
    assert kinds.count("TaskScheduled") == 3
    for event in whole:
        # 0 for the first one, which the engine leaves out there.
        assert event.get("previousEventId", 0) < event["id"]
        if event["type"] == "TaskScheduled":
            detail = event["taskScheduledEventDetails"]
            assert json.loads(detail["parameters"])["StateMachineArn"] in platform.state_machines.values()
            assert detail["resourceType"] == "states"
    assert '"task_token"' not in json.dumps(whole, default=str)
    # With its ten minutes of monitoring.
    counts = {
        runbook: len(platform.entered(arn))
        for runbook in platform.state_machines
        for arn in platform.new_runs(runbook)
    }
    assert set(counts) == {"stale-heartbeat", "redeploy-service", "prove-recovery", "verify-trading"}
    # Each look at a task that is still starting, or at a heartbeat that is still to come, takes three more.
    waits = [name for arn in _children(platform) for name in platform.entered(arn) if name in LOOKED_FOR]
    assert sum(counts.values()) - 3 * (len(waits) - len(LOOKED_FOR)) <= MOST_TRANSITIONS, counts
    sizes = [
        len(json.dumps(event, default=str))
        for runbook in platform.state_machines
        for arn in platform.new_runs(runbook)
        for event in platform.history(arn)
    ]
    assert max(sizes) < MOST_BYTES


def _children(platform: Platform) -> list[str]:
    return [arn for runbook in ("redeploy-service", "prove-recovery") for arn in platform.new_runs(runbook)]
