"""The final edition of a report: when a run has ended or its incident changed, however often, whatever fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions import ending
from functions.adapters.memory import twins
from functions.errors import Broken, Refused, Transient
from functions.facts import Outcome, Result
from functions.history import History, StateSpan
from functions.ports import FollowUp, Intent
from functions.reporting import final, first
from functions.rules.conclude import Ending
from functions.rules.reporting.document import Section
from functions.rules.reporting.own import Own
from functions.tasks import closer, write_report
from functions.tasks.write_report import incident_of
from tests.tasks.rig import EXECUTION, GUARD, INCIDENT, MACHINE, Rig

HTML, MARKDOWN = f"incidents/{INCIDENT}/report.html", f"incidents/{INCIDENT}/report.md"
OWN = Own(title="Stuck position p1", sections=(Section("The position", ("long",)),), questions=("Why?",))


@pytest.fixture
def rig() -> Rig:
    return Rig()


def history(rig: Rig, status: str = "SUCCEEDED", events: int = 40) -> History:
    at = rig.now
    spans = (
        StateSpan("stale-heartbeat", EXECUTION, "FindStale", "Task", at, at + timedelta(seconds=1)),
        StateSpan("stale-heartbeat", EXECUTION, "ApplyRemedies", "Task", at + timedelta(seconds=1), None),
    )
    return History(EXECUTION, "stale-heartbeat", status, at, at + timedelta(minutes=1), spans, events)


def ended(rig: Rig, **more: Any) -> None:
    """A run that acted once and has written its end, its first edition with it."""
    run = rig.opened()
    ports = twins(rig.world)
    intent = Intent("a1", "redeploy the service", "svc", "1 task", EXECUTION, rig.now)
    ports.incidents.intend(INCIDENT, intent, guard_id=GUARD, act_until=rig.now)
    ports.incidents.settle(INCIDENT, "a1", Result.DONE, "2 tasks", rig.now)
    rig.world.histories[EXECUTION] = history(rig)
    verdict = Ending(
        Outcome.RESOLVED, "Resolved and verified", "low", done=("redeployed",), unknown=("who did it",)
    )
    ending.end(ports, rig.settings, run, verdict, guard_id=None, **more)


def change(rig: Rig, incident_id: str = INCIDENT) -> write_report.Response:
    detail = {"incident_id": incident_id}
    answer: write_report.Response = rig.work(
        write_report, **{"source": "tradai.runbooks", "detail-type": "Incident Changed", "detail": detail}
    )
    return answer


def end_of_run(rig: Rig, status: str = "SUCCEEDED", **more: Any) -> write_report.Response:
    detail = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": status, "input": "{}", **more}
    answer: write_report.Response = rig.work(write_report, source="aws.states", detail=detail)
    return answer


def text(rig: Rig, key: str = MARKDOWN) -> str:
    return rig.world.objects[key][0]


def test_the_end_of_a_run_writes_both_files_with_timeline_and_picture_and_says_so_in_the_incident(rig: Rig) -> None:
    ended(rig)
    assert "Timeline" not in text(rig)
    assert "First edition" in text(rig)
    answer = end_of_run(rig)
    assert (answer.incident_id, answer.written) == (INCIDENT, True)
    assert "apply remedies" in text(rig)
    assert "First edition" not in text(rig)
    assert "<svg" in text(rig, HTML)
    item = rig.item()
    assert item["report_key"] == HTML
    assert item["reported_at"]
    assert len(item["evidence"]) == len([one for one in item["evidence"] if one["what"] != "report"])


def test_the_runs_own_act_approvals_checklist_and_questions_stand_in_it(rig: Rig) -> None:
    ended(rig)
    end_of_run(rig)
    assert "| redeploy the service | svc | ✓ done | 1 task | 2 tasks |" in text(rig)
    assert "Not known: who did it.<br>" in text(rig)
    assert rig.item()["open_questions"][-1] == "Not known: who did it"


def test_the_same_again_is_not_written_again(rig: Rig) -> None:
    ended(rig)
    end_of_run(rig)
    stands, said = rig.item(), len(rig.called("reports.put"))
    rig.world.advance(seconds=60)
    for _ in range(2):
        assert (change(rig).written, end_of_run(rig).why) == (False, "it is told already")
    assert (rig.item(), len(rig.called("reports.put"))) == (stands, said)


def test_what_a_person_adds_later_is_a_later_edition(rig: Rig) -> None:
    ended(rig)
    end_of_run(rig)
    twins(rig.world).incidents.follow_up(INCIDENT, FollowUp("prevention", "more memory", "ana", rig.now))
    assert change(rig).written
    assert "| prevention | more memory | ana |" in text(rig)


def test_an_incident_that_changes_while_it_is_written_is_written_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(rig)
    original: Callable[..., Any] = first.put
    begun: list[str] = []

    def put(ports: Any, it: Any) -> None:
        original(ports, it)
        if not begun:
            begun.append("once")
            twins(rig.world).incidents.follow_up(INCIDENT, FollowUp("note", "meanwhile", "ana", rig.now))

    monkeypatch.setattr(final, "put", put)
    assert end_of_run(rig).written
    assert "meanwhile" in text(rig)


def test_one_that_never_stands_still_is_left_to_the_next_change(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(rig)
    original: Callable[..., Any] = first.put
    notes: list[int] = []

    def put(ports: Any, it: Any) -> None:
        original(ports, it)
        notes.append(len(notes))
        entry = FollowUp("note", f"note {len(notes)}", "ana", rig.now)
        twins(rig.world).incidents.follow_up(INCIDENT, entry)

    monkeypatch.setattr(final, "put", put)
    assert end_of_run(rig).written
    assert len(notes) == final.MOST_EDITIONS


@pytest.mark.parametrize("how", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_a_run_that_the_closer_closed_has_a_whole_report(rig: Rig, how: str) -> None:
    rig.opened()
    rig.world.histories[EXECUTION] = history(rig, how)
    detail = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": how, "input": "{}"}
    # The two hear of the end at the same time; the report may be first.
    assert end_of_run(rig, how).written
    assert "not over yet" in text(rig).splitlines()[0]
    rig.work(closer, detail=detail)
    assert rig.world.announced == [INCIDENT]
    assert change(rig).written
    assert text(rig).splitlines()[0].endswith("aborted" if how == "ABORTED" else "failed")
    assert "whether the symptom is cured" in text(rig)
    assert "Timeline" in text(rig)


def test_a_history_that_is_gone_is_named_and_the_rest_is_told(rig: Rig) -> None:
    ended(rig)
    rig.world.histories.clear()
    assert end_of_run(rig).written
    assert "there is no execution" in text(rig)
    assert "redeploy the service" in text(rig)


def test_a_history_that_cannot_be_read_now_is_tried_again_and_the_report_is_there_meanwhile(rig: Rig) -> None:
    ended(rig)
    rig.world.trouble["histories.of"] = Transient("throttled")
    for _ in range(2):
        with pytest.raises(Transient, match="not whole: the execution's history: throttled"):
            end_of_run(rig)
        assert "Could not be read for this report: the execution's history: throttled" in text(rig)
    del rig.world.trouble["histories.of"]
    assert end_of_run(rig).written
    assert "throttled" not in text(rig)
    assert "apply remedies" in text(rig)


def test_a_timeline_that_cannot_be_drawn_stands_in_words(rig: Rig) -> None:
    ended(rig)
    rig.world.trouble["pictures.timeline"] = Broken("no font")
    assert end_of_run(rig).written
    assert "apply remedies" in text(rig)
    assert "the timeline has no picture: no font" in text(rig)
    assert "<svg" not in text(rig, HTML)


def test_a_bucket_that_failed_at_the_runs_end_has_report_and_own_sections_afterwards(rig: Rig) -> None:
    rig.world.trouble["reports.put"] = Transient("slow down")
    ended(rig, report=lambda *_: OWN)
    assert "report_key" not in rig.item()
    assert rig.world.objects == {}
    for _ in range(2):
        with pytest.raises(Transient, match="slow down"):
            end_of_run(rig)
    assert "reported_at" not in rig.item()
    del rig.world.trouble["reports.put"]
    assert end_of_run(rig).written
    assert rig.item()["report_key"] == HTML
    assert "## The position" in text(rig)
    assert "- Why?" in text(rig)


def test_own_sections_come_from_the_bucket(rig: Rig) -> None:
    ended(rig, report=lambda *_: OWN)
    assert rig.item()["sections_key"] == f"incidents/{INCIDENT}/sections.json"
    assert "## The position" in text(rig)
    end_of_run(rig)
    assert text(rig).startswith("# Stuck position p1: resolved")
    assert "## The position" in text(rig)


@pytest.mark.parametrize("body", ["", "no JSON", '{"sections": 7}'])
def test_own_sections_that_cannot_be_read_are_named(rig: Rig, body: str) -> None:
    ended(rig, report=lambda *_: OWN)
    rig.world.objects[f"incidents/{INCIDENT}/sections.json"] = (body, "application/json")
    assert end_of_run(rig).written
    assert "Could not be read for this report: the runbook's own sections" in text(rig)


def test_own_sections_that_cannot_be_made_fail_nothing(rig: Rig) -> None:
    def broken(*_: object) -> Own:
        raise Refused("no position")

    ended(rig, report=broken)
    assert rig.item()["outcome"] == "resolved"
    assert rig.item()["report_key"] == HTML


def test_an_incident_that_is_not_there_has_no_report(rig: Rig) -> None:
    assert change(rig, "inc-nobody").why == "there is no such incident"
    assert rig.world.objects == {}


def test_children_are_their_parents_business(rig: Rig) -> None:
    child = {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn", "run": {}}
    assert end_of_run(rig, input=json.dumps(child)).incident_id is None
    assert end_of_run(rig, input=json.dumps({**child, "incident_id": "inc-1"})).incident_id is None
    ended(rig)
    # Started by another run, with an incident of its own; an input that is too large is left out of the event.
    alone = {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn", "position_id": "p1"}
    for given in (json.dumps(alone), None, "no JSON", "[]"):
        assert incident_of(write_report.Detail(executionArn=EXECUTION, input=given)) == INCIDENT


def test_an_event_that_names_nothing_writes_nothing(rig: Rig) -> None:
    assert rig.work(write_report, detail={}).written is False
