"""The exact thing that a person should do, in words, with numbers and command.

A command is one that can be pasted; what the runbook cannot know stands in capitals.
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.facts import AlarmFact, ServiceFact
from functions.rules.fargate import Size, next_size


def names(strategy_ids: Sequence[str], most: int = 5) -> str:
    """The first few, and how many more."""
    more = len(strategy_ids) - most
    return ", ".join(strategy_ids[:most]) + (f" and {more} more" if more > 0 else "")


def redeploy(service: ServiceFact | None, cluster: str | None, interrupts: Sequence[str], why: str) -> str:
    """A forced new deployment by hand, through zero where two copies could run."""
    whom = (
        f"It interrupts {len(interrupts)} strategies that beat: {names(interrupts)}."
        if interrupts
        else "No strategy that beats is interrupted."
    )
    return f"{why} Redeploy the service. {whom} {redeploy_command(service, cluster)}"


def redeploy_command(service: ServiceFact | None, cluster: str | None, task_definition: str | None = None) -> str:
    base = _update(service, cluster)
    revision = f" --task-definition {task_definition}" if task_definition else ""
    desired = service.desired if service else 1
    return (
        f"First `{base} --desired-count 0`, wait until every old task is STOPPED, then "
        f"`{base}{revision} --desired-count {desired} --force-new-deployment`."
    )


def more_memory(service: ServiceFact | None, cluster: str | None) -> str:
    """The next valid Fargate size as a new revision of the task definition."""
    present = _present(service)
    size = next_size(service.cpu, service.memory_mb) if service else None
    if service is None or size is None:
        return (
            f"Give the task more memory. Present size: {present}; no larger valid Fargate size follows from "
            "it, so choose one by hand, or find what uses the memory."
        )
    family = _family(service)
    return (
        f"Raise the task from {present} to {_told(size)}, the next valid Fargate size: "
        f"`aws ecs describe-task-definition --task-definition {family}`, register it again with "
        f'"cpu": "{size.cpu}", "memory": "{size.memory_mb}" (`aws ecs register-task-definition`). '
        f"{redeploy_command(service, cluster, family)}"
    )


def scale_up(service: ServiceFact | None, cluster: str | None) -> str:
    return (
        "The desired count is 0 and the kill switch does not say why. Ask who scaled the service down; a run of "
        "ours that was cut short names it in its incident, with the count of before (1 is only an example). "
        f"If it was a mistake: `{_update(service, cluster)} --desired-count 1`."
    )


def failed_deployment(service: ServiceFact | None, cluster: str | None, why: str) -> str:
    name = service.service if service else "SERVICE"
    return (
        f"{why[:1].upper()}{why[1:]}. Read the service's events "
        f"(`aws ecs describe-services --cluster {_cluster(service, cluster)} --services {name}`), then roll "
        f"back: `{_update(service, cluster)} --task-definition PREVIOUS_REVISION`. It is not redeployed, "
        "because the same revision would fail again."
    )


def inactive(service: ServiceFact | None, cluster: str | None, why: str) -> str:
    name = service.service if service else "SERVICE"
    where = f"--cluster {_cluster(service, cluster)} --services {name}"
    return f"{why[:1].upper()}{why[1:]}: it cannot run a task. `aws ecs describe-services {where}`."


def restart(strategy_ids: Sequence[str], why: str) -> str:
    """A restart of single strategies, as the manual runbook does it."""
    return (
        f"{why} Decide whether to restart {names(strategy_ids)} (status to stopped, wait for the "
        "acknowledgement, back to the status it had). Until then nothing is interrupted."
    )


def exchange(venue: str | None, wait_seconds: int) -> str:
    whom = venue or "the venue (the strategy's config names none, so it cannot be probed)"
    return (
        f"If {whom} does not answer within {wait_seconds // 60} minutes: keep waiting, switch the strategies "
        "to their fallback exchange, or leave them. Nothing is restarted."
    )


def rate_limit(venue: str | None, retry_after: str) -> str:
    whom = venue or "the venue"
    return (
        f"Restart nothing that talks to {whom} from this address (Retry-After: {retry_after}). "
        "If refusals go on, raise order_cooldown_seconds or stop strategies that send the most requests."
    )


def connectivity(what: str, wait_seconds: int) -> str:
    return (
        f"If the {what} does not answer within {wait_seconds // 60} minutes, repair it; restart nothing: a "
        "strategy that cannot write its heartbeat may trade well. Compare positions at the venue."
    )


def deployment(wait_seconds: int) -> str:
    return f"If the deployment has not ended within {wait_seconds // 60} minutes, look at the service's events."


def detector(alarm: AlarmFact, trading: int) -> str:
    return (
        f"The alarm {alarm.name} is up, and none of {trading} trading strategies is stale: the detector or "
        f"its metric is broken. The alarm's own reason: {alarm.reason or 'none given'}. It treats missing "
        f"data as {alarm.treat_missing_data or 'unknown'}. Look at the detector's function and its metric."
    )


def _update(service: ServiceFact | None, cluster: str | None) -> str:
    name = service.service if service else "SERVICE"
    return f"aws ecs update-service --cluster {_cluster(service, cluster)} --service {name}"


def _cluster(service: ServiceFact | None, cluster: str | None) -> str:
    """Task ARNs read `arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/ID`."""
    if cluster:
        return cluster
    for task in service.tasks if service else ():
        parts = task.task_arn.split("/")
        if len(parts) == 3:
            return parts[1]
    return "CLUSTER"


def _family(service: ServiceFact) -> str:
    """The family without its revision, so that a command takes the newest one."""
    for arn in [*(d.task_definition for d in service.deployments), *(t.task_definition for t in service.tasks)]:
        if arn:
            return arn.rsplit("/", 1)[-1].split(":", 1)[0]
    return "TASK_DEFINITION"


def _present(service: ServiceFact | None) -> str:
    if service is None or service.cpu is None or service.memory_mb is None:
        return "unknown"
    return _told(Size(service.cpu, service.memory_mb))


def _told(size: Size) -> str:
    return f"{size.cpu} CPU units and {size.memory_mb} MiB"
