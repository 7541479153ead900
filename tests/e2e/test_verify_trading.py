"""The checklist: every line seen passing, failing and unknown - as a run of its own, as a child, after a stop."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from tests.e2e.claims import LINES, left_behind, nothing_was_touched
from tests.e2e.platform import INCIDENTS, LOG_GROUP, Platform, Run, ago

VERIFY = "verify-trading"
STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
PARENT = "inc-of-a-parent"
ARN = "arn:aws:states:eu-central-1:000000000000:execution:tradai-local-stale-heartbeat:a-parent"


def parent(platform: Platform, name: str = PARENT, *, seconds: float = 1, documented: bool = True) -> None:
    """The incident of a run that is asking for its checklist. It began that long ago."""
    seen = {"what": "verdict", "where": "the test", "value": "act", "at": ago(seconds)}
    platform.put(
        INCIDENTS,
        {
            "incident_id": name,
            "runbook": "stale-heartbeat",
            "execution_arn": f"{ARN}-{name}",
            "opened_at": ago(seconds),
            "evidence": [seen] if documented else [],
            "evidence_total": int(documented),
            "intents": {},
            "revision": 0,
            "checklist": [],
        },
    )


def child(platform: Platform, name: str = PARENT, **given: Any) -> str:
    return platform.start(VERIFY, {"incident_id": name, STARTED_BY: f"{ARN}-{name}", **given})


def lines_of(platform: Platform, name: str = PARENT) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in (platform.item(INCIDENTS, name) or {})["checklist"]}


def results(lines: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: str(line["result"]) for name, line in lines.items()}


def logged(platform: Platform, message: str) -> None:
    """A line of the service's log, written now."""
    logs = platform.client("logs")
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName="by-the-test")
    event = {"timestamp": int(time.time() * 1000), "message": message}
    logs.put_log_events(logGroupName=LOG_GROUP, logStreamName="by-the-test", logEvents=[event])


def shown(run: Run) -> dict[str, dict[str, Any]]:
    """Every answer says what was asked where, and when."""
    lines = {line["id"]: line for line in run.incident["checklist"]}
    assert set(lines) == LINES, run.told()
    for line in lines.values():
        assert line["question"], line
        assert line["source"], line
        assert line["query"], line
        assert line["at"], line
    return lines


def test_a_healthy_platform_passes_every_line(platform: Platform) -> None:
    one = platform.start(VERIFY, {"strategy_ids": ["carry-xrp"], "requested_by": "dana"})
    run, alone = platform.run(VERIFY), platform.ended(one)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    left_behind(platform, run)
    assert results(shown(run)) == dict.fromkeys(LINES, "pass"), run.incident["checklist"]
    assert run.output["not_proven"] == []
    nothing_was_touched(platform, run)
    assert alone.outcome == "resolved", alone.told()
    assert shown(alone)["signals"]["value"].startswith("1 of 1")
    assert alone.incident["requested_by"] == "dana"


def test_every_line_fails_where_its_trouble_is_and_what_concerns_others_is_an_incident_once(
    platform: Platform,
) -> None:
    platform.silence_the_alarm()
    platform.silence_the_detector()
    stuck = str(platform.venue.open("momentum-btc", stuck="never-submitted")["position_id"])
    platform.break_with("deadlock", "meanrev-sol")
    platform.break_with("signals-stopped", "momentum-btc")
    platform.break_with("exchange.no-permission", count=0)
    parent(platform, documented=False)
    parent(platform, "inc-of-others")
    logged(platform, "ERROR momentum-btc Traceback (most recent call last)")
    platform.until(lambda: platform.alarm()["StateValue"] == "ALARM", "the alarm is up", 20)
    ended = [platform.ended(child(platform))]
    others = [child(platform, "inc-of-others", strategy_ids=["carry-xrp"]) for _ in range(2)]
    ended += [platform.ended(arn) for arn in others]
    # The parent judges, so a child never ends FAILED.
    assert {run.status for run in ended} == {"SUCCEEDED"}, [run.told() for run in ended]
    lines = lines_of(platform)
    assert results(lines) == dict.fromkeys(LINES, "fail"), {one: line["value"] for one, line in lines.items()}
    for name, said in {
        "positions": stuck,
        "heartbeats": "meanrev-sol",
        "log_patterns": "error_level",
        "alarms": "tradai-local-heartbeat-stale",
        "incident": "0 pieces of evidence",
    }.items():
        assert said in lines[name]["value"], lines[name]
    _others(platform)
    nothing_was_touched(platform, ended[0])


