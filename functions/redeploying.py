"""What the states of redeploy-service hand to one another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.contracts import Frozen
from functions.facts import Result
from functions.ports import Ports
from functions.rules.left_behind import REDEPLOY
from functions.settings import Settings
from functions.stages import ChildJob, GroupJob


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
        """A run may redeploy once as it is and once with another revision: two acts."""
        revision = self.task_definition.rsplit("/", 1)[-1] if self.task_definition else None
        return "/".join(part for part in (what, self.job.group.group_id, revision) if part)


def own_deployments(incident: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the deployments that this run has made, by its incident."""
    intents: Mapping[str, Mapping[str, Any]] = incident.get("intents", {})
    made = (i for i in intents.values() if i["action"] == REDEPLOY and i.get("result") == Result.DONE)
    return frozenset(str(intent["after"]) for intent in made if intent.get("after"))


def paid(job: GroupJob, ports: Ports, settings: Settings) -> bool:
    """Takes one of the hour's redeploys, once a run; False: none is left. A dry run pays nothing."""
    if job.run.dry_run:
        return True
    return ports.guards.spend(
        f"budget/redeploy/{settings.platform.service}",
        limit=settings.limits.redeploys_an_hour,
        window_seconds=3600,
        now=ports.clock.now(),
        token=job.run.incident_id,
    )


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
