from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.engine.process import Engine
from tests.local.engine.lab import Lab, eventually

IMAGE = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/strategy:v1"
FAST = {"LOCAL_ECS_START_SECONDS": "30,40", "LOCAL_ECS_STOP_SECONDS": "30", "LOCAL_ECS_SEED": "7"}


class Service:
    """A service of one task on the engine: 0.6-0.8 s to start, 0.6 s to stop."""

    def __init__(self, lab: Lab, **deployment: int) -> None:
        self.ecs = lab.client("ecs")
        self.name = lab.name("service")
        self.cluster = lab.name("cluster")
        self.ecs.create_cluster(clusterName=self.cluster)
        self.ecs.register_task_definition(
            family=self.name,
            containerDefinitions=[{"name": "bot", "image": IMAGE, "memory": 512, "stopTimeout": 120}],
        )
        self.ecs.create_service(
            cluster=self.cluster,
            serviceName=self.name,
            taskDefinition=self.name,
            desiredCount=1,
            deploymentConfiguration=deployment or {"maximumPercent": 200, "minimumHealthyPercent": 100},
        )

    def look(self) -> dict[str, Any]:
        (found,) = self.ecs.describe_services(cluster=self.cluster, services=[self.name])["services"]
        return dict(found)

    def tasks(self) -> list[dict[str, Any]]:
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in self.ecs.list_tasks(cluster=self.cluster, serviceName=self.name, desiredStatus=status)[
                "taskArns"
            ]
        ]
        if not arns:
            return []
        return list(self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"])

    def alive(self) -> list[dict[str, Any]]:
        return [task for task in self.tasks() if task["lastStatus"] != "STOPPED"]

    def steady(self) -> dict[str, Any]:
        def good(seen: dict[str, Any]) -> bool:
            return (
                seen["deployments"][0]["rolloutState"] == "COMPLETED"
                and len(seen["deployments"]) == 1
                and seen["runningCount"] == seen["desiredCount"]
            )

        return eventually(self.look, good)

    def update(self, **change: Any) -> None:
        self.ecs.update_service(cluster=self.cluster, service=self.name, **change)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Engine.start(time_scale=0.02, platform=False, env=FAST) as engine:
        yield Lab(engine)


def test_a_new_task_is_pending_until_its_start_time_has_passed(lab: Lab) -> None:
    service = Service(lab)
    (task,) = service.tasks()
    assert task["lastStatus"] == "PENDING"
    assert "startedAt" not in task
    first = service.look()
    assert (first["runningCount"], first["pendingCount"]) == (0, 1)
    assert first["deployments"][0]["rolloutState"] == "IN_PROGRESS"

    service.steady()
    (task,) = service.tasks()
    took = (task["startedAt"] - task["createdAt"]).total_seconds()
    assert 0.5 < took < 2
    assert task["createdAt"] <= task["pullStartedAt"] <= task["startedAt"]


def test_a_deployment_at_two_hundred_percent_runs_two_copies(lab: Lab) -> None:
    service = Service(lab)
    service.steady()
    (before,) = service.tasks()
    service.update(forceNewDeployment=True)
    seen = eventually(service.alive, lambda tasks: [t["lastStatus"] for t in tasks].count("RUNNING") == 2)
    assert before["taskArn"] in {task["taskArn"] for task in seen}
    service.steady()
    (after,) = eventually(service.alive, lambda tasks: len(tasks) == 1)
    assert after["taskArn"] != before["taskArn"]


def test_a_deployment_at_a_hundred_percent_never_runs_two_copies(lab: Lab) -> None:
    service = Service(lab, maximumPercent=100, minimumHealthyPercent=0)
    service.steady()
    (before,) = service.tasks()
    service.update(forceNewDeployment=True)

    def replaced() -> list[dict[str, Any]]:
        tasks = service.alive()
        assert len(tasks) <= 1
        return tasks

    eventually(
        replaced,
        lambda tasks: [t["lastStatus"] for t in tasks] == ["RUNNING"] and tasks[0]["taskArn"] != before["taskArn"],
    )


def test_scaled_to_zero_the_task_runs_on_for_its_stop_time(lab: Lab) -> None:
    service = Service(lab)
    service.steady()
    service.update(desiredCount=0)
    (leaving,) = service.alive()
    assert (leaving["desiredStatus"], leaving["lastStatus"]) == ("STOPPED", "RUNNING")
    eventually(service.alive, lambda tasks: [t["lastStatus"] for t in tasks] == ["DEPROVISIONING"])
    eventually(service.alive, lambda tasks: not tasks)
    (stopped,) = service.tasks()
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["containers"][0]["exitCode"] == 0
    assert 0.4 < (stopped["stoppedAt"] - stopped["stoppingAt"]).total_seconds() < 2
    service.update(desiredCount=1, forceNewDeployment=True)
    assert service.steady()["runningCount"] == 1


def test_a_stopped_task_is_replaced_before_it_is_gone(lab: Lab) -> None:
    service = Service(lab)
    service.steady()
    (task,) = service.tasks()
    stopped = service.ecs.stop_task(cluster=service.cluster, task=task["taskArn"], reason="by hand")["task"]
    assert (stopped["stoppedReason"], stopped["stopCode"]) == ("by hand", "UserInitiated")
    assert sorted(t["desiredStatus"] for t in service.alive()) == ["RUNNING", "STOPPED"]
    service.steady()


def test_containers_carry_the_digest_of_their_image(lab: Lab) -> None:
    ecr = lab.client("ecr")
    ecr.create_repository(repositoryName="strategy")
    pushed = ecr.put_image(repositoryName="strategy", imageTag="v1", imageManifest='{"layers": 1}')
    digest = pushed["image"]["imageId"]["imageDigest"]
    service = Service(lab)
    service.steady()
    (task,) = service.tasks()
    assert task["containers"][0]["imageDigest"] == digest
    (image,) = ecr.describe_images(repositoryName="strategy", imageIds=[{"imageTag": "v1"}])["imageDetails"]
    assert image["imageDigest"] == digest


def test_ministack_alone_starts_and_stops_tasks_at_once(lab_without: Callable[[str], Lab]) -> None:
    service = Service(lab_without("ecs-lifecycle"))
    (task,) = service.tasks()
    assert task["lastStatus"] == "RUNNING"
    service.update(desiredCount=0)
    assert [t["lastStatus"] for t in service.tasks()] == ["STOPPED"]


INSIDE = """
import json, time
from local.engine.environment import prepare, Credentials
from pathlib import Path
import tempfile
prepare(1, 0.001, Path(tempfile.mkdtemp()), Credentials("test", "test"), False)
from local.engine import ecs_control, fixes
fixes.apply_all(fixes.Setup(time_scale=0.001))
from ministack.services import ecs
def call(action, **data):
    return json.loads(ecs._dispatch_action(action, data)[2])
call("CreateCluster", clusterName="c")
call("RegisterTaskDefinition", family="f", containerDefinitions=[{"name": "bot", "image": "i@sha256:1"}])
call("CreateService", cluster="c", serviceName="s", taskDefinition="f", desiredCount=1)
def wait(good):
    end = time.monotonic() + 5
    while not good(live := ecs_control.live_tasks("c", "s")):
        assert time.monotonic() < end, live
        time.sleep(0.01)
wait(lambda live: any(task.has_processes for task in live))
"""


def inside(script: str) -> Any:
    """Run a scenario in a process of its own, where the stand-in's hooks are."""
    done = subprocess.run(
        [sys.executable, "-c", INSIDE + script],
        capture_output=True,
        text=True,
        timeout=30,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_crashed_service_stays_down_until_a_new_deployment() -> None:
    seen = inside("""
(arn,) = ecs_control.crash_service("c", "s", "Task failed", 137, "OutOfMemoryError: killed")
(task,) = call("DescribeTasks", cluster="c", tasks=[arn])["tasks"]
time.sleep(0.3)
down = len(ecs_control.live_tasks("c", "s"))
call("UpdateService", cluster="c", service="s", desiredCount=1)
still = len(ecs_control.live_tasks("c", "s"))
(service,) = call("DescribeServices", cluster="c", services=["s"])["services"]
messages = [event["message"] for event in service["events"]]
call("UpdateService", cluster="c", service="s", forceNewDeployment=True)
wait(lambda live: any(t.has_processes for t in live))
print(json.dumps([task, down, still, messages]))
""")
    task, down, still, messages = seen
    assert (down, still) == (0, 0)
    assert (task["stoppedReason"], task["stopCode"]) == ("Task failed", "EssentialContainerExited")
    (container,) = task["containers"]
    assert (container["exitCode"], container["reason"]) == (137, "OutOfMemoryError: killed")
    assert container["imageDigest"] == "sha256:1"
    assert any("unable to consistently start tasks" in message for message in messages)


def test_a_task_that_ends_by_itself_is_replaced() -> None:
    first, second = inside("""
(before,) = ecs_control.live_tasks("c", "s")
ecs_control.exit_task("c", before.arn, "Essential container in task exited", 1)
wait(lambda live: any(t.has_processes for t in live))
(after,) = ecs_control.live_tasks("c", "s")
print(json.dumps([before.arn, after.arn]))
""")
    assert first != second


def test_a_failed_deployment_starts_no_more_tasks() -> None:
    state, started = inside("""
ecs_control.fail_deployment("c", "s", "tasks failed to start")
(task,) = ecs_control.live_tasks("c", "s")
ecs_control.exit_task("c", task.arn, "gone", 1)
time.sleep(0.2)
(service,) = call("DescribeServices", cluster="c", services=["s"])["services"]
print(json.dumps([service["deployments"][0]["rolloutState"], len(ecs_control.live_tasks("c", "s"))]))
""")
    assert (state, started) == ("FAILED", 0)
