"""What the ECS service is doing, as one word with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from functions.facts import DeploymentFact, ServiceFact, TaskFact

# ECS puts it into the stopped reason of a task, or into the reason of its container. Exit code 137 alone is
# any SIGKILL (a deployment's included) and says nothing about memory.
OUT_OF_MEMORY: Final = "OutOfMemoryError"

# The service stamps heartbeats, ECS the end of a task. A new task takes longer than this to its first heartbeat.
CLOCKS_DIFFER: Final = timedelta(seconds=30)


# From RUNNING in ECS to the first heartbeat: imports, warm-up of the strategies, one beat of 30 s.
FIRST_BEAT_DUE: Final = timedelta(seconds=180)


class Doing(StrEnum):
    UNREADABLE = "unreadable"
    NOT_ACTIVE = "not_active"
    SCALED_TO_ZERO = "scaled_to_zero"
    DEPLOYING = "deploying"
    DEPLOYMENT_FAILED = "deployment_failed"
    NO_TASK = "no_task"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class ServiceState:
    doing: Doing
    why: str


def state_of(service: ServiceFact | None, *, now: datetime, deployment_wait_seconds: int) -> ServiceState:
    """On purpose before by accident: a service that is being changed by somebody is never called crashed.

    A task that ECS is starting (PENDING, none RUNNING) counts as a deployment: ECS is already doing what a
    redeploy would do, and a second start beside it could make two copies.
    """
    if service is None:
        return ServiceState(Doing.UNREADABLE, "the service could not be read")
    if service.status != "ACTIVE":
        return ServiceState(Doing.NOT_ACTIVE, f"the service is {service.status}")
    if service.desired <= 0:
        return ServiceState(Doing.SCALED_TO_ZERO, "the desired count is 0")
    deployment = _deployment(service, now=now, wait=timedelta(seconds=deployment_wait_seconds))
    if deployment is not None:
        return deployment
    if has_running_task(service):
        return ServiceState(Doing.RUNNING, f"{service.running} of {service.desired} tasks run")
    if service.pending > 0 or any(_wanted(t) for t in service.tasks):
        return ServiceState(Doing.DEPLOYING, "no task runs, and ECS is starting one")
    return ServiceState(Doing.NO_TASK, f"no task runs, {service.desired} desired")


def has_running_task(service: ServiceFact) -> bool:
    """A task that runs and is meant to. One that is told to stop serves no strategy any more."""
    if service.running > 0:
        return True
    return any(_wanted(t) and t.last_status == "RUNNING" for t in service.tasks)


def out_of_memory_tasks(
    service: ServiceFact, *, now: datetime, window_seconds: int, last_beat: datetime | None = None
) -> tuple[TaskFact, ...]:
    """Stopped tasks whose end by memory explains the present trouble.

    While a task runs: those that ended within the window (an older one was replaced and is over), and not
    before the strategy's last heartbeat: what has beaten since is past that end. While none runs: the last
    one that stopped, however long ago. An unknown time counts as lately.
    """
    stopped = [t for t in service.tasks if t.last_status == "STOPPED"]
    if not has_running_task(service):
        last = max((t.stopped_at for t in stopped if t.stopped_at), default=None)
        return tuple(t for t in stopped if _by_memory(t) and t.stopped_at in (None, last))
    since = now - timedelta(seconds=window_seconds)
    if last_beat is not None and last_beat <= now:
        since = max(since, last_beat - CLOCKS_DIFFER)
    return tuple(t for t in stopped if _by_memory(t) and (t.stopped_at is None or t.stopped_at >= since))


def ended_by_memory(service: ServiceFact) -> tuple[TaskFact, ...]:
    """Every stopped task that ECS still lists (an hour) and that ended by memory."""
    return tuple(t for t in service.tasks if t.last_status == "STOPPED" and _by_memory(t))


def revision_of(service: ServiceFact) -> str | None:
    """The ARN of the revision that the service runs by its primary deployment."""
    primary = [d.task_definition for d in service.deployments if d.status == "PRIMARY"]
    return primary[0] if primary else None


def started_lately(service: ServiceFact | None, *, since: datetime | None, now: datetime) -> datetime | None:
    """When the youngest task started, if every task that is wanted did so after `since` (the last heartbeat)
    and too lately for a heartbeat to be due. None: silence is not explained by a start."""
    if service is None:
        return None
    running = [t for t in service.tasks if _wanted(t) and t.last_status == "RUNNING"]
    starts = [t.started_at for t in running if t.started_at is not None]
    if not starts or len(starts) < len(running):
        return None
    young = all(now - at < FIRST_BEAT_DUE and (since is None or at > since) for at in starts)
    return max(starts) if young else None


def _by_memory(task: TaskFact) -> bool:
    return any(OUT_OF_MEMORY in (reason or "") for reason in (task.stopped_reason, task.container_reason))


def _wanted(task: TaskFact) -> bool:
    return task.desired_status == "RUNNING" and task.last_status != "STOPPED"


def _deployment(service: ServiceFact, *, now: datetime, wait: timedelta) -> ServiceState | None:
    """A rollback in progress follows a failed deployment, so what is in progress is looked at first."""
    alive = [d for d in service.deployments if d.status != "INACTIVE"]
    for deployment in alive:
        if not _in_progress(deployment, alive):
            continue
        if deployment.created_at is not None and now - deployment.created_at > wait:
            seconds = int(wait.total_seconds())
            why = f"deployment {deployment.deployment_id} has not ended within {seconds} s"
            return ServiceState(Doing.DEPLOYMENT_FAILED, why)
        return ServiceState(Doing.DEPLOYING, f"deployment {deployment.deployment_id} is in progress")
    for deployment in alive:
        if deployment.rollout == "FAILED":
            return ServiceState(Doing.DEPLOYMENT_FAILED, f"deployment {deployment.deployment_id} failed")
    return None


def _in_progress(deployment: DeploymentFact, alive: list[DeploymentFact]) -> bool:
    """Where ECS tells no rollout state, a new deployment beside an old one is in progress."""
    if deployment.rollout is not None:
        return deployment.rollout == "IN_PROGRESS"
    return deployment.status == "PRIMARY" and len(alive) > 1
