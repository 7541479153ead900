"""Memory ran out: a person is asked for a larger size; yes, no and silence, each carried to its end.

ECS remembers the end by memory for an hour: these come last on their engine (conftest.py).
"""

from __future__ import annotations

import json
from typing import Any

from tests.e2e import asking
from tests.e2e.claims import resolved
from tests.e2e.platform import GUARDS, INCIDENTS, Platform

REGISTER = "register a larger revision of the task definition"
REDEPLOY = "redeploy the service"


def revision(platform: Platform) -> dict[str, Any]:
    """The task definition that the service runs."""
    described = platform.client("ecs").describe_task_definition(
        taskDefinition=platform.service()["taskDefinition"], include=["TAGS"]
    )
    found: dict[str, Any] = {**described["taskDefinition"], "tags": described.get("tags", [])}
    return found


def acts(run: Any) -> list[str]:
    return [act["action"] for act in run.acts if act["result"] == "done"]


def test_a_yes_gives_the_task_the_next_size_and_cures_it(platform: Platform) -> None:
    before = revision(platform)
    platform.break_with("out-of-memory")
    link = asking.asked(platform)
    page = asking.page(link)
    assert page.status == 200
    assert "1024 CPU units and 3072 MiB" in page.text
    taken = asking.answer(link, "raise")
    assert taken.status == 200, taken.text
    run = platform.run_of_the_alarm()
    resolved(platform, run, "memory_exhausted")
    after = revision(platform)
    assert (before["memory"], after["memory"], after["cpu"]) == ("2048", "3072", before["cpu"])
    for same in ("taskRoleArn", "executionRoleArn", "family"):
        assert after.get(same) == before.get(same)
    assert [c["image"] for c in after["containerDefinitions"]] == [
        c["image"] for c in before["containerDefinitions"]
    ]
    assert {"key": "tradai:incident", "value": run.incident["incident_id"]} in after["tags"]
    assert acts(run).count(REGISTER) == 1
    assert acts(run).count(REDEPLOY) <= 2, "once as it was, while the question stood, and once with the new size"
    undone = [e["value"] for e in run.incident["evidence"] if "undoes the larger size" in e["value"]]
    assert undone
    assert '"memory": "3072"' in undone[0]
    [approval] = run.incident["approvals"]
    assert approval["decision"]["option"] == "raise"
    assert approval["decided_by"] == ["alice"]


def test_a_no_changes_nothing_and_ends_declined(platform: Platform) -> None:
    before = revision(platform)
    platform.break_with("out-of-memory")
    taken = asking.answer(asking.asked(platform), "reject")
    assert taken.status == 200, taken.text
    run = platform.run_of_the_alarm()
    assert (run.status, run.outcome) == ("SUCCEEDED", "declined"), run.told()
    assert revision(platform)["taskDefinitionArn"] == before["taskDefinitionArn"]
    assert REGISTER not in acts(run)
    assert "alice said no" in run.output["summary"]
    assert run.incident["closed_at"]
    assert "3072" in run.mails[0].text, "what stays open is listed"
    assert platform.harm() == []


def test_a_question_that_nobody_answers_escalates_and_stays_open_until_somebody_acknowledges_it(
    platform: Platform,
) -> None:
    before = revision(platform)
    platform.break_with("out-of-memory")
    asking.asked(platform)
    run = platform.run_of_the_alarm()
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert run.incident["outcome"] == "escalated"
    assert "closed_at" not in run.incident
    assert "nobody answered in time" in run.cause
    assert revision(platform)["taskDefinitionArn"] == before["taskDefinitionArn"]
    people = {to for letter in platform.letters() for to in letter["to"]}
    assert {"alice@tradai.example", "bob@tradai.example", "carol@tradai.example"} <= people
    approval = asking.request(platform)
    assert approval["standing"] == "lapsed"
    platform.mend()
    platform.until(lambda: int(asking.request(platform)["repeats"]) >= 1, "it repeats", 60)
    incident_id = run.incident["incident_id"]
    status, said = platform.signed("POST", f"/operators/incidents/{incident_id}/acknowledge", {})
    assert status == 200, said
    closed = platform.item(INCIDENTS, incident_id) or {}
    assert closed["closed_at"]
    assert closed["outcome"] == "escalated"
    repeats = int(asking.request(platform)["repeats"])
    # The next one would come half an hour after the first.
    platform.pause(2_400)
    assert int(asking.request(platform)["repeats"]) == repeats, "it goes on repeating"


def test_a_kill_switch_engaged_while_the_question_stands_makes_the_yes_refused(platform: Platform) -> None:
    before = revision(platform)
    platform.break_with("out-of-memory")
    link = asking.asked(platform)
    platform.put(GUARDS, {"guard_id": "kill-switch", "engaged": True, "reason": "drill", "engaged_by": "ana"})
    assert asking.answer(link, "raise").status == 200
    run = platform.run_of_the_alarm()
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "the kill switch is engaged" in run.cause
    assert revision(platform)["taskDefinitionArn"] == before["taskDefinitionArn"]
    assert REGISTER not in acts(run)


def test_neither_token_nor_key_stands_in_what_the_run_leaves_behind(platform: Platform) -> None:
    platform.break_with("out-of-memory")
    link = asking.asked(platform)
    key = link.partition("k=")[2]
    asking.answer(link, "reject")
    run = platform.run_of_the_alarm()
    histories = [platform.describe(arn) for arn in (run.arn, *platform.children(run.arn))]
    left = json.dumps([run.incident, run.output, run.cause, histories], default=str)
    assert key not in left
    assert "task_token" not in left
