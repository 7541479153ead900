"""The service scheduler: keeps each service's tasks as its deployments want them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ministack.services import ecs

from local.engine.ecs import tasks
from local.engine.ecs.clock import Clock
from local.engine.ecs.plan import Task, plan
from local.engine.ecs.tasks import End


class Scheduler:
    """All services of the embedded ECS; every method holds `lock`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()

    def started(self, task: dict[str, Any]) -> None:
        """Take over a task that RunTask has registered."""
        with self.lock:
            tasks.begin(task, self.clock, lambda: self._run(task))

    def stop(self, task: dict[str, Any], end: End) -> None:
        """Ask a task to end; its service starts a replacement at once, if it wants one."""
        with self.lock:
            tasks.leave(task, end, self.clock, lambda: self._gone(task))
            self.settle(task)

    def exited(self, task: dict[str, Any], end: End) -> None:
        """A task's essential container has ended by itself: it is STOPPED now."""
        with self.lock:
            tasks.finish(task, end)
            self.settle(task)

    def settle(self, task: dict[str, Any]) -> None:
        """Bring a task's service, if it has one, to what it wants."""
        kind, _, name = task.get("group", "").partition(":")
        cluster = ecs._cluster_name_from_arn(task.get("clusterArn", "")) or ""
        if kind == "service":
            self.reconcile(cluster, f"{cluster}/{name}")
        ecs._recount_cluster(cluster)

    def reconcile(self, cluster: str, key: str) -> None:
        """Start and stop tasks of one service, and complete its deployment when it is steady."""
        with self.lock:
            service = ecs._services.get(key)
            if service is None or service["status"] != "ACTIVE":
                return
            primary = ecs._primary_deployment(service)
            config = service.get("deploymentConfiguration") or {}
            held = primary["id"] == service.get("_crashed") or primary.get("rolloutState") == "FAILED"
            wanted = plan(
                service["desiredCount"],
                [_seen(task, primary) for task in alive(service)],
                int(config.get("maximumPercent", 200)),
                int(config.get("minimumHealthyPercent", 100)),
                held,
            )
            for arn in wanted.stop:
                self._scale_in(service, ecs._tasks[arn], primary)
            if wanted.start:
                self._start(cluster, service, primary, wanted.start)
            ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")
            self._complete(service, primary)
            ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")

    def _start(self, cluster: str, service: dict[str, Any], primary: dict[str, Any], count: int) -> None:
        request = {
            "cluster": cluster,
            "taskDefinition": primary["taskDefinition"],
            "count": count,
            "group": f"service:{service['serviceName']}",
            "startedBy": primary["id"],
            "launchType": service.get("launchType"),
            "capacityProviderStrategy": service.get("capacityProviderStrategy"),
            "platformVersion": service.get("platformVersion", ""),
            "networkConfiguration": service.get("networkConfiguration", {}),
            "_deploymentId": primary["id"],
        }
        ecs._run_task(request)
        _tell(service, f"has started {count} tasks.")

    def _scale_in(self, service: dict[str, Any], task: dict[str, Any], primary: dict[str, Any]) -> None:
        reason = f"Scaling activity initiated by (deployment {primary['id']})"
        end = End(reason, "ServiceSchedulerInitiated")
        tasks.leave(task, end, self.clock, lambda: self._gone(task))
        _tell(service, "has stopped 1 running tasks.")

    def _complete(self, service: dict[str, Any], primary: dict[str, Any]) -> None:
        left = list(alive(service))
        ours = [task for task in left if task.get("_deployment_id") == primary["id"]]
        running = sum(t["lastStatus"] == "RUNNING" and t["desiredStatus"] == "RUNNING" for t in ours)
        others = any(t["desiredStatus"] == "RUNNING" for t in left if t not in ours)
        steady = running == service["desiredCount"] and not others
        if steady and primary["rolloutState"] == "IN_PROGRESS" and (service["desiredCount"] or not left):
            told = f"ECS deployment {primary['id']} completed."
            primary.update(rolloutState="COMPLETED", rolloutStateReason=told, updatedAt=ecs._iso())
            _tell(service, "has reached a steady state.")
        with_tasks = {task.get("_deployment_id") for task in left}
        service["deployments"] = [
            deployment
            for deployment in service["deployments"]
            if deployment is primary or deployment["id"] in with_tasks
        ]

    def _run(self, task: dict[str, Any]) -> None:
        with self.lock:
            if ecs._tasks.get(task["taskArn"]) is task and task["lastStatus"] == "PENDING":
                tasks.run(task)
                self.settle(task)

    def run_pending(self, service: dict[str, Any]) -> None:
        """The service's pending tasks run now, as if their start time had passed."""
        for task in list(alive(service)):
            self._run(task)

    def _gone(self, task: dict[str, Any]) -> None:
        with self.lock:
            if ecs._tasks.get(task["taskArn"]) is task and task["lastStatus"] != "STOPPED":
                tasks.finish(task, task["_end"])
                self.settle(task)


def alive(service: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A service's tasks that are not STOPPED."""
    return (task for task in _tasks_of(service) if task["lastStatus"] != "STOPPED")


def stopped(service: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A service's tasks that are STOPPED."""
    return (task for task in _tasks_of(service) if task["lastStatus"] == "STOPPED")


def _tasks_of(service: dict[str, Any]) -> Iterator[dict[str, Any]]:
    group = f"service:{service['serviceName']}"
    for task in list(ecs._tasks.values()):
        if task.get("group") == group and task.get("clusterArn") == service["clusterArn"]:
            yield task


def _seen(task: dict[str, Any], primary: dict[str, Any]) -> Task:
    return Task(
        arn=task["taskArn"],
        ours=task.get("_deployment_id") == primary["id"],
        running=task["lastStatus"] == "RUNNING",
        wanted=task["desiredStatus"] == "RUNNING",
        created=datetime.fromisoformat(task["createdAt"]).timestamp(),
    )


def _tell(service: dict[str, Any], message: str) -> None:
    event = {
        "id": ecs.new_uuid(),
        "createdAt": ecs._iso(),
        "message": f"(service {service['serviceName']}) {message}",
    }
    service["events"].insert(0, event)
    del service["events"][100:]  # DescribeServices shows the latest hundred.
