"""What the states of redeploy-service hand to one another."""

from __future__ import annotations

from datetime import datetime

from functions.contracts import Frozen
from functions.stages import GroupJob


class RedeployJob(Frozen):
    """The plan, with what stood before. `desired` is the count that the service comes back to."""

    job: GroupJob
    guard_id: str
    method: str
    reason: str
    desired: int
    old_task_arns: tuple[str, ...]


class OldTasks(Frozen):
    """A look at the tasks that must be STOPPED before a new one may start."""

    gone: bool
    again: bool
    looks_left: int
    why: str


class NewTask(Frozen):
    """A look at the new deployment. `state` is waiting, took_effect or failed; `began` the act's time."""

    state: str
    again: bool
    looks_left: int
    began: datetime | None
    at: datetime | None
    deployment_id: str | None
    why: str
