"""What must hold of every emergency stop, by the platform's own word and not by the run's."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from tests.e2e.platform import GUARDS, STATE, Platform, Run, stamp

STOP = "emergency-stop"
TRADING = {"running", "warmup"}
# Entry orders that a bot had accepted later than this after the decision are too many (real seconds).
LAST_ENTRY_WITHIN = timedelta(seconds=10)


def statuses(platform: Platform) -> dict[str, str]:
    return {str(item["strategy_id"]): str(item["status"]) for item in platform.items(STATE)}


def switch(platform: Platform) -> dict[str, Any]:
    """{}: never engaged since the last reset."""
    return platform.item(GUARDS, "kill-switch") or {}


def listed(platform: Platform, run: Run) -> dict[str, dict[str, Any]]:
    """The list of every strategy in the bucket."""
    text = platform.report(f"incidents/{run.incident['incident_id']}/strategies.jsonl")
    rows = [json.loads(line) for line in text.splitlines()]
    assert len({row["strategy_id"] for row in rows}) == len(rows), "nobody stands there twice"
    return {row["strategy_id"]: row for row in rows}


def stands_still(platform: Platform) -> None:
    """Nothing trades and nothing starts it."""
    assert not TRADING & set(statuses(platform).values()), statuses(platform)
    service = platform.service()
    assert (service["desiredCount"], service["runningCount"]) == (0, 0)
    assert platform.tasks() == []
    assert all(platform.scaling()["SuspendedState"].values())


def nobody_lies(platform: Platform, run: Run) -> dict[str, dict[str, Any]]:
    """Whoever is reported as stopped neither trades by the table nor beats or orders by its own bot. The list."""
    rows = listed(platform, run)
    said = {name for name, row in rows.items() if row["result"] == "done"}
    now = statuses(platform)
    assert not {name: now[name] for name in said if now.get(name) in TRADING}
    before = platform.stats()
    # A beat comes every 30 s.
    platform.pause(50)
    after = platform.stats()
    beaten = {name for name, count in after["heartbeats"].items() if count > before["heartbeats"].get(name, 0)}
    assert not said & beaten, "reported as stopped, and beats"
    ordered = dict(
        after["trading"]["last_entry_order_of"].items() - before["trading"]["last_entry_order_of"].items()
    )
    assert not said & set(ordered), "reported as stopped, and orders"
    return rows


def resolved(platform: Platform, run: Run) -> dict[str, dict[str, Any]]:
    """Everything that trades was stopped, proven and told, and the kill switch is engaged. The list."""
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    stands_still(platform)
    assert switch(platform)["engaged"] is True
    assert run.output["not_proven"] == [], run.output
    assert run.mails[-1].subject.startswith("[tradai local] RESOLVED "), [mail.subject for mail in run.mails]
    assert "entry orders" not in run.mails[-1].subject
    rows = nobody_lies(platform, run)
    assert {row["result"] for row in rows.values()} == {"done"}
    return rows


def escalated(platform: Platform, run: Run, *said: str) -> dict[str, dict[str, Any]]:
    """A person must act, and the cause and the notification name it. The list."""
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert run.incident["outcome"] == "escalated"
    for words in said:
        assert words in run.cause, f"{words!r} is not in:\n{run.cause}"
        assert any(words in mail.text for mail in run.mails), f"{words!r} is in no mail"
    return nobody_lies(platform, run)


def entries_ended_in_time(platform: Platform, run: Run) -> None:
    """By the stand-in's own count, in real seconds since the stop was started."""
    decided: datetime = platform.describe(run.arn)["startDate"]
    assert platform.trading_stats()["entry_orders"] > 0, "they traded at all"
    late = stamp(decided + LAST_ENTRY_WITHIN)
    assert platform.trading_stats(late)["entry_orders_after"] == 0
