"""Copies of the strategy service: one for each ECS task that runs, or that is told to stop and still runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from local.platform.names import CLUSTER, SERVICE
from local.platform.pace import parse

# From RUNNING until STOPPED the process may trade; what is before RUNNING has not begun.
ALIVE = frozenset({"RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"})


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of the service. `memory_mb` is its task's size; `ended` is None while it runs."""

    task_arn: str
    memory_mb: int
    image_digest: str | None
    started: datetime
    ended: datetime | None = None

    @property
    def task_id(self) -> str:
        return self.task_arn.rsplit("/", 1)[-1]


class Copies(Protocol):
    def all(self) -> Sequence[Copy]:
        """Every copy that ever ran, in the order of starting."""
        ...


class EcsCopies:
    """Read from the engine's own memory: a look a few times a second then costs nothing, and the times of
    tasks that came and went between two looks are all there."""

    def all(self) -> Sequence[Copy]:
        from ministack.services import ecs

        tasks = [task for _key, task in ecs._tasks.all_items()]
        return sorted(filter(None, map(_copy, tasks)), key=lambda copy: copy.started)


def side_by_side(copies: Sequence[Copy]) -> int:
    """How many copies started while an earlier one still ran; `copies` in the order of starting."""
    count, latest_end = 0, None
    for index, copy in enumerate(copies):
        if index and (latest_end is None or copy.started < latest_end):
            count += 1
        if index == 0 or (latest_end is not None and (copy.ended is None or copy.ended > latest_end)):
            latest_end = copy.ended
    return count


def _copy(task: dict[str, Any]) -> Copy | None:
    """None: another service's task, or one that never ran."""
    started = parse(task.get("startedAt"))
    ours = task["clusterArn"].endswith(f":cluster/{CLUSTER}") and task.get("group") == f"service:{SERVICE}"
    if started is None or not ours:
        return None
    ended = None if task["lastStatus"] in ALIVE else parse(task.get("stoppedAt"))
    if ended is None and task["lastStatus"] not in ALIVE:
        return None
    digest = (task.get("containers") or [{}])[0].get("imageDigest")
    return Copy(task["taskArn"], int(task.get("memory") or 0), digest, started, ended)
