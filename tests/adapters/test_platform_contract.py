"""The ECS service, its registry, alarms, executions, and what is sent and kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from functions.errors import Refused
from tests.adapters.rigs import IMAGE, SETTINGS, Rig


def test_describes_the_service_with_its_tasks_and_sizes(rig: Rig) -> None:
    rig.make_service(2)
    fact = rig.ports.service.describe()
    assert (fact.service, fact.status) == (SETTINGS.platform.service, "ACTIVE")
    assert (fact.desired, fact.running, fact.pending) == (2, 2, 0)
    assert (fact.maximum_percent, fact.minimum_healthy_percent) == (200, 100)
    assert (fact.image, fact.cpu, fact.memory_mb) == (IMAGE, 512, 1024)
    assert len(fact.deployments) == 1
    assert fact.deployments[0].status == "PRIMARY"
    running = [task for task in fact.tasks if task.last_status == "RUNNING"]
    assert len(running) == 2
    assert all(task.started_at is None or task.started_at.tzinfo is UTC for task in running)


def test_scaling_changes_the_desired_count_and_nothing_else(rig: Rig) -> None:
    rig.make_service(2)
    before = rig.ports.service.describe()
    rig.ports.service.scale(0)
    after = rig.ports.service.describe()
    assert after.desired == 0
    assert [each.deployment_id for each in after.deployments] == [each.deployment_id for each in before.deployments]


def test_a_redeploy_returns_the_new_deployment_and_sets_the_desired_count(rig: Rig) -> None:
    rig.make_service(1)
    (before,) = rig.ports.service.describe().deployments
    made = rig.ports.service.redeploy(2)
    after = rig.ports.service.describe()
    assert made != before.deployment_id
    assert [each.deployment_id for each in after.deployments if each.status == "PRIMARY"] == [made]
    assert after.desired == 2


def test_a_tag_in_the_registry_has_a_digest(rig: Rig) -> None:
    digest = rig.push_image()
    assert digest.startswith("sha256:")
    assert rig.ports.registry.digest(IMAGE) == digest


def test_a_pinned_image_answers_for_itself_wherever_it_lies(rig: Rig) -> None:
    pinned = f"sha256:{'b' * 64}"
    assert rig.ports.registry.digest(f"docker.io/library/strategy@{pinned}") == pinned


@pytest.mark.parametrize(
    "image",
    [
        "strategy:live",
        "docker.io/library/strategy:live",
        IMAGE.replace("strategy", "unknown"),
        IMAGE.replace(":live", ":unknown"),
        IMAGE.replace("eu-central-1", "us-east-1"),
        f"{IMAGE}@sha256:short",
    ],
)
def test_of_an_image_that_cannot_be_asked_for_nothing_is_known(rig: Rig, image: str) -> None:
    rig.push_image()
    assert rig.ports.registry.digest(image) is None


def test_an_alarm_tells_its_state_and_reason(rig: Rig) -> None:
    rig.alarm("tradai-local-heartbeat-stale", "ALARM", "older than 120 s")
    fact = rig.ports.alarms.state("tradai-local-heartbeat-stale")
    assert (fact.state, fact.reason, fact.treat_missing_data) == ("ALARM", "older than 120 s", "breaching")
    assert fact.since is not None
    assert fact.since.tzinfo is UTC


def test_an_alarm_that_is_not_there_has_no_state(rig: Rig) -> None:
    fact = rig.ports.alarms.state("tradai-local-nothing")
    assert fact.state is None
    assert fact.reason == "there is no alarm of this name"


def test_only_alarms_under_the_prefix_that_are_up_are_listed(rig: Rig) -> None:
    rig.alarm("tradai-local-a", "ALARM", "x")
    rig.alarm("tradai-local-b", "OK", "x")
    rig.alarm("tradai-prod-c", "ALARM", "x")
    assert [fact.name for fact in rig.ports.alarms.in_alarm("tradai-local-")] == ["tradai-local-a"]


def test_all_alarms_that_are_up_are_listed_over_all_pages(rig: Rig) -> None:
    for number in range(60):
        rig.alarm(f"tradai-local-{number}", "ALARM", "x")
    assert len(rig.ports.alarms.in_alarm("tradai-local-")) == 60


def test_a_runbook_is_started_once_under_a_name(rig: Rig) -> None:
    name = f"sweep-{datetime.now(UTC).timestamp():.6f}".replace(".", "-")
    payload = {"alarm_name": "a", "requested_by": None, "looks": Decimal(3)}
    arn = rig.ports.executions.start("stale-heartbeat", name, payload)
    assert arn is not None
    assert arn.endswith(f":execution:tradai-local-stale-heartbeat:{name}")
    assert rig.ports.executions.status(arn) == "RUNNING"
    assert rig.ports.executions.start("stale-heartbeat", name, {"alarm_name": "another"}) is None
    rig.end_execution(arn)
    assert rig.ports.executions.status(arn) == "ABORTED"
    assert rig.ports.executions.start("stale-heartbeat", name, payload) is None


def test_an_execution_that_is_not_known_has_no_status(rig: Rig) -> None:
    arn = "arn:aws:states:eu-central-1:000000000000:execution:tradai-local-stale-heartbeat:none"
    assert rig.ports.executions.status(arn) is None


def test_a_notification_has_a_subject_that_sns_takes(rig: Rig) -> None:
    rig.ports.notifier.publish("resolved: s1 → beats\nagain — " + "x" * 100, "all is well, naïve…")
    ((subject, message),) = rig.messages()
    assert subject == "resolved: s1 > beats again - " + "x" * 68 + "..."
    assert message == "all is well, naïve…"


def test_a_notification_is_never_empty_nor_larger_than_sns_takes(rig: Rig) -> None:
    rig.ports.notifier.publish("\n", "")
    rig.ports.notifier.publish("große Lage", "ä" * 200_000)
    sent = dict(rig.messages())
    assert sent["(no subject)"] == "(no text)"
    big = sent["groe Lage"]
    assert len(big.encode()) <= 256 * 1024
    assert big.endswith("(cut: the rest stands in the incident)")


def test_a_report_is_kept_under_its_key_and_shown_in_the_console(rig: Rig) -> None:
    rig.ports.reports.put("incidents/inc-1/report.md", "# größer", "text/markdown")
    assert rig.object("incidents/inc-1/report.md") == "# größer"
    assert rig.ports.reports.get("incidents/inc-1/report.md") == "# größer"
    assert rig.ports.reports.console_url("incidents/inc-1/a b.md") == (
        "https://s3.console.aws.amazon.com/s3/object/tradai-runbook-reports"
        "?region=eu-central-1&prefix=incidents/inc-1/a%20b.md"
    )


def test_what_is_not_in_the_bucket_is_refused(rig: Rig) -> None:
    with pytest.raises(Refused, match="not there"):
        rig.ports.reports.get("incidents/inc-1/gone.json")


def test_a_measure_is_put_under_its_name_and_dimensions(rig: Rig) -> None:
    rig.set_time(datetime.now(UTC))
    rig.ports.measures.put("Escalated", 1.0, {"Runbook": "stale-heartbeat"})
    assert rig.measured("Escalated")
    assert not rig.measured("Resolved")


def test_a_list_in_the_bucket_holds_no_secret_and_is_still_a_list(rig: Rig) -> None:
    key = "incidents/inc-1/strategies.jsonl"
    line = '{"strategy_id": "s1", "why": "refused apiKey=SUPERSECRETKEY1234567890"}\n'
    rig.ports.reports.put(key, line, "application/jsonl")
    assert json.loads(rig.ports.reports.get(key)) == {"strategy_id": "s1", "why": "refused apiKey=[redacted]"}
