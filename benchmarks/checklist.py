"""The checklist: false passes under every fault, false fails on a healthy platform over a day of its time."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final
from urllib.request import Request, urlopen

from benchmarks.checklist_oracle import LINES, MUST_NOT_PASS
from benchmarks.rig import Rig, rig
from console.errors import ConsoleError

SCALE: Final = 0.01
DAY_SCALE: Final = 0.005
HOURS: Final = 24
# Minutes of the platform between two verifications.
EVERY: Final = 12
LOG_GROUP: Final = "/ecs/tradai-strategy-service-local"
# Of the values of answers that failed falsely, so many are kept.
MOST_TOLD: Final = 20
# Faults that have to be told whom they befall.
OF_ONE: Final = {"item-refused": "momentum-btc"}
STANDING: Final = "exchange."
# These end by themselves unless they are told not to, some of them while they are looked at.
PASSING: Final = frozenset(
    {
        "exchange-down",
        "exchange-silent",
        "fallback-down",
        "database-down",
        "network-down",
        "deployment-stuck",
        "orders.maintenance",
    }
)

# Of each line the result and its value.
Answers = dict[str, tuple[str, str]]


def measure() -> dict[str, Any]:
    began = time.monotonic()
    with rig(SCALE) as one:
        _only_what_is_asked_for(one)
        faults = {name: _under(one, name) for name in MUST_NOT_PASS}
    with rig(DAY_SCALE) as one:
        healthy = _day(one)
    return {
        "faults": {name: found["lines"] for name, found in faults.items()},
        "false_passes": sorted(f"{name}: {line}" for name, found in faults.items() for line in found["false"]),
        "judged": len(faults) * len(LINES),
        "must_not_pass": sum(len(lines) for lines in MUST_NOT_PASS.values()),
        "broken_runs": sorted(name for name, found in faults.items() if len(found["lines"]) != len(LINES)),
        "healthy": healthy,
        "took_seconds": round(time.monotonic() - began),
    }


def _only_what_is_asked_for(one: Rig) -> None:
    """No cure may take a fault away before it was looked at. The detectors go on."""
    events = one.client("events")
    for rule in events.list_rules()["Rules"]:
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        cures = any("stateMachine" in target["Arn"] or "rb-watcher" in target["Arn"] for target in targets)
        if cures:
            events.disable_rule(Name=rule["Name"])


def _under(one: Rig, name: str) -> dict[str, Any]:
    """One fault alone, once its first symptoms are there."""
    with suppress(TimeoutError):
        # What a fault left behind may keep a line from passing, which is no false pass.
        one.healthy(60)
    standing = {"count": 0} if name.startswith(STANDING) or name in PASSING else {}
    began = int(time.time() * 1000)
    try:
        one.api.break_with(name, strategy=OF_ONE.get(name), **standing)
    except ConsoleError as error:
        return {"lines": {"refused": str(error)}, "false": [f"the fault could not be made ({error})"]}
    wanted = MUST_NOT_PASS[name]
    if "alarms" in wanted:
        with suppress(TimeoutError):
            one.until(lambda: not one.alarm_ok(), "the alarm", 20)
    else:
        time.sleep(60 * SCALE)
    if "log_patterns" in wanted:
        # The heartbeats look old at once; the first line of trouble comes with the service's next beat.
        with suppress(TimeoutError):
            one.until(lambda: _has_logged(one, began), "a line of trouble", 20)
    lines = results(verified(one))
    return {"lines": lines, "false": [line for line in LINES if line in wanted and lines.get(line) == "pass"]}


def _has_logged(one: Rig, since: int) -> bool:
    """A line of the service that is none of a healthy one."""
    found = one.client("logs").filter_log_events(logGroupName=LOG_GROUP, startTime=since)["events"]
    return any('"level": "INFO"' not in event["message"] for event in found)


def results(lines: Answers) -> dict[str, str]:
    return {line: result for line, (result, _) in lines.items()}


def verified(one: Rig) -> Answers:
    """A verification of its own: of each line the answer and its value; `{}` where it left none."""
    states = one.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=one.machines["verify-trading"], input="{}")["executionArn"]
    one.until(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING", "it ends", 300)
    stored = (one.incident(arn) or {}).get("checklist", {"L": []})["L"]
    return {line["M"]["id"]["S"]: (line["M"]["result"]["S"], line["M"]["value"]["S"]) for line in stored}


def _day(one: Rig) -> dict[str, Any]:
    """A platform that trades, and on which nothing is wrong."""
    _only_what_is_asked_for(one)
    one.healthy()
    _trade(one)
    seconds, found = HOURS * 3600 * DAY_SCALE, list[Answers]()
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        due = began + len(found) * EVERY * 60 * DAY_SCALE
        time.sleep(max(0.0, due - time.monotonic()))
        found.append(verified(one))
    answers = Counter((line, result) for lines in found for line, result in results(lines).items())
    told = [f"{name}: {value}" for lines in found for name, (result, value) in lines.items() if result == "fail"]
    return {
        "hours": HOURS,
        "verifications": len(found),
        "lines": sum(answers.values()),
        **{kind: _of(answers, kind) for kind in ("pass", "fail", "unknown", "skipped")},
        "failed": told[:MOST_TOLD],
        "false_fails_percent": round(100 * sum(_of(answers, "fail").values()) / max(1, sum(answers.values())), 2),
    }


def _of(answers: Counter[tuple[str, str]], kind: str) -> dict[str, int]:
    return {line: answers[line, kind] for line in LINES if answers[line, kind]}


def _trade(one: Rig) -> None:
    body = json.dumps({"trade": True, "trade_at_venue": True, "exits": True}).encode()
    request = Request(f"{one.endpoint_url}/_local/platform", data=body, method="POST")
    request.add_header("Content-Type", "application/json")
    urlopen(request, timeout=30).close()


def part(found: dict[str, Any], foot: str) -> Iterable[str]:
    """Its section of docs/benchmarks.md."""
    day = found["healthy"]
    false = found["false_passes"]
    return [
        "## The verification checklist",
        "",
        f"{len(found['faults'])} faults of platform and venue, each alone, seven lines each, against an oracle "
        "that is written down",
        f"per fault (benchmarks/checklist_oracle.py); then {day['hours']} hours of a healthy platform that trades, "
        f"shortened, verified every {EVERY} minutes.",
        "",
        "| | | goal |",
        "|---|---|---|",
        f"| answers under faults | {found['judged']} | |",
        f"| of them such as must not pass | {found['must_not_pass']} | |",
        f"| false passes | {len(false)} | 0 |",
        f"| verifications of the healthy day | {day['verifications']} | |",
        f"| answers that fail falsely, % | {day['false_fails_percent']} | 1 |",
        f"| answers that are unknown | {json.dumps(day['unknown']) if day['unknown'] else 0} | |",
        *(f"| false pass: {one} | | |" for one in false),
        "",
        foot,
        "",
    ]
