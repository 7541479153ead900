"""service-crashed, out-of-memory, deadlock: each shows its symptoms, and only its remedy cures."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.rig import CLUSTER, SERVICE, Rig

ALL = ("momentum-btc", "momentum-eth", "meanrev-sol", "breakout-bnb", "carry-xrp")
KILLED = "OutOfMemoryError: Container killed due to memory usage"


def stopped_task(rig: Rig, reason: str) -> dict[str, Any]:
    ecs = rig.client("ecs")
    arns = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE, desiredStatus="STOPPED")["taskArns"]
    tasks: list[dict[str, Any]] = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
    return max((task for task in tasks if task["stoppedReason"] == reason), key=lambda task: task["stoppedAt"])


def enlarge(rig: Rig, memory: int) -> None:
    """A new revision of the task definition, and the service on it, its old task gone first."""
    ecs = rig.client("ecs")
    before = ecs.describe_task_definition(taskDefinition=SERVICE)["taskDefinition"]
    wanted = ("family", "networkMode", "requiresCompatibilities", "cpu", "containerDefinitions")
    made = ecs.register_task_definition(**{name: before[name] for name in wanted}, memory=str(memory))
    ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=made["taskDefinition"]["taskDefinitionArn"])


def test_a_crashed_service_has_no_task_and_every_heartbeat_is_five_minutes_old(rig: Rig) -> None:
    since = time.time()
    rig.fault("service-crashed")
    assert all(300 <= rig.age(one) < 310 for one in ALL)
    assert (rig.service()["runningCount"], rig.service()["desiredCount"]) == (0, 1)
    task = stopped_task(rig, "Essential container in task exited")
    assert task["containers"][0]["exitCode"] == 1
    assert rig.lines(since, "Traceback (most recent call last)")
    eventually(lambda: rig.alarm()["StateValue"], lambda state: state == "ALARM")


def test_a_crashed_service_is_not_cured_by_restarting_a_strategy(rig: Rig) -> None:
    rig.fault("service-crashed")
    rig.set_status("momentum-btc", "stopped")
    rig.holds(lambda: "acknowledged_status" not in rig.item("momentum-btc"), 1.0)
    rig.set_status("momentum-btc", "running")
    rig.stays_stale(*ALL)
    assert ("service-crashed", "restart momentum-btc", False) in rig.wrong()


def test_a_crashed_service_is_cured_by_a_new_deployment_and_the_alarm_goes(rig: Rig) -> None:
    rig.fault("service-crashed")
    eventually(lambda: rig.alarm()["StateValue"], lambda state: state == "ALARM")
    rig.redeploy_seen()
    for one in ALL:
        rig.fresh(one)
    assert rig.active() == []
    eventually(lambda: rig.alarm()["StateValue"], lambda state: state == "OK")
    assert rig.wrong() == []
    assert rig.stats()["interruptions"] == {}


def test_a_flapping_service_dies_again_after_so_many_beats_and_looks_stale_again(rig: Rig) -> None:
    rig.fault("service-crashed", count=6)
    for _ in range(2):
        rig.redeploy_seen()
        rig.fresh("momentum-btc")
        eventually(rig.running, lambda copies: not copies)
        rig.stale("momentum-btc")
    assert rig.active() == ["service-crashed"]


def test_clearing_brings_a_crashed_service_back(rig: Rig) -> None:
    rig.fault("service-crashed", count=1)
    rig.call("DELETE", "/faults")
    rig.fresh("momentum-btc")


def test_a_service_out_of_memory_says_so_in_ecs_and_in_its_log(rig: Rig) -> None:
    since = time.time()
    rig.fault("out-of-memory")
    task = stopped_task(rig, KILLED)
    assert task["containers"][0]["exitCode"] == 137
    assert task["containers"][0]["reason"] == KILLED
    assert rig.lines(since, "Out of memory: Killed process")
    rig.stale("momentum-btc")


def test_a_service_out_of_memory_dies_again_with_the_same_size_and_lives_with_more(rig: Rig) -> None:
    rig.fault("out-of-memory", count=6)
    rig.redeploy_seen()
    rig.fresh("momentum-btc")
    eventually(rig.running, lambda copies: not copies)
    rig.stale("momentum-btc")
    assert rig.wrong() == [("out-of-memory", "redeploy with 2048 MiB", False)]
    enlarge(rig, 4096)
    try:
        eventually(rig.running, lambda copies: copies)
        rig.fresh("momentum-btc")
        rig.holds(lambda: rig.age("momentum-btc") < 60, 1.5)
        assert rig.active() == []
    finally:
        enlarge(rig, 2048)
        eventually(lambda: rig.service()["deployments"], lambda deployments: len(deployments) == 1)


def test_a_deadlocked_service_runs_says_nothing_and_acknowledges_nothing(rig: Rig) -> None:
    rig.fault("deadlock")
    since = time.time()
    rig.set_status("carry-xrp", "stopped")
    rig.stays_stale(*ALL)
    assert rig.lines(since) == []
    # Its last line is as old as its last heartbeat: ages are real, whatever the time scale.
    assert rig.lines(since - 600)
    assert rig.lines(since - 240) == []
    assert rig.service()["runningCount"] == 1
    assert "acknowledged_status" not in rig.item("carry-xrp")


def test_a_deadlocked_service_is_not_cured_by_restarts_but_by_a_new_deployment(rig: Rig) -> None:
    rig.fault("deadlock")
    rig.set_status("carry-xrp", "stopped")
    eventually(lambda: rig.stats()["interruptions"].get("carry-xrp", 0), lambda seen: seen > 0)
    rig.set_status("carry-xrp", "running")
    eventually(rig.wrong, lambda wrong: ("deadlock", "restart carry-xrp", False) in wrong)
    rig.stays_stale(*ALL)
    rig.redeploy_seen()
    for one in ALL:
        rig.fresh(one)
    assert rig.active() == []
    assert rig.stats()["moments_with_two_copies"] == 0


def test_a_service_that_deadlocks_again_looks_stale_again(rig: Rig) -> None:
    rig.fault("deadlock", count=6)
    rig.redeploy_seen()
    rig.fresh("momentum-btc")
    rig.stale("momentum-btc")
    assert rig.active() == ["deadlock"]


def test_one_deadlocked_strategy_is_silent_and_the_others_are_not_touched(rig: Rig) -> None:
    rig.fault("deadlock", "meanrev-sol")
    since = time.time()
    rig.stays_stale("meanrev-sol")
    assert rig.lines(since - 600, "meanrev-sol")
    assert rig.lines(since - 240, "meanrev-sol") == []
    assert rig.lines(since - 240, "carry-xrp")
    assert all(rig.age(one) < 60 for one in ALL if one != "meanrev-sol")
    rig.restart("meanrev-sol")
    rig.fresh("meanrev-sol")
    assert rig.active() == []
    assert rig.stats()["interruptions"] == {"meanrev-sol": 1}
    assert rig.wrong() == []


def test_one_deadlocked_strategy_is_not_cured_by_a_redeploy(rig: Rig) -> None:
    rig.fault("deadlock", "meanrev-sol")
    rig.redeploy_seen()
    rig.fresh("momentum-btc")
    rig.stays_stale("meanrev-sol")
    assert rig.wrong() == [("deadlock", "redeploy", True)]


def test_one_deadlocked_strategy_is_not_cured_by_restarting_another(rig: Rig) -> None:
    rig.fault("deadlock", "meanrev-sol")
    rig.restart("momentum-btc")
    rig.stays_stale("meanrev-sol")


def test_a_restart_whose_stop_was_never_acknowledged_does_not_thaw_a_strategy(rig: Rig) -> None:
    rig.fault("deadlock", "meanrev-sol")
    rig.fault("database-down", "meanrev-sol", count=10)
    rig.set_status("meanrev-sol", "stopped")
    eventually(rig.stats, lambda stats: stats["interruptions"].get("meanrev-sol"))
    rig.set_status("meanrev-sol", "running")
    eventually(rig.active, lambda active: active == ["deadlock"])
    rig.stays_stale("meanrev-sol")


def test_a_strategy_that_deadlocks_again_looks_stale_again(rig: Rig) -> None:
    rig.fault("deadlock", "meanrev-sol", count=6)
    rig.restart("meanrev-sol")
    rig.fresh("meanrev-sol")
    rig.stale("meanrev-sol")


@pytest.mark.parametrize("name", ["service-crashed", "out-of-memory"])
def test_what_kills_the_process_cannot_be_asked_for_one_strategy(rig: Rig, name: str) -> None:
    reply = rig.call("POST", "/faults", {"name": name, "strategy": "momentum-btc"})
    assert reply.status == 400
    assert rig.active() == []


def test_what_an_earlier_fault_left_behind_is_another_nights_when_the_next_one_begins(rig: Rig) -> None:
    since = time.time()
    rig.fault("out-of-memory")
    rig.call("DELETE", "/faults")
    rig.fresh("momentum-btc")
    assert rig.lines(since, "OutOfMemoryError")
    rig.fault("deadlock", "momentum-btc")
    assert (datetime.now(UTC) - stopped_task(rig, KILLED)["stoppedAt"]).total_seconds() > 3600
    assert not rig.lines(since, "OutOfMemoryError")
    assert rig.lines(since - 3600, "OutOfMemoryError")
    assert rig.lines(since, "signal_processed")


def test_faults_that_are_active_together_keep_their_evidence(rig: Rig) -> None:
    since = time.time()
    rig.fault("exchange-down", "carry-xrp")
    eventually(lambda: rig.lines(since, "ReadTimeout"), bool)
    rig.fault("deadlock", "momentum-btc")
    assert rig.lines(since, "ReadTimeout")
