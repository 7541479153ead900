"""Cures: from alarm to first remedy, engine time, transitions, cost, memory, and time to a heartbeat."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from benchmarks.histories import Path as RunPath
from benchmarks.histories import walk
from benchmarks.rig import Rig, rig

SCALE = 0.02
# name: (fault, strategy, count). `count` is how long an outage lasts, in minutes of the platform.
PATHS: dict[str, tuple[str, str | None, int | None]] = {
    "service crashed": ("service-crashed", None, None),
    "deadlock of one": ("deadlock", "momentum-btc", None),
    "deadlock of all": ("deadlock", None, None),
    "exchange down": ("exchange-down", None, 3),
    "rate limited": ("rate-limited", None, None),
    "memory exhausted": ("out-of-memory", None, None),
}


def measure_scaled() -> dict[str, Any]:
    """Every cause once, the crash three times: the first is cold. Waits are shortened, events are not."""
    with rig(SCALE) as one:
        cold = _cure(one, *PATHS["service crashed"])
        memory = one.memory_mb()
        warm = [_cure(one, *PATHS["service crashed"]) for _ in range(3)]
        paths = {name: _cure(one, *what) for name, what in PATHS.items() if name != "service crashed"}
    best = sorted(warm, key=lambda run: float(run["engine_seconds"]))[len(warm) // 2]
    return {"time_scale": SCALE, "cold": cold, "warm": best, "paths": paths, "memory_mb_after_demo": round(memory)}


def _cure(one: Rig, fault: str, strategy: str | None, count: int | None) -> dict[str, Any]:
    one.healthy()
    before = set(one.executions("stale-heartbeat"))
    one.api.break_with(fault, strategy=strategy, count=count)
    arn = one.until(lambda: next(iter(set(one.executions("stale-heartbeat")) - before), None), "a run starts", 60)
    states = one.client("stepfunctions")
    one.until(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING", "the run ends", 300)
    path, incident = walk(one, arn), one.incident(arn) or {}
    alarm_at = datetime.fromisoformat(path.input["alarm_at"])
    acts = [datetime.fromisoformat(act["M"]["at"]["S"]) for act in incident.get("actions", {"L": []})["L"]]
    return {
        "outcome": incident.get("outcome", {}).get("S"),
        "alarm_to_first_remedy_seconds": round((min(acts) - alarm_at).total_seconds(), 2) if acts else None,
        **_numbers(path),
    }


def _numbers(path: RunPath) -> dict[str, Any]:
    return {
        "engine_seconds": round(path.seconds - path.waited, 2),
        "whole_seconds": round(path.seconds, 2),
        "transitions": path.transitions,
        "task_calls": path.calls,
        "usd": round(path.usd, 5),
    }


def measure_real_time() -> dict[str, Any]:
    """At time scale 1: from the fault to the first heartbeat after it, with a task start of 45-120 s.

    Compared with a program that does nothing but the right call at the moment of the alarm: it knows the cause
    beforehand, diagnoses nothing and proves nothing.
    """
    with rig(1.0) as one:
        bare = _bare_redeploy(one)
        ours = {
            name: _until_heartbeat(one, *PATHS[name])
            for name in ("service crashed", "deadlock of one", "deadlock of all")
        }
    return {"bare_redeploy_seconds": bare, "first_heartbeat_seconds": ours}


def _bare_redeploy(one: Rig) -> float:
    one.healthy()
    one.client("events").disable_rule(Name=_alarm_rule(one))
    broke = _break(one, "service-crashed", None)
    one.client("ecs").update_service(
        cluster="tradai-local", service="tradai-strategy-service-local", forceNewDeployment=True
    )
    took = _beat_after(one, broke, one.heartbeats())
    one.client("events").enable_rule(Name=_alarm_rule(one))
    return round(took, 1)


def _until_heartbeat(one: Rig, fault: str, strategy: str | None, count: int | None) -> float:
    one.healthy()
    before = set(one.executions("stale-heartbeat"))
    broke = _break(one, fault, strategy, count)
    ill = [strategy] if strategy else list(one.heartbeats())
    took = _beat_after(one, broke, ill)
    states = one.client("stepfunctions")
    for arn in set(one.executions("stale-heartbeat")) - before:
        # The ten watched minutes are no part of this number.
        states.stop_execution(executionArn=arn)
    return round(took, 1)


def _break(one: Rig, fault: str, strategy: str | None, count: int | None = None) -> float:
    """Returns the moment of the alarm: detection is the platform's, and the same for both."""
    one.api.break_with(fault, strategy=strategy, count=count)
    alarm = one.client("cloudwatch")
    one.until(
        lambda: (
            alarm.describe_alarms(AlarmNames=["tradai-local-heartbeat-stale"])["MetricAlarms"][0]["StateValue"]
            == "ALARM"
        ),
        "the alarm",
        120,
    )
    return time.time()


def _beat_after(one: Rig, since: float, ill: Iterable[str]) -> float:
    wanted = set(ill)
    one.until(
        lambda: all(at.timestamp() > since for sid, at in one.heartbeats().items() if sid in wanted),
        "heartbeats newer than the fault",
        1200,
    )
    return time.time() - since


def _alarm_rule(one: Rig) -> str:
    for rule in one.client("events").list_rules()["Rules"]:
        if "CloudWatch Alarm State Change" in str(rule.get("EventPattern", "")):
            return str(rule["Name"])
    raise LookupError("no rule listens for the heartbeat alarm")
