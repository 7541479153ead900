"""What must hold of every run, and of those that end in a certain way (CONTRACT.md 4 and 5)."""

from __future__ import annotations

import re

from tests.e2e.platform import Platform, Run

LINES = {"positions", "heartbeats", "orders", "signals", "log_patterns", "alarms", "incident"}
MOST_BYTES = 200_000
FAILED = {"escalated", "aborted", "failed", "invalid_input"}


def left_behind(platform: Platform, run: Run) -> None:
    """An incident that is closed, one notification whose subject says how it ended, and a report."""
    incident = run.incident
    assert incident, run.told()
    assert incident["execution_arn"] == run.arn
    assert incident["opened_at"] < incident["closed_at"]
    assert incident["outcome"] == run.outcome
    assert len(run.mails) == 1, [mail.subject for mail in run.mails]
    subject = run.mails[0].subject
    assert subject.startswith(f"[tradai local] {run.outcome.upper().replace('_', ' ')} "), subject
    assert len(subject) <= 100
    gaps = incident["not_proven"]
    if gaps:
        whole = f"(not proven: {', '.join(gaps)})"
        assert whole in subject or (subject.endswith("...") and "(not proven:" in subject), subject
    report = platform.report(incident["report_key"].replace(".html", ".md"))
    assert incident["incident_id"] in report
    assert run.outcome.replace("_", " ") in report.splitlines()[0]
    for act in run.acts:
        assert act["result"] in ("done", "not_done", "unknown"), act
        assert {"action", "target", "result", "before", "after", "by", "at"} <= set(act), act
        # An order at an exchange stands in a table of its own, by its id.
        assert act["action"] in report or act["target"] in report
    for piece in incident.get("evidence", ()):
        assert {"what", "where", "value", "at"} <= set(piece), piece
    text = str(incident) + report + subject + run.mails[0].text
    assert not re.search(r"task_?token", text, re.IGNORECASE)


def resolved(platform: Platform, run: Run, cause: str) -> None:
    """Acted or outlasted, verified, and nothing ill left."""
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    left_behind(platform, run)
    assert run.incident["cause"] == cause
    assert run.output["incident_id"] == run.incident["incident_id"]
    assert run.output["actions_total"] == len(run.acts)
    assert [act["action"] for act in run.output["actions"]] == [act["action"] for act in run.acts][:20]
    assert run.output["report_url"].startswith("https://s3.console.aws.amazon.com/")
    assert "X-Amz-Signature" not in run.output["report_url"]
    assert set(run.checklist) == LINES
    assert "fail" not in run.checklist.values(), run.incident["checklist"]
    assert run.checklist["heartbeats"] == "pass"
    assert run.checklist["positions"] == "pass"
    assert run.checklist["orders"] in ("pass", "unknown", "skipped"), run.incident["checklist"]
    assert all(act["result"] == "done" for act in run.acts)
    assert platform.active_faults() == []
    assert platform.stale() == []
    healthy_again(platform)


def escalated(platform: Platform, run: Run, *said: str) -> None:
    """A person must act: the cause says what is known, done, not done and unknown."""
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    left_behind(platform, run)
    assert run.incident["outcome"] == "escalated"
    for words in said:
        assert words in run.cause, f"{words!r} is not in:\n{run.cause}"
        assert words in run.mails[0].text


def nothing_was_touched(platform: Platform, run: Run) -> None:
    assert run.acts == []
    assert platform.interruptions() == {}
    assert platform.stats()["service"]["copies_started"] == 0
    assert platform.harm() == []


def healthy_again(platform: Platform) -> None:
    """By the platform's own word, not by the run's."""
    platform.until(lambda: platform.alarm()["StateValue"] == "OK", "the alarm is OK again", 20)
    assert platform.service()["runningCount"] == 1
    assert platform.harm() == []


def every_history_is_sound(platform: Platform) -> None:
    """No output over 200 kB, and a task is scheduled, started and ended in the words of AWS."""
    for runbook in platform.state_machines:
        for arn in platform.new_runs(runbook):
            events = platform.history(arn)
            assert events[0]["type"] == "ExecutionStarted"
            assert [event["id"] for event in events] == sorted({event["id"] for event in events})
            for event in events:
                for detail in (value for key, value in event.items() if key.endswith("EventDetails")):
                    size = max(len(str(detail.get(name, "")).encode()) for name in ("output", "input"))
                    assert size <= MOST_BYTES, (arn, event["type"], size)
            kinds = {event["type"] for event in events}
            if "TaskStateEntered" in kinds and "ExecutionSucceeded" in kinds:
                assert kinds >= {"TaskStateExited"}
                assert kinds & {"TaskScheduled", "LambdaFunctionScheduled"}, (arn, kinds)
