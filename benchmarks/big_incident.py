"""The incident of a long night: 1,000 events in its execution's histories, every list at its longest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.history import History, StateSpan

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
ARN = "arn:aws:states:eu-central-1:111111111111:execution:tradai-prod-stale-heartbeat:night"
INCIDENT = "inc-3f0a9c1be2d44c7fa101"
ACTS, EVIDENCE, ANSWERS, WATCH = 260, 40, 6, 166
LINE = "ERROR order refused apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A <b>margin</b> "


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).isoformat()


def item() -> dict[str, Any]:
    """As the table holds it: lists are cut at 200 there, texts at 1,000 characters."""
    acts = [
        {
            "action": "stop the strategy", "target": f"momentum-{n:03}", "by": ARN, "at": at(60 + n),
            "result": "unknown" if n % 50 == 7 else "done", "before": "running", "after": "stopped",
        }
        for n in range(ACTS)
    ]  # fmt: skip
    evidence = [
        {"what": "log", "where": f"stream {n}", "value": (LINE * 9)[:1_000], "at": at(n)} for n in range(EVIDENCE)
    ]
    checklist = [
        {
            "id": name, "question": f"Is {name} as it should be?", "result": "pass", "value": "x" * 300,
            "source": "table", "query": "Scan " * 40, "at": at(900),
        }
        for name in ("positions", "heartbeats", "orders", "signals", "log_patterns", "alarms", "documented")
    ]  # fmt: skip
    return {
        "incident_id": INCIDENT, "runbook": "stale-heartbeat", "execution_arn": ARN, "opened_at": at(0),
        "ended_at": at(1_000), "closed_at": at(1_000), "outcome": "escalated", "summary": "A person must act now",
        "cause": "deadlock", "strategy_ids": [f"momentum-{n:03}" for n in range(200)], "strategy_ids_total": ACTS,
        "actions": acts[:200], "actions_total": ACTS, "actions_counts": {"done": 254, "unknown": 6},
        "evidence": evidence, "evidence_total": EVIDENCE, "checklist": checklist,
        "details_key": "incidents/x/a.jsonl",
        "approvals": [_approval(n) for n in range(ANSWERS)], "open_questions": ["Why?"] * 60,
        "told": {"done": ["stopped"] * 60, "not_done": ["next: look at the service"] * 60, "unknown": ["who"] * 60},
        "follow_up": [{"field": "note", "text": "y" * 1_000, "by": "ana", "at": at(2_000)}] * 40,
    }  # fmt: skip


def _approval(number: int) -> dict[str, Any]:
    people = [{"person": f"p{n}", "name": f"Person {n}", "at": at(n), "mail": "delivered"} for n in range(8)]
    looks = [{"person": f"p{n}", "at": at(100 + n), "via": "link"} for n in range(8)]
    votes = [{"person": "p1", "option": "yes", "at": at(200), "note": "z" * 500, "via": "link"}]
    return {
        "approval_id": f"apr-{number}", "title": f"Switch group {number}?", "asked_at": at(10 * number),
        "lapses_at": at(900), "standing": "decided", "options": [{"id": "yes", "label": "Switch"}], "asked": people,
        "seen": looks, "votes": votes, "decision": {"option": "yes", "by": ["p1"], "at": at(200)},
    }  # fmt: skip


def history() -> History:
    """Six events a look: 166 looks, and what begins and ends it."""
    spans = []
    for n in range(WATCH):
        begun = NOW + timedelta(seconds=6 * n)
        for state, kind, seconds in (("WatchHeartbeats", "Wait", 5), ("LookForHeartbeats", "Task", 1)):
            ended = begun + timedelta(seconds=seconds)
            error = "Transient" if n % 20 == 3 and kind == "Task" else None
            spans.append(StateSpan("prove-recovery", f"{ARN}-{n % 7}", state, kind, begun, ended, error, tries=1))
            begun = ended
    end = NOW + timedelta(seconds=1_000)
    return History(ARN, "stale-heartbeat", "FAILED", NOW, end, tuple(spans), 6 * WATCH + 4)
