"""What a run could not end itself is ended from outside: nothing is called done that is not known to be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.contracts import Run
from functions.errors import Transient
from functions.facts import Result
from functions.ports import Intent
from functions.rules.left_behind import EMPTY
from functions.tasks import closer, conclude
from tests.tasks.rig import EXECUTION, GUARD, INCIDENT, MACHINE, Rig

STARTED = datetime(2026, 3, 1, 2, 50, tzinfo=UTC)


def close(rig: Rig, status: str = "ABORTED", **detail: Any) -> closer.Response:
    given = {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "status": status,
        "startDate": int(STARTED.timestamp() * 1000),
        "stopDate": 1,
        "name": "e1",
        "input": "{}",
        **detail,
    }
    event = {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": given}
    answer: closer.Response = rig.work(closer, **event)
    return answer


def acted(rig: Rig) -> Run:
    """A run that was stopped in the middle of its second act."""
    run = rig.opened()
    ports = twins(rig.world)
    for act_id, target in (("a1", "svc"), ("a2", "svc again"), ("a3", "nothing")):
        intent = Intent(act_id, "redeploy", target, "1", EXECUTION, rig.world.advance(seconds=1))
        ports.incidents.intend(INCIDENT, intent, guard_id=GUARD, act_until=rig.now)
    ports.incidents.settle(INCIDENT, "a1", Result.DONE, "2", rig.now)
    ports.incidents.settle(INCIDENT, "a3", Result.NOT_DONE, "no", rig.now)
    return run


@pytest.mark.parametrize(
    ("status", "outcome", "how"),
    [
        ("ABORTED", "aborted", "was stopped by hand"),
        ("TIMED_OUT", "failed", "timed out"),
        ("FAILED", "failed", "failed in the engine"),
        ("PENDING_REDRIVE", "failed", "ended as PENDING_REDRIVE"),
    ],
)
def test_a_run_that_ended_without_its_own_end_is_closed_and_told(
    rig: Rig, status: str, outcome: str, how: str
) -> None:
    rig.opened()
    answer = close(rig, status)
    assert (answer.incident_id, answer.closed, answer.why) == (INCIDENT, True, how)
    item = rig.item()
    assert (item["outcome"], item["severity"]) == (outcome, "critical")
    [(subject, text)] = rig.world.sent
    assert subject == f"[tradai local] {outcome.upper()} stale-heartbeat"
    assert f"stale-heartbeat {how}" in text
    assert "whether the symptom is cured" in text


def test_an_act_whose_intent_stands_without_a_result_is_unknown_and_never_done(rig: Rig) -> None:
    acted(rig)
    close(rig)
    assert [(a["target"], a["result"]) for a in rig.item()["actions"]] == [
        ("svc", "done"),
        ("svc again", "unknown"),
        ("nothing", "not_done"),
    ]
    text = rig.world.sent[0][1]
    assert "Done:\n- redeploy svc\n" in text
    assert "- redeploy svc again: its result was never written" in text


def test_a_service_that_a_stopped_run_left_at_zero_is_told_with_its_count_of_before(rig: Rig) -> None:
    rig.opened()
    ports = twins(rig.world)
    intent = Intent("a1", EMPTY, "svc", "desired count 3", EXECUTION, rig.now)
    ports.incidents.intend(INCIDENT, intent, guard_id=GUARD, act_until=rig.now)
    ports.incidents.settle(INCIDENT, "a1", Result.DONE, "desired count 0", rig.now)
    close(rig)
    told = "svc was scaled to 0 by this run; not brought back; before: desired count 3"
    assert f"Not done:\n- {told}\n" in rig.world.sent[0][1]


def test_the_guard_is_left_to_be_taken_over(rig: Rig) -> None:
    acted(rig)
    close(rig)
    held = twins(rig.world).guards.held(GUARD)
    assert held is not None
    assert held.owner == EXECUTION


def test_a_stopped_run_can_act_no_more_once_it_is_closed(rig: Rig) -> None:
    acted(rig)
    close(rig)
    intent = Intent("a4", "redeploy", "svc", None, EXECUTION, rig.now)
    again = twins(rig.world).incidents.intend(INCIDENT, intent, guard_id=GUARD, act_until=rig.now)
    assert again == "lost"


def test_the_engines_error_and_cause_are_told(rig: Rig) -> None:
    rig.opened()
    close(rig, "FAILED", error="States.Runtime", cause="x" * 900)
    assert f"failed in the engine (States.Runtime: {'x' * 300})" in rig.item()["summary"]
    other = f"{EXECUTION}-2"
    close(rig, "FAILED", executionArn=other, error="States.Runtime")
    assert "(States.Runtime: no cause told)" in rig.world.sent[-1][1]


def test_a_run_that_closed_itself_is_left_alone(rig: Rig) -> None:
    run = rig.opened()
    rig.work(conclude, execution_arn=EXECUTION, state={"run": run, "error": {"Error": "Broken", "Cause": "x"}})
    before = rig.item()
    answer = close(rig, "FAILED", error="Escalated", cause="...")
    assert (answer.closed, answer.why) == (False, "the run ended it itself")
    assert rig.item() == before
    assert len(rig.world.sent) == 1


def test_a_second_delivery_of_the_event_changes_and_tells_nothing(rig: Rig) -> None:
    acted(rig)
    close(rig)
    before = rig.item()
    rig.world.advance(seconds=60)
    assert close(rig).closed is False
    assert (rig.item(), len(rig.world.sent)) == (before, 1)


def test_a_run_that_closed_its_incident_and_told_nobody_is_told_with_its_own_end(rig: Rig) -> None:
    run = acted(rig)
    state = {"run": run, "error": {"Error": "Broken", "Cause": "no grant"}}
    rig.world.trouble["notifier.publish"] = Transient("throttled")
    rig.work(conclude, execution_arn=EXECUTION, state=state)
    del rig.world.trouble["notifier.publish"]
    report = rig.world.objects[f"incidents/{INCIDENT}/report.md"]
    assert close(rig, "FAILED", error="Escalated").closed
    [(subject, text)] = rig.world.sent
    assert subject.startswith("[tradai local] ESCALATED stale-heartbeat")
    assert "no grant" in text
    assert "- redeploy svc again: its result was never written" in text
    assert rig.item()["outcome"] == "escalated"
    assert rig.world.objects[f"incidents/{INCIDENT}/report.md"] == report


def test_where_nobody_can_be_told_the_event_is_delivered_again(rig: Rig) -> None:
    rig.opened()
    rig.world.trouble["notifier.publish"] = Transient("throttled")
    with pytest.raises(Transient, match=f"incident {INCIDENT} is closed, and nobody could be told"):
        close(rig)
    del rig.world.trouble["notifier.publish"]
    assert close(rig).closed
    assert len(rig.world.sent) == 1
    assert close(rig).closed is False


def test_an_execution_that_failed_before_its_incident_existed_gets_one(rig: Rig) -> None:
    close(rig, "FAILED", error="States.Runtime")
    item = rig.item()
    assert (item["runbook"], item["execution_arn"], item["outcome"]) == ("stale-heartbeat", EXECUTION, "failed")
    assert datetime.fromisoformat(item["opened_at"]) == STARTED
    assert len(rig.world.sent) == 1


def test_a_closed_incident_holds_every_field_of_the_contract_whatever_ended_it(rig: Rig) -> None:
    close(rig, "FAILED", error="States.Runtime")
    item = rig.item()
    texts = "incident_id runbook execution_arn opened_at closed_at outcome severity cause pnl_impact root_cause"
    texts += " report_key"
    lists = "strategy_ids position_ids evidence actions approvals checklist"
    assert {name: type(item[name]) for name in texts.split()} == dict.fromkeys(texts.split(), str)
    assert {name: type(item[name]) for name in lists.split()} == dict.fromkeys(lists.split(), list)


def test_an_event_without_a_start_takes_the_present_for_it(rig: Rig) -> None:
    close(rig, "FAILED", startDate=None, input=None)
    assert datetime.fromisoformat(rig.item()["opened_at"]) == rig.now


def test_the_report_names_the_alarm_that_started_the_run(rig: Rig) -> None:
    ports = twins(rig.world)
    ports.incidents.open(
        {"incident_id": INCIDENT, "runbook": "stale-heartbeat", "execution_arn": EXECUTION,
         "opened_at": rig.now, "alarm_name": "the-alarm", "dry_run": True}
    )  # fmt: skip
    close(rig)
    assert "| started by | the alarm the-alarm |" in rig.world.objects[f"incidents/{INCIDENT}/report.md"][0]


CHILD = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"


@pytest.mark.parametrize("carries", [{"run": {}}, {"incident_id": "inc-1"}])
def test_a_childs_end_is_its_parents_business(rig: Rig, carries: dict[str, Any]) -> None:
    answer = close(rig, "FAILED", input=json.dumps({CHILD: "arn:parent", **carries}))
    assert (answer.incident_id, answer.closed) == (None, False)
    assert not rig.world.calls


@pytest.mark.parametrize(
    "given", [json.dumps({CHILD: "arn:console"}), json.dumps({"run": {}}), "[]", "no json", "", None]
)
def test_whatever_else_an_input_says_the_run_is_closed(rig: Rig, given: str | None) -> None:
    assert close(rig, "FAILED", input=given).closed
