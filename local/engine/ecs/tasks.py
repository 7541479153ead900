"""The life of one task: PENDING, RUNNING, on its way out, STOPPED."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import ecr, ecs

from local.engine.ecs.clock import Clock

STOP_TIMEOUT_SECONDS = 30.0
# The share of the stop time that a task is still RUNNING by its lastStatus.
RUNNING_SHARE = 0.8


@dataclass(frozen=True)
class End:
    """Why and how a task ends.

    Attributes:
        reason: the task's stoppedReason.
        stop_code: `UserInitiated`, `ServiceSchedulerInitiated`, `EssentialContainerExited`, ...
        exit_code: of its containers; None where none ever ran.
        container_reason: the container's own reason, such as `OutOfMemoryError: ...`.
    """

    reason: str
    stop_code: str
    exit_code: int | None = 0
    container_reason: str | None = None


def begin(task: dict[str, Any], clock: Clock, then: Callable[[], None]) -> None:
    """Make a freshly registered task PENDING and let it run when its start time has passed."""
    task.update(lastStatus="PENDING", startedAt=None, pullStoppedAt=None, _startup_stable=False)
    for container in task["containers"]:
        container.update(lastStatus="PENDING", runtimeId=None)
    clock.after(clock.start_time(), then)


def run(task: dict[str, Any]) -> None:
    """Make a PENDING task RUNNING, its images resolved to digests."""
    now = ecs._iso()
    task.update(lastStatus="RUNNING", startedAt=now, pullStoppedAt=now, _startup_stable=True)
    ecs._bump_task_version(task)
    for container in task["containers"]:
        container["lastStatus"] = "RUNNING"
        container["runtimeId"] = ecs.new_uuid()[:12]
        container["imageDigest"] = image_digest(container["image"])


def leave(task: dict[str, Any], end: End, clock: Clock, then: Callable[[], None]) -> None:
    """Ask a task to end; `then` is called when its stop time has passed. A second call changes nothing."""
    if task["desiredStatus"] == "STOPPED":
        return
    task.update(desiredStatus="STOPPED", stoppingAt=ecs._iso(), stoppedReason=end.reason, stopCode=end.stop_code)
    task["_end"] = end
    ecs._bump_task_version(task)
    if task["lastStatus"] != "RUNNING":
        clock.after(0, then)
        return
    seconds = clock.stop_time(_stop_timeout(task))
    clock.after(seconds * RUNNING_SHARE, lambda: _deprovision(task))
    clock.after(seconds, then)


def _deprovision(task: dict[str, Any]) -> None:
    if task["lastStatus"] == "RUNNING":
        task["lastStatus"] = "DEPROVISIONING"
        ecs._bump_task_version(task)


def finish(task: dict[str, Any], end: End) -> None:
    """Make a task STOPPED, with its containers' exit codes and reasons."""
    now = ecs._iso()
    started = task.get("startedAt") is not None
    task.update(desiredStatus="STOPPED", lastStatus="STOPPED", stoppedAt=now, executionStoppedAt=now)
    task.update(stoppingAt=task.get("stoppingAt") or now, stoppedReason=end.reason, stopCode=end.stop_code)
    ecs._bump_task_version(task)
    for container in task["containers"]:
        container["lastStatus"] = "STOPPED"
        container["exitCode"] = end.exit_code if started else None
        if end.container_reason:
            container["reason"] = end.container_reason


def _stop_timeout(task: dict[str, Any]) -> float:
    key = task["taskDefinitionArn"].rsplit("/", 1)[-1]
    definition = ecs._task_defs.get(key) or {}
    found = [float(c["stopTimeout"]) for c in definition.get("containerDefinitions", ()) if c.get("stopTimeout")]
    return max(found, default=STOP_TIMEOUT_SECONDS)


def image_digest(image: str) -> str:
    """The digest that an image stands for now: its own, the registry's for its tag, or one of its name."""
    name, _, own = image.partition("@")
    if own:
        return own
    _, _, path = name.partition(".amazonaws.com/")
    repository, _, tag = path.partition(":")
    stored = ecr._find_image(repository, {"imageTag": tag or "latest"}) if repository in ecr._images else None
    return str(stored["imageDigest"]) if stored else "sha256:" + hashlib.sha256(image.encode()).hexdigest()
