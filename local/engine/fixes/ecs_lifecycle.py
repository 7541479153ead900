"""ECS tasks take time to start and to stop, and deployments roll by their percentages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ministack.services import ecs

from local.engine import ecs_control
from local.engine.ecs.clock import Clock
from local.engine.ecs.scheduler import Scheduler
from local.engine.ecs.tasks import End
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix


@fix("ecs-lifecycle")
def give_tasks_a_life(setup: Setup) -> None:
    """Tasks are PENDING, RUNNING, leaving, STOPPED; services replace them; deployments complete.

    AWS: ECS developer guide, "Amazon ECS task lifecycle" and "Deploy Amazon ECS services by replacing
    tasks"; ECS API reference, Task (stopCode, stoppedReason), Container (exitCode, reason, imageDigest),
    Deployment (rolloutState). Without a Docker daemon ministack's tasks run and stop at once.
    """
    scheduler = Scheduler(Clock.from_environment(setup.time_scale))
    ecs_control.scheduler = scheduler

    def dispatching(original: Callable[..., Any]) -> Callable[..., Any]:
        def dispatch(action: str, data: dict[str, Any]) -> Any:
            with scheduler.lock:
                return original(action, data)

        return dispatch

    def running(original: Callable[..., Any]) -> Callable[..., Any]:
        def run_task(data: dict[str, Any]) -> Any:
            with scheduler.lock:
                before = set(ecs._tasks)
                answer = original(data)
                made = [task for arn, task in list(ecs._tasks.items()) if arn not in before]
                for task in made:
                    scheduler.started(task)
                if made:
                    body = {"tasks": [ecs._sanitize(task) for task in made], "failures": []}
                    return ecs.json_response(body)
                return answer

        return run_task

    def stopping(_original: Callable[..., Any]) -> Callable[..., Any]:
        def stop_task(data: dict[str, Any]) -> Any:
            with scheduler.lock:
                cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
                task = ecs._resolve_task(data.get("task", ""), cluster) if cluster else None
                if not task:
                    told = "The referenced task was not found."
                    return ecs.error_response_json("InvalidParameterException", told, 400)
                if task["lastStatus"] != "STOPPED":
                    scheduler.stop(task, End(data.get("reason", "Task stopped by user"), "UserInitiated"))
                return ecs.json_response({"task": ecs._sanitize(task)})

        return stop_task

    def beginning(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def make_deployment(*args: Any, **named: Any) -> dict[str, Any]:
            made = original(*args, **named)
            told = f"ECS deployment {made['id']} in progress."
            return {**made, "rolloutState": "IN_PROGRESS", "rolloutStateReason": told}

        return make_deployment

    around(ecs, "_dispatch_action", dispatching)
    around(ecs, "_run_task", running)
    around(ecs, "_stop_task", stopping)
    around(ecs, "_make_deployment", beginning)
    around(ecs, "_reconcile_service_tasks", lambda _original: scheduler.reconcile)
    around(ecs, "_ts_to_epoch", lambda _original: _milliseconds)
    # The table of actions was made from the functions as they were.
    ecs._ACTION_MAP.update(RunTask=ecs._run_task, StopTask=ecs._stop_task)


def _milliseconds(value: Any) -> Any:
    """AWS's times have milliseconds; ministack cuts them to whole seconds."""
    try:
        return round(datetime.fromisoformat(value).timestamp(), 3)
    except (TypeError, ValueError):
        return value
