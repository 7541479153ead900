"""From the start of order-failures to the named causes, with a quiet and a busy hour in the service's log."""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.histories import children_of
from benchmarks.rig import Rig, rig
from console.local_api import LocalApi

LOG_GROUP = "/ecs/tradai-strategy-service-local"
# What the manual runbook filters by; a person reads the result.
PATTERN = "order"
FAILED = {"-2019": 40, "-1015": 25}
NAMED = {"insufficient_balance", "rate_limited"}
TRIES = 3
VOLUMES = (1_000, 10_000, 100_000)


def measure() -> dict[str, Any]:
    """At time scale 1, so that the waits between looks at a log query are those of production.

    `volumes` by log events of the hour: `seconds` from the run's start to the verdict, `log_seconds` of its log
    questions (start, wait, fetch) and `bare_seconds` of the manual runbook's `filter-log-events`, all pages:
    medians of `tries`, in turn. `read` are the lines that the bare command hands to a person.
    """
    with rig(1.0) as one:
        one.healthy()
        _diagnosed(one)  # cold
        return {"tries": TRIES, "volumes": {str(count): _volume(one, count) for count in VOLUMES}}


def _volume(one: Rig, count: int) -> dict[str, Any]:
    api = LocalApi(one.endpoint_url, timeout=300)
    api.put_log_lines(count, FAILED)
    try:
        ours, bare, read = [], [], 0
        for _ in range(TRIES):
            ours.append(_diagnosed(one, NAMED))
            took, read = _bare(one)
            bare.append(took)
    finally:
        api.remove_log_lines()
    return {
        "seconds": round(statistics.median(whole for whole, _ in ours), 2),
        "log_seconds": round(statistics.median(logs for _, logs in ours), 2),
        "bare_seconds": round(statistics.median(bare), 2),
        "read": read,
    }


def _diagnosed(one: Rig, named: set[str] | None = None) -> tuple[float, float]:
    """Seconds to the verdict of a rehearsal, and of its log questions.

    Raises:
        AssertionError: other causes were found than those that are in the log.
    """
    states = one.client("stepfunctions")
    arn = states.start_execution(
        stateMachineArn=one.machines["order-failures"], input=json.dumps({"dry_run": True})
    )["executionArn"]  # fmt: skip
    one.until(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING", "the rehearsal ends", 300)
    events = one.history(arn)
    entered, left, outputs = _states(events)
    plan = outputs["Classify"]["diagnosed"]["plan"]
    groups = [group for venue in plan["venues"] for group in (*venue["calm"], *venue["change"])]
    causes = {group["cause"] for group in (*groups, *plan["left"])}
    assert named is None or causes == named, f"{causes} were found; {named} fail"
    child = next(child for event in events for child in children_of(event))
    began, ended, _ = _states(one.history(child))
    return (
        (left["Classify"] - entered["OpenOrderFailures"]).total_seconds(),
        (ended["FetchLogs"] - began["StartLogQueries"]).total_seconds(),
    )


def _states(events: list[dict[str, Any]]) -> tuple[dict[str, datetime], dict[str, datetime], dict[str, Any]]:
    """When each state was first entered and last left, and what it handed on."""
    entered: dict[str, datetime] = {}
    left: dict[str, datetime] = {}
    outputs: dict[str, Any] = {}
    for event in events:
        if event["type"].endswith("StateEntered"):
            entered.setdefault(event["stateEnteredEventDetails"]["name"], event["timestamp"])
        elif event["type"].endswith("StateExited"):
            name = event["stateExitedEventDetails"]["name"]
            left[name] = event["timestamp"]
            outputs[name] = json.loads(event["stateExitedEventDetails"]["output"])
    return entered, left, outputs


def _bare(one: Rig) -> tuple[float, int]:
    since = int((datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1_000)
    began = time.perf_counter()
    pages = one.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=LOG_GROUP, startTime=since, filterPattern=PATTERN)
    read = sum(len(page["events"]) for page in found)
    return time.perf_counter() - began, read


def part(found: dict[str, Any], foot: str) -> list[str]:
    """Of `docs/benchmarks.md`."""
    lines = [
        "## From the start of order-failures to the named causes",
        "",
        f"Two causes fail in the last hour of the log ({sum(FAILED.values())} orders), among ever more lines. Log, "
        "venue, accounts,",
        "market and configs are looked at in this time. Beside it the manual runbook's `filter-log-events` with",
        f"the pattern `{PATTERN}`, all pages: it names nothing, a person reads what it hands over. "
        f"Medians of {found['tries']}, in turn.",
        "The embedded AWS answers it out of its memory, and with one page of at most 10,000 lines.",
        "",
        "| log events | to the verdict, s | against the smallest | its log questions, s | bare command, s "
        "| lines to be read |",
        "|---|---|---|---|---|---|",
    ]
    smallest = next(iter(found["volumes"].values()))["seconds"]
    for count, one in found["volumes"].items():
        ratio = one["seconds"] / smallest
        lines.append(
            f"| {int(count):,} | {one['seconds']} | {ratio:.1f} | {one['log_seconds']} | {one['bare_seconds']} "
            f"| {one['read']:,} |"
        )
    return [*lines, "", foot, ""]
