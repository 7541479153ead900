"""What the service scheduler does next: a pure decision over task counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One task of a service that is not STOPPED yet.

    Attributes:
        arn: its name.
        ours: it belongs to the primary deployment.
        running: its lastStatus is RUNNING.
        wanted: its desiredStatus is RUNNING; otherwise it is on its way out.
        created: seconds of any clock, to tell older from newer.
    """

    arn: str
    ours: bool
    running: bool
    wanted: bool
    created: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Tasks to start and tasks to stop."""

    start: int
    stop: tuple[str, ...]


def plan(desired: int, tasks: Iterable[Task], maximum_percent: int, minimum_percent: int, held: bool) -> Plan:
    """The rolling update's next step.

    Source: ECS developer guide, "Deploy Amazon ECS services by replacing tasks": maximumPercent is the upper
    limit of tasks during a deployment, rounded down; minimumHealthyPercent the lower limit of running ones,
    rounded up. A task that somebody stopped is replaced while it is still stopping; a deployment waits for
    the old tasks' end where maximumPercent leaves no room.

    Args:
        desired: the service's desired count.
        tasks: its tasks that are not STOPPED.
        maximum_percent: percent of `desired`.
        minimum_percent: percent of `desired`.
        held: nothing may start (crashed, or the deployment failed).
    """
    alive = list(tasks)
    current = [task for task in alive if task.ours and task.wanted]
    old = sorted((t for t in alive if not t.ours and t.wanted), key=lambda task: task.created)
    if desired == 0:
        return Plan(0, tuple(task.arn for task in (*current, *old)))
    newest_first = sorted(current, key=lambda task: task.created, reverse=True)
    surplus = newest_first[: max(0, len(current) - desired)]
    missing = max(0, desired - len(current))
    rolling = any(not task.ours for task in alive)
    leaving = sum(not task.wanted for task in alive) if rolling else 0
    most = max(1, desired * maximum_percent // 100)
    least = -(-desired * minimum_percent // 100)
    start = 0 if held else min(missing, max(0, most - len(current) - len(old) - leaving))
    running = sum(task.running for task in (*current, *old))
    # An old task goes to make room, or because a new one runs in its place.
    to_make_room = 0 if held else missing - start
    replaced = len(old) - max(0, desired - sum(task.running for task in current))
    going = max(0, min(len(old), running - least, max(to_make_room - leaving, replaced)))
    return Plan(start, tuple(task.arn for task in (*surplus, *old[:going])))
