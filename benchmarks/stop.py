"""An emergency stop of 10 to 10,000 strategies: the seed's commands, the bare limit, the runbook, in one run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.rig import rig
from benchmarks.typed_stop import cli, typed
from tests.e2e.platform import GUARDS, ORDERS, STATE, Platform

SIZES = (10, 100, 1_000, 10_000)
# Bots look at their status every 15 s of the platform, so every 1.5 s here, and a task takes 3 s to stop.
SCALE = 0.1
MACHINE = "emergency-stop"
FAULTS = ("ignores-status", "guards-down")
LONGEST = 900.0
ESCALATED = 20
RUNBOOKS = str(Path(sys.executable).with_name("runbooks"))


def measure() -> dict[str, Any]:
    """`runs[size]`: seconds of the commands, of the bare program, of the runbook (to the last strategy stopped, and
    to the end of the run), of `--direct`; `entries`: seconds from the decision to the last new entry order that the
    table took, by what was wrong; `resting`: entry orders that work at the venue at the end; transitions and the
    largest output of a state in bytes."""
    with rig(SCALE) as one, cli() as aws:
        platform = Platform(one.endpoint_url, "bench", "bench", SCALE, one.machines)
        platform.warm()
        platform.remember()
        fill(platform, 1_000)
        runbook(platform)
        fill(platform, 10)
        commands = typed(one.endpoint_url, aws)
        runs = {str(size): at_size(platform, size, commands) for size in SIZES}
    return {"sizes": list(SIZES), "scale": SCALE, "commands": rounded(commands), "runs": runs}


def at_size(platform: Platform, size: int, commands: dict[str, float]) -> dict[str, Any]:
    print(f"  {size} strategies ...", file=sys.stderr, flush=True)
    fill(platform, size)
    limit = bare(platform)
    fill(platform, size)
    ours = runbook(platform)
    fill(platform, size)
    direct = directly(platform)
    entries = {"": ours.pop("last_entry_seconds")}
    resting = {"": ours.pop("resting")}
    for fault in FAULTS:
        fill(platform, size)
        platform.break_with(fault)
        found = runbook(platform, mend=True)
        entries[fault], resting[fault] = found["last_entry_seconds"], found["resting"]
    print(f"  bare {limit:.2f}, ours {ours}, direct {direct:.2f}, {entries}", file=sys.stderr, flush=True)
    typed_seconds = commands["scan_seconds"] + size * commands["update_seconds"] + commands["rest_seconds"]
    return {
        "commands_seconds": round(typed_seconds, 1),
        "commands_measured": size == commands["stopped"],
        "bare_seconds": round(limit, 2),
        "direct_seconds": round(direct, 2),
        **ours,
        "ratio_to_bare": round(ours["stopped_seconds"] / limit, 2),
        "goal_seconds": round(1.5 * limit + 1, 2),
        "times_faster_than_commands": round(typed_seconds / ours["stopped_seconds"]),
        "last_entry_seconds": entries,
        "resting_entry_orders": resting,
    }


def fill(platform: Platform, size: int) -> None:
    """So many strategies that run and trade, the service up, nothing halted, no order left."""
    platform._stop_runs()
    platform.mend()
    platform.trade(False)
    platform.http("DELETE", "/_local/strategies")
    platform._tables()
    platform.resume_scaling()
    platform._service_runs()
    platform.until(lambda: platform.service()["runningCount"] == 1, "the service runs", 120)
    platform.empty(GUARDS)
    platform.more_strategies(size - len(platform._strategies))
    for item in platform._strategies:
        platform.change(STATE, item["strategy_id"], status="running")
    platform.empty(ORDERS)
    platform.venue.reset()
    platform.forget_counts()
    platform.bots(trade=True, trade_at_venue=True)
    wanted = min(size, 50)
    platform.until(
        lambda: len(platform.trading_stats()["last_entry_order_of"]) >= wanted, "the bots trade", LONGEST
    )


def bare(platform: Platform) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bare_stop", platform.endpoint_url],
        capture_output=True,
        text=True,
        check=True,
    )
    nobody_trades(platform)
    return float(json.loads(done.stdout)["seconds"])


def directly(platform: Platform) -> float:
    """The whole command, its own start and its proof with it."""
    began = time.monotonic()
    done = subprocess.run(
        [RUNBOOKS, "emergency-stop", "--env", "local", "--reason", "bench", "--direct"],
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.monotonic() - began
    # How it ends is for the end-to-end tests; what counts here is the table.
    assert done.returncode in (0, ESCALATED), done.stdout + done.stderr
    nobody_trades(platform)
    return took


def runbook(platform: Platform, mend: bool = False) -> dict[str, Any]:
    """`mend`: the fault ends once no task runs, as nothing can trade from there on; a guards table that stays down
    would have the proof use up every look that it has, for every size."""
    arn = platform.start(MACHINE, {"reason": "bench"})
    if mend:
        platform.until(lambda: platform.service()["runningCount"] == 0, "no task runs", LONGEST)
        platform.mend()
    found = platform.until(lambda: ended(platform, arn), "the stop ends", LONGEST)
    began = found["startDate"].timestamp()
    nobody_trades(platform)
    events = platform.history(arn)
    segments = [
        event["timestamp"].timestamp()
        for event in events
        if (event.get("stateExitedEventDetails") or {}).get("name") == "StopSegment"
    ]
    outputs = [
        len(e["stateExitedEventDetails"].get("output", "")) for e in events if "stateExitedEventDetails" in e
    ]
    last = platform.trading_stats()["last_entry_order_at"]
    resting = sum(order["side"] == "BUY" for order in platform.venue.working().values())
    return {
        "stopped_seconds": round(max(segments) - began, 2),
        "ended_seconds": round(found["stopDate"].timestamp() - began, 2),
        "status": found["status"],
        "transitions": sum(event["type"].endswith("StateEntered") for event in events),
        "largest_output_bytes": max(outputs),
        "last_entry_seconds": round(datetime.fromisoformat(last).timestamp() - began, 2),
        "resting": resting,
    }


def ended(platform: Platform, arn: str) -> dict[str, Any] | None:
    found = platform.describe(arn)
    return None if found["status"] == "RUNNING" else found


def nobody_trades(platform: Platform) -> None:
    left = [item["strategy_id"] for item in platform.items(STATE) if item["status"] in ("running", "warmup")]
    assert not left, left[:10]


def rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in found.items()}