def _others(platform: Platform) -> None:
    """carry-xrp is well: what fails beside it has become an incident, the same for both runs, told once."""
    lines = lines_of(platform, "inc-of-others")
    beside = lines["heartbeats"]
    assert (beside["result"], beside["concerns"]) == ("fail", "others"), beside
    own = platform.item(INCIDENTS, beside["incident_id"]) or {}
    assert (own["runbook"], own["strategy_ids"], own["outcome"]) == (VERIFY, ["meanrev-sol"], "escalated")
    assert "closed_at" not in own
    assert beside["incident_id"] in beside["value"]
    told = [mail for mail in platform.mails() if f"Incident: {beside['incident_id']}" in mail.text]
    assert len(told) == 1, [mail.subject for mail in told]
    assert f"runbooks incidents ack {beside['incident_id']} --env local" in told[0].text
    assert "inc-of-others" in told[0].text


def test_a_line_that_cannot_be_read_is_unknown_for_itself_alone(platform: Platform, iam: bool) -> None:
    platform.silence_the_alarm()
    parent(platform)
    platform.break_with("exchange.maintenance")
    platform.break_with("strategy-api-down")
    platform.refuse("Logs_20140328.StartQuery", "AccessDeniedException", 10_000)
    for task in ("check-heartbeats", "check-alarms", "check-incident"):
        # Without policies a function that cannot begin is the nearest there is.
        (platform.take_grant if iam else platform.break_function)(task)
    run = platform.ended(child(platform))
    lines = lines_of(platform)
    assert run.status == "SUCCEEDED", run.told()
    assert results(lines) == dict.fromkeys(LINES, "unknown"), {one: line["value"] for one, line in lines.items()}
    assert run.output["not_proven"], run.told()
    assert set(run.output["not_proven"]) == LINES
    # By itself the same is no verification.
    alone = platform.run(VERIFY)
    assert (alone.status, alone.error) == ("FAILED", "Escalated"), alone.told()
    nothing_was_touched(platform, alone)


def test_after_a_stop_the_checklist_comes_by_itself_and_skips_what_cannot_hold(platform: Platform) -> None:
    run = platform.run("emergency-stop", {"reason": "drill", "requested_by": "ana"})
    assert run.outcome == "resolved", run.told()
    incident_id = run.incident["incident_id"]
    platform.until(lambda: (platform.item(INCIDENTS, incident_id) or {}).get("checklist"), "the checklist", 60)
    lines = lines_of(platform, incident_id)
    assert set(lines) == LINES, run.told()
    halted = {"heartbeats", "orders", "signals"}
    assert {name for name in LINES if lines[name]["result"] == "skipped"} >= halted, lines
    assert all(lines[name]["value"].startswith("the kill switch is engaged") for name in halted), lines
    assert lines["positions"]["result"] == "pass", lines


def test_after_a_cure_it_looks_since_the_remedy_and_fails_for_what_came_after(platform: Platform) -> None:
    platform.break_with("exchange-down", count=5)
    cured = platform.run_of_the_alarm()
    assert cured.outcome == "resolved", cured.told()
    events = platform.client("logs").filter_log_events(logGroupName=LOG_GROUP)["events"]
    assert any("timed out" in event["message"] for event in events), "the trouble's own lines stand in the log"
    line = shown(platform.run(VERIFY))["log_patterns"]
    assert line["result"] == "pass", line
    assert line["value"].startswith(f"since the remedy of {cured.incident['incident_id']} at "), line
    logged(platform, "2026-03-01 03:00:00,123 - bots.momentum-btc - ERROR - order 17 refused")
    after = shown(platform.run(VERIFY))["log_patterns"]
    assert (after["result"], "'order # refused'" in after["value"]) == ("fail", True), after
    others = shown(platform.run(VERIFY, {"strategy_ids": ["carry-xrp"]}))["log_patterns"]
    assert (others["result"], others["concerns"]) == ("fail", "others"), others
