"""Copies of the strategy service: one for each ECS task that runs, or that is told to stop and still runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from local.platform.aws import Aws
from local.platform.names import CLUSTER, SERVICE

# From RUNNING until STOPPED the process may trade; what is before RUNNING has not begun.
ALIVE = frozenset({"RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"})
TASKS_A_CALL = 100


@dataclass(frozen=True, slots=True)
class Copy:
    """One running copy of the service. `memory_mb` is its task's size."""

    task_arn: str
    memory_mb: int
    image_digest: str | None = None

    @property
    def task_id(self) -> str:
        return self.task_arn.rsplit("/", 1)[-1]


class Copies(Protocol):
    def alive(self) -> Sequence[Copy]:
        """The copies that run at this moment."""
        ...


class EcsCopies:
    """Read from ECS. A task that was seen STOPPED is never asked for again."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._gone: set[str] = set()

    def alive(self) -> Sequence[Copy]:
        # The filter is on the desired status: a task on its way down is listed under STOPPED.
        listed = [arn for wanted in ("RUNNING", "STOPPED") for arn in self._listed(wanted)]
        asked = [arn for arn in listed if arn not in self._gone]
        found = []
        for first in range(0, len(asked), TASKS_A_CALL):
            answer = self._aws.client("ecs").describe_tasks(
                cluster=CLUSTER, tasks=asked[first : first + TASKS_A_CALL]
            )
            for task in answer["tasks"]:
                if task["lastStatus"] in ALIVE:
                    found.append(_copy(task))
                elif task["lastStatus"] == "STOPPED":
                    self._gone.add(task["taskArn"])
        return found

    def _listed(self, desired_status: str) -> list[str]:
        arns: list[str] = []
        query: dict[str, Any] = {"cluster": CLUSTER, "serviceName": SERVICE, "desiredStatus": desired_status}
        while True:
            page = self._aws.client("ecs").list_tasks(**query)
            arns += page["taskArns"]
            if not page.get("nextToken"):
                return arns
            query["nextToken"] = page["nextToken"]


def _copy(task: dict[str, Any]) -> Copy:
    containers = task.get("containers") or [{}]
    return Copy(task["taskArn"], int(task.get("memory") or 0), containers[0].get("imageDigest"))
