"""How the service is redeployed without ever running two copies of a strategy, and when that has happened.

ECS starts the new task beside the old one unless `maximumPercent` is 100, and a task that is told to stop
trades on through its stop time. So an old task is first seen STOPPED at a desired count of 0.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from functions.facts import KillSwitchFact, ServiceFact, TaskFact
from functions.rules import kill_switch as switch_rules
from functions.rules.proposals import names
from functions.rules.service_state import revision_of

Method = Literal["plain", "via_zero", "refuse"]


@dataclass(frozen=True, slots=True)
class RedeployPlan:
    """`desired` is the count that the service comes back to; `old_task_arns` every task not STOPPED."""

    method: Method
    reason: str
    desired: int
    old_task_arns: tuple[str, ...]


def plan_redeploy(
    service: ServiceFact | None,
    *,
    kill_switch: KillSwitchFact | None,
    running_digest: str | None,
    registry_digest: str | None,
    budget_left: bool,
    beating: Sequence[str] = (),
    may_interrupt: int = 0,
    ours: Collection[str] = (),
) -> RedeployPlan:
    """`beating` are strategies that beat now: with a task that runs no more of them are interrupted than a
    person allowed. `ours`: see `why_not_now`. Everything that is not known refuses."""
    if service is None:
        return RedeployPlan("refuse", "the service could not be read", 0, ())
    old = tuple(task.task_arn for task in service.tasks if task.last_status != "STOPPED")
    refusal = (
        switch_rules.why_not_redeploy(kill_switch)
        or why_not_now(service, ours=ours)
        or why_not_this_image(service.image, running_digest, registry_digest)
        or _why_not_interrupt(service.tasks, beating, at_most=may_interrupt)
        or (None if budget_left else "the budget of redeploys of this hour is spent")
    )
    if refusal:
        return RedeployPlan("refuse", refusal, service.desired, old)
    if not old and service.running == 0 and service.pending == 0:
        return RedeployPlan("plain", "no old task is left, so that none can run beside", service.desired, old)
    if old and service.maximum_percent == 100 and _may_stop_first(service):
        reason = "maximumPercent is 100: ECS stops the old task first"
        return RedeployPlan("plain", reason, service.desired, old)
    reason = f"maximumPercent is {service.maximum_percent}: the old task is seen STOPPED before a new one starts"
    return RedeployPlan("via_zero", reason, service.desired, old)


def why_not_this_image(image: str | None, running: str | None, registry: str | None) -> str | None:
    """A redeploy pulls what the tag points to now. Another image is a release, and a release needs a person;
    so does one that nobody can compare. An image pinned by its digest cannot differ."""
    if image is not None and "@sha256:" in image:
        return None
    if running is None or registry is None:
        which = "that ran" if running is None else "of the registry"
        return f"the image digest {which} is not known, so that a redeploy might bring another release"
    if running != registry:
        return f"the registry's image ({_short(registry)}) is not the one that ran ({_short(running)})"
    return None


def running_digest(tasks: Sequence[TaskFact]) -> str | None:
    """The digest of what runs, else of what stopped last. None: not told, or several at once."""
    running = {t.image_digest for t in tasks if t.last_status != "STOPPED"}
    if running:
        return running.pop() if len(running) == 1 else None
    stopped = [(t.stopped_at, t.image_digest) for t in tasks if t.stopped_at is not None]
    return max(stopped, key=lambda pair: pair[0])[1] if stopped else None


def old_gone(service: ServiceFact | None, old_task_arns: Collection[str]) -> bool:
    """Every old task is seen STOPPED, and no other task of the service has come between. One that ECS does
    not list is not seen: ECS lists a stopped task for an hour."""
    if service is None or service.running > 0 or service.pending > 0:
        return False
    stopped = {task.task_arn for task in service.tasks if task.last_status == "STOPPED"}
    return stopped.issuperset(old_task_arns) and len(stopped) == len(service.tasks)


def why_not_as_planned(
    service: ServiceFact, *, method: str, desired: int, old_task_arns: Collection[str], emptied: bool
) -> str | None:
    """In the moment of acting. None: the service stands as the plan left it. A count that somebody changed
    since is theirs, and a task that ECS started by itself since would run beside the new one. `emptied`: the
    act follows the scaling to zero."""
    expected = 0 if emptied and method == "via_zero" else desired
    if service.desired != expected:
        return f"the desired count is {service.desired} and not {expected}: somebody else changed it meanwhile"
    alive = [task.task_arn for task in service.tasks if task.last_status != "STOPPED"]
    if method == "plain" or not emptied:
        alive = [arn for arn in alive if arn not in old_task_arns]
    return f"a task runs or starts by now ({alive[0]}), and a new one would run beside it" if alive else None


def why_not_over_another(
    service: ServiceFact, *, planned: str | None, emptied: bool, ours: str | None
) -> str | None:
    """In the moment of acting. None: the service runs the revision of the plan, `planned`. Another one is
    somebody's deployment. A service that this run has `emptied` comes back with it all the same, because without
    a task nobody watches its positions; only a revision of `ours` is not written over it."""
    stands = revision_of(service)
    if planned is None or stands == planned or (emptied and ours is None):
        return None
    return f"the service runs {_named(stands)} by now and not {_named(planned)}: somebody else deployed meanwhile"


def why_not_now(service: ServiceFact, *, ours: Collection[str] = ()) -> str | None:
    """None: the service stands still, as a redeploy wants it. `ours` are deployments that this run has made
    itself: where another revision follows they hold up nothing, ended or not."""
    if service.status != "ACTIVE":
        return f"the service is {service.status}"
    if service.desired <= 0:
        return "the desired count is 0: somebody scaled the service down"
    alive = [d for d in service.deployments if d.status != "INACTIVE" and d.deployment_id not in ours]
    if any(d.rollout == "IN_PROGRESS" for d in alive):
        return "a deployment is in progress"
    if any(d.rollout == "FAILED" for d in alive):
        return "the last deployment failed, and the same revision would fail again"
    return None


def _why_not_interrupt(tasks: Sequence[TaskFact], beating: Sequence[str], *, at_most: int) -> str | None:
    """A task that is told to stop already is not interrupted; without one that goes on, a heartbeat that still
    looks young is a dead strategy's last."""
    goes_on = any(t.last_status != "STOPPED" and t.desired_status == "RUNNING" for t in tasks)
    if not goes_on or len(beating) <= at_most:
        return None
    allowed = f", and a person allowed {at_most}" if at_most else ""
    return f"it would interrupt {len(beating)} strategies that beat ({names(beating)}){allowed}"


def _may_stop_first(service: ServiceFact) -> bool:
    """With minimumHealthyPercent rounded up to the whole count ECS could neither stop nor start anything."""
    must_stay = -(-service.minimum_healthy_percent * service.desired // 100)
    return must_stay < service.desired


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _named(arn: str | None) -> str:
    """`family:revision`."""
    return arn.rsplit("/", 1)[-1] if arn else "an unknown revision"
