"""The report of a run on the embedded AWS: its final edition, whatever way the run ended, also with a bucket that
took nothing while it went on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.claims import resolved
from tests.e2e.platform import INCIDENTS, Platform, Run

SECTIONS = (
    "In short", "Open questions", "What happened, and why", "Timeline (UTC)", "What was done", "Approvals",
    "Checklist", "Profit and loss", "Root cause, prevention and notes of people", "Left to a person",
    "Links (AWS console, with your own rights)", "Evidence",
)  # fmt: skip
DENIAL = "tests-deny-the-bucket"


def reported(platform: Platform, arn: str, seconds: float = 60) -> dict[str, Any]:
    """The incident once its final report is written, of what the incident is now."""

    def look() -> dict[str, Any] | None:
        found = platform.incident_of(arn)
        return found if found.get("reported_at") else None

    return platform.until(look, "the final report is written", seconds)


def markdown(platform: Platform, incident: dict[str, Any]) -> str:
    assert incident["report_key"] == f"incidents/{incident['incident_id']}/report.html"
    return platform.report(incident["report_key"].replace(".html", ".md"))


def parts(text: str) -> dict[str, str]:
    """By their titles."""
    found = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


@contextmanager
def denied(platform: Platform, *tasks: str) -> Iterator[None]:
    """The bucket takes nothing of these tasks."""
    statement = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    iam, roles = platform.client("iam"), []
    for task in tasks:
        function = platform.client("lambda").get_function(FunctionName=f"tradai-local-rb-{task}")["Configuration"]
        roles.append(function["Role"].rpartition("/")[2])
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    try:
        for role in roles:
            iam.put_role_policy(RoleName=role, PolicyName=DENIAL, PolicyDocument=document)
        yield
    finally:
        for role in roles:
            iam.delete_role_policy(RoleName=role, PolicyName=DENIAL)


def dead_letters(platform: Platform) -> list[str]:
    sqs = platform.client("sqs")
    url = sqs.get_queue_url(QueueName="tradai-local-report-dead-letters")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
    return [message["Body"] for message in found]


def in_short(text: str) -> dict[str, str]:
    rows = re.findall(r"^\| (.+?) \| (.*) \|$", parts(text)["In short"], flags=re.MULTILINE)
    return dict(rows[2:])


def test_a_resolved_run_has_its_whole_report_with_timeline_acts_checklist_and_links(platform: Platform) -> None:
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "service_crashed")
    incident = reported(platform, run.arn)
    text = markdown(platform, incident)
    found = parts(text)
    assert tuple(found) == SECTIONS
    assert text.splitlines()[0].startswith("# stale-heartbeat in local: resolved")
    first = in_short(text)
    assert "Cured by: redeploy the service (tradai-strategy-service-local)." in first["what happened"]
    assert first["why"] == "The strategy service had crashed: none of its tasks ran."
    assert first["who decided"] == "Nobody was asked: the runbook does this by itself."
    assert first["money"].startswith("No position and no order was open")
    assert "checks pass: positions accounted for" in first["proven"]
    assert f"runbooks incidents note {incident['incident_id']} --root-cause" in first["left to a person"]
    for machine in ("stale-heartbeat", "redeploy-service", "prove-recovery", "verify-trading"):
        assert machine in found["Timeline (UTC)"], found["Timeline (UTC)"]
        assert machine in found["Links (AWS console, with your own rights)"]
    assert run.acts[0]["action"] in found["What was done"]
    assert all(question in found["Checklist"] for question in ("heartbeat", "pass"))
    page = platform.report(incident["report_key"])
    assert "<svg" in page
    assert len(page.encode()) < 1_000_000
    assert not re.search(r"task_?token|X-Amz-Signature", page + text, re.IGNORECASE)
    assert "could not be read" not in text.lower()


def test_a_run_that_was_stopped_has_a_report_that_says_what_is_not_known(platform: Platform) -> None:
    platform.break_with("deadlock")
    arn = platform.started_by_alarm()
    platform.until(lambda: "ApplyRemedies" in platform.entered(arn), "the run acts")
    platform.stop(arn)
    platform.until(lambda: platform.incident_of(arn).get("notified_at"), "the closer has told")

    def look() -> str | None:
        incident = platform.incident_of(arn)
        text = markdown(platform, incident) if incident.get("reported_at") else ""
        return text if "Timeline" in text and "aborted" in text.splitlines()[0] else None

    text = platform.until(look, "the report tells of the stop", 60)
    first = in_short(text)
    assert first["what happened"].startswith("STOPPED BY HAND before its end.")
    assert "whether the symptom is cured" in first["left to a person"]
    assert "`runbooks start verify-trading --env local" in first["left to a person"]
    assert first["not proven"] == "Everything: the run did not come to its end."


def test_a_bucket_that_refuses_fails_no_cure_and_has_the_report_afterwards(platform: Platform) -> None:
    before = len(dead_letters(platform))
    with denied(platform, "conclude", "write-report"):
        platform.break_with("service-crashed")
        run = platform.run_of_the_alarm()
        assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
        assert run.output["report_url"] is None
        assert "report_key" not in run.incident
        assert any("the report failed" in str(one["value"]) for one in run.incident["evidence"])
        platform.until(lambda: len(dead_letters(platform)) > before, "three tries were in vain", 60)
    changed(platform, run)
    text = markdown(platform, reported(platform, run.arn))
    assert tuple(parts(text)) == SECTIONS
    assert in_short(text)["what happened"].startswith("Resolved")


def changed(platform: Platform, run: Run) -> None:
    """Our own event, as a note of a person sends it."""
    detail = json.dumps({"incident_id": run.incident["incident_id"]})
    entry = {"Source": "tradai.runbooks", "DetailType": "Incident Changed", "Detail": detail}
    assert platform.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_what_a_person_notes_afterwards_stands_in_the_report(platform: Platform) -> None:
    run = platform.run()
    first = reported(platform, run.arn)
    entry = {"field": "root_cause", "text": "the clock <b>stood</b> still", "by": "ana", "at": first["opened_at"]}
    platform.change(INCIDENTS, first["incident_id"], follow_up=[entry])
    changed(platform, run)
    told = "Root cause, prevention and notes of people"

    def look() -> str | None:
        text = markdown(platform, platform.incident_of(run.arn))
        return text if "stood" in parts(text)[told] else None

    text = platform.until(look, "the report is written again")
    assert "| root cause | the clock \\<b\\>stood\\</b\\> still | ana |" in parts(text)[told]
    assert "Nobody has written down yet: prevention." in parts(text)[told]
    again = platform.incident_of(run.arn)
    changed(platform, run)
    platform.pause(1)
    assert platform.incident_of(run.arn)["reported_at"] == again["reported_at"], (
        "nothing changed, nothing is written"
    )
