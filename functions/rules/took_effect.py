"""Whether a redeploy has taken effect: a new task RUNNING and no old one left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from functions.facts import ServiceFact, TaskFact


@dataclass(frozen=True, slots=True)
class TookEffect:
    """`at` is the later of the new tasks' start and the old ones' stop: from here the heartbeat counts."""

    state: Literal["waiting", "took_effect", "failed"]
    at: datetime | None
    why: str


def look_at_redeploy(
    service: ServiceFact | None,
    *,
    old_task_arns: Collection[str],
    deployment_id: str | None,
    since: datetime,
) -> TookEffect:
    """`since` is when the act began. An unreadable service is waited for; the caller bounds the looks."""
    if service is None:
        return TookEffect("waiting", None, "the service could not be read")
    failure = _failure(service, deployment_id)
    if failure:
        return TookEffect("failed", None, failure)
    left = [t for t in service.tasks if t.last_status != "STOPPED" and _is_old(t, old_task_arns, deployment_id)]
    if left:
        return TookEffect("waiting", None, f"{len(left)} old tasks are not STOPPED: {left[0].task_arn}")
    started = [t.started_at for t in service.tasks if t.started_at and _is_new(t, old_task_arns, deployment_id)]
    running = sorted(at for at in started if at >= since)
    if len(running) < service.desired:
        return TookEffect("waiting", None, _what_happens(service, old_task_arns, len(running)))
    ended = [t.stopped_at for t in service.tasks if t.task_arn in old_task_arns and t.stopped_at]
    return TookEffect("took_effect", max([*running, *ended]), f"{len(running)} new tasks run and no old one")


def _failure(service: ServiceFact, deployment_id: str | None) -> str | None:
    if service.status != "ACTIVE":
        return f"the service is {service.status}"
    if service.desired <= 0:
        return "the desired count is 0: somebody scaled the service down"
    for deployment in service.deployments:
        if deployment.deployment_id == deployment_id and deployment.rollout == "FAILED":
            return f"deployment {deployment_id} failed"
        if deployment.status == "PRIMARY" and deployment_id and deployment.deployment_id != deployment_id:
            return f"another deployment ({deployment.deployment_id}) has replaced ours"
    return None


def _is_old(task: TaskFact, old: Collection[str], deployment_id: str | None) -> bool:
    """Named before the act, or of another deployment (started between the look and the act)."""
    return task.task_arn in old or not _of(task, deployment_id)


def _is_new(task: TaskFact, old: Collection[str], deployment_id: str | None) -> bool:
    serves = task.last_status == "RUNNING" and task.desired_status == "RUNNING"
    return serves and task.task_arn not in old and _of(task, deployment_id)


def _of(task: TaskFact, deployment_id: str | None) -> bool:
    """Where one of the two does not tell, the task's start alone decides."""
    return task.deployment_id is None or deployment_id is None or task.deployment_id == deployment_id


def _what_happens(service: ServiceFact, old: Collection[str], running: int) -> str:
    stopped = [t for t in service.tasks if t.last_status == "STOPPED" and t.task_arn not in old]
    fell = f"; a new task stopped: {stopped[0].stopped_reason or 'no reason'}" if stopped else ""
    return f"{running} of {service.desired} new tasks run{fell}"
