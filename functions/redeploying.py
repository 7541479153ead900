"""What the states of redeploy-service hand to one another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from functions.contracts import Frozen
from functions.facts import Result
from functions.ports import Ports
from functions.rules.left_behind import REDEPLOY
from functions.settings import Settings
from functions.stages import ChildJob, GroupJob

HOUR: Final = 3600


class RedeployInput(ChildJob):
    """Input of the machine. `task_definition`: with this revision, which a person approved; null: as it is.
    `may_interrupt`: so many strategies that beat may be interrupted, because that person saw their number."""

    task_definition: str | None = None
    may_interrupt: int = 0


class RedeployJob(Frozen):
    """The plan, with what stood before. `desired` is the count that the service comes back to, `revision` the one
    that it ran; `task_definition` is another one that a person approved."""

    job: GroupJob
    guard_id: str
    method: str
    reason: str
    desired: int
    old_task_arns: tuple[str, ...]
    task_definition: str | None
    revision: str | None

    def act_id(self, what: str) -> str:
        return act_id(what, self.job, self.task_definition)


def act_id(what: str, job: GroupJob, task_definition: str | None) -> str:
    """A run may redeploy once as it is and once with another revision: two acts."""
    revision = task_definition.rsplit("/", 1)[-1] if task_definition else None
    return "/".join(part for part in (what, job.group.group_id, revision) if part)


class Left(Frozen):
    """`free_at`: when the next one comes back, where none is left."""

    redeploys: int
    free_at: datetime | None


def own_deployments(incident: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the deployments that this run has made, by its incident."""
    intents: Mapping[str, Mapping[str, Any]] = incident.get("intents", {})
    made = (i for i in intents.values() if i["action"] == REDEPLOY and i.get("result") == Result.DONE)
    return frozenset(str(intent["after"]) for intent in made if intent.get("after"))


def paid(job: GroupJob, ports: Ports, settings: Settings, revision: str | None) -> bool:
    """Takes one of the hour's redeploys: each act pays for itself, and its retry pays no second time. False: none
    is left. A dry run pays nothing."""
    if job.run.dry_run:
        return True
    return ports.guards.spend(
        _budget(settings),
        limit=settings.limits.redeploys_an_hour,
        window_seconds=HOUR,
        now=ports.clock.now(),
        token=f"{job.run.incident_id}/{act_id('redeploy', job, revision)}",
    )


def left(ports: Ports, settings: Settings) -> Left:
    """How many redeploys the hour has left; takes none of them."""
    taken = ports.guards.payments(_budget(settings), window_seconds=HOUR, now=ports.clock.now())
    over = len(taken) - settings.limits.redeploys_an_hour
    free_at = taken[over] + timedelta(seconds=HOUR) if over >= 0 else None
    return Left(redeploys=max(0, -over), free_at=free_at)


def _budget(settings: Settings) -> str:
    return f"budget/redeploy/{settings.platform.service}"


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
