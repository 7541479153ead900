"""After a run, and in place of one: what people add to an incident, its report as a file, and drills.

By the command line, as people do it; what came of it is read by boto3.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.errors import ExitCode
from console.main import run as command
from tests.e2e.claims import left_behind, nothing_was_touched
from tests.e2e.platform import CONFIG, GUARDS, INCIDENTS, ORDERS, POSITIONS, STATE, Platform, Run

Capture = pytest.CaptureFixture[str]
KEPT = (STATE, CONFIG, POSITIONS, ORDERS)


def call(*line: str) -> int:
    return command([*line, "--env", "local"])


def drilled(platform: Platform, capsys: Capture, runbook: str, *options: str) -> tuple[Run, str]:
    """The run that `runbooks drill` started, and what it printed."""
    capsys.readouterr()
    assert call("drill", runbook, *options) == ExitCode.OK
    (arn,) = platform.new_runs(runbook)
    return platform.ended(arn), capsys.readouterr().out


def nothing(_: Platform) -> tuple[str, ...]:
    return ()


def deadlock(platform: Platform) -> tuple[str, ...]:
    platform.break_with("deadlock")
    platform.until(lambda: len(platform.stale()) == len(platform.strategy_ids()), "every heartbeat is stale")
    return ()


def stuck(platform: Platform) -> tuple[str, ...]:
    platform.silence_the_detector()
    position_id = platform.venue.open("momentum-btc", stuck="never-submitted")["position_id"]
    return ("--input", f'{{"position_id": "{position_id}"}}')


@pytest.mark.parametrize(
    ("runbook", "made", "says"),
    [
        ("stale-heartbeat", deadlock, "would redeploy"),
        ("stuck-position", stuck, "would"),
        ("emergency-stop", nothing, "would stop 5 of 5 strategies"),
        ("resume-trading", nothing, "the kill switch is not engaged"),
        ("verify-trading", nothing, "pass"),
    ],
)
def test_every_runbook_can_be_drilled_and_changes_nothing(
    platform: Platform, capsys: Capture, runbook: str, made: Callable[[Platform], tuple[str, ...]], says: str
) -> None:
    platform.silence_the_alarm()
    options = made(platform)
    before, tasks = platform.snapshot(*KEPT), platform.tasks()
    switch = platform.item(GUARDS, "kill-switch")
    run, told = drilled(platform, capsys, runbook, *options)
    assert run.status == "SUCCEEDED", run.told()
    assert run.outcome in ("dry_run", "nothing_to_do"), run.told()
    assert says in told
    assert (run.incident["dry_run"], run.incident["drill"]) == (True, True)
    assert run.incident["report_key"] in told, "it ends with the report's address"
    assert f"runbooks incidents open {run.incident['incident_id']} --env local" in told
    report = platform.report(run.incident["report_key"])
    assert re.search(r"\bdrill\b", report, re.IGNORECASE), "its report says that it was none of the real ones"
    assert platform.snapshot(*KEPT) == before
    assert (platform.tasks(), platform.item(GUARDS, "kill-switch")) == (tasks, switch)
    assert platform.letters() == [], "nobody is asked"
    if runbook in ("stale-heartbeat", "resume-trading", "verify-trading"):
        left_behind(platform, run)
        nothing_was_touched(platform, run)


def test_a_drill_that_is_refused_ends_as_a_start_would(platform: Platform, capsys: Capture) -> None:
    told = call("drill", "stale-heartbeat", "--input", '{"strategy_id": "nobody"}')
    assert told == ExitCode.INVALID_INPUT
    assert "no strategy 'nobody'" in capsys.readouterr().out
    assert platform.new_runs("stale-heartbeat")


def item_of(platform: Platform, incident_id: str) -> dict[str, Any]:
    found = platform.item(INCIDENTS, incident_id)
    assert found is not None
    return found


def test_what_a_person_adds_stands_in_the_incident_and_in_its_report(
    platform: Platform, capsys: Capture, tmp_path: Path
) -> None:
    run = platform.run("verify-trading")
    incident_id = run.incident["incident_id"]
    before = datetime.now(UTC)
    given = ["--root-cause", "a leak <b>in</b> the feed", "--prevention", "an alarm on its memory"]
    assert call("incidents", "note", incident_id, *given) == ExitCode.OK
    assert call("incidents", "note", incident_id, "--root-cause", "no: the venue") == ExitCode.OK
    capsys.readouterr()
    entries = item_of(platform, incident_id)["follow_up"]
    assert [(one["field"], one["text"]) for one in entries] == [
        ("root_cause", "a leak <b>in</b> the feed"),
        ("prevention", "an alarm on its memory"),
        ("root_cause", "no: the venue"),
    ]
    assert {one["by"] for one in entries} <= {"alice", "bob", "carol"}
    assert all(before <= datetime.fromisoformat(one["at"]) <= datetime.now(UTC) for one in entries)
    key = run.incident["report_key"]
    platform.until(lambda: "no: the venue" in platform.report(key), "the report is written again")
    assert call("incidents", "open", incident_id, "--output", str(tmp_path), "--print-path") == 0
    path = Path(capsys.readouterr().out.strip())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    page = path.read_text("utf-8")
    for said in ("an alarm on its memory", "no: the venue", entries[0]["by"]):
        assert said in page
    assert "<b>in</b> the feed" not in page, "what a person typed is text"
    assert call("incidents", "show", incident_id) == ExitCode.OK
    assert "no: the venue" in capsys.readouterr().out


def test_open_questions_are_marked_until_a_person_answers_one(platform: Platform, capsys: Capture) -> None:
    platform.silence_the_alarm()
    platform.break_with("deadlock", "meanrev-sol")
    run = platform.run("verify-trading")
    assert run.outcome == "escalated", run.told()
    incident_id = run.incident["incident_id"]
    assert item_of(platform, incident_id)["open_questions"]

    def marked() -> bool:
        capsys.readouterr()
        assert call("incidents", "list", "--questions") == ExitCode.OK
        return incident_id in capsys.readouterr().out

    assert marked()
    assert call("incidents", "note", incident_id, "--note", "looking") == ExitCode.OK
    assert marked(), "a note alone answers nothing"
    assert call("incidents", "note", incident_id, "--prevention", "a watchdog") == ExitCode.OK
    assert not marked()


def test_an_incident_that_is_not_there_takes_no_note(platform: Platform, capsys: Capture) -> None:
    assert call("incidents", "note", "inc-0", "--note", "x") == ExitCode.NOT_FOUND
    assert "There is no such incident." in capsys.readouterr().err
    assert platform.item(INCIDENTS, "inc-0") is None


def test_the_dashboard_is_deployed(platform: Platform) -> None:
    found = platform.client("cloudwatch").get_dashboard(DashboardName="tradai-local-runbooks")
    assert '"title":"Approvals waiting"' in found["DashboardBody"]
