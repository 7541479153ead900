"""The end of a run: judged, written, told and given back - once, whatever fails on the way."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import telling
from functions.adapters.memory import twins
from functions.collecting import message, plainly, told
from functions.contracts import Run
from functions.errors import Broken, RunbookError, Transient, Uncertain
from functions.facts import Check, Evidence, Outcome, Result
from functions.ports import Intent
from functions.proving import Beats, Monitor, Proof, Wanted
from functions.rules.checklist import HALTED
from functions.rules.conclude import Ending
from functions.rules.plan import Remedy
from functions.stages import Effect, GroupResult, Remedied
from functions.tasks import conclude
from functions.verifying import QUESTIONS, answer
from tests.tasks.rig import EXECUTION, GUARD, INCIDENT, Rig, group

WRITES = ("reports.put", "notifier.publish", "guards.release", "measures.put")


def end(rig: Rig, run: Run, **state: Any) -> conclude.Response:
    whole = {"run": run, "guard": {"guard_id": GUARD, "owned": True, "why": "taken"}, **state}
    reply: conclude.Response = rig.work(conclude, execution_arn=run.execution_arn, state=whole)
    return reply


def plan(*groups: Any, verdict: str = "act") -> dict[str, Any]:
    return {"verdict": verdict, "reason": "1 stale; 1 service crashed: redeploy", "groups": groups, "x": "not read"}


def proof(rig: Rig, **more: Any) -> dict[str, Any]:
    monitor = Monitor(again=False, looks_done=10, looks_left=0, worst=0, own_failed=(), others_failed=())
    given = Proof(
        proved=True,
        wanted=(Wanted(strategy_id="s1", since=rig.now),),
        beats=Beats(all_back=True, again=False, looks_left=3, missing=()),
        monitor=monitor,
        signals=None,
    )
    return {"outcome": given.model_copy(update=more)}


def did(rig: Rig, **more: Any) -> list[Remedied]:
    result = GroupResult(group_id="g1", remedy="redeploy", result=Result.DONE, at=rig.now, why="", strategies=())
    outcome = result.model_copy(update=more)
    return [Remedied(group=group(), outcome=outcome, error=None)]


def checklist(rig: Rig, **results: Check) -> None:
    """Every line passes but for those named; the two that are not built yet are skipped."""
    skipped = {"positions": Check.SKIPPED, "orders": Check.SKIPPED}
    items = [
        answer(line, {**skipped, **results}.get(line, Check.PASS), HALTED if line in skipped else "fine",
               "source", rig.now)
        for line in QUESTIONS
    ]  # fmt: skip
    stored = [{**{k: getattr(i, k) for k in ("id", "question", "value", "source", "concerns")},
               "result": i.result, "at": i.at} for i in items]  # fmt: skip
    twins(rig.world).incidents.note(INCIDENT, [], checklist=stored)


def cured(rig: Rig) -> dict[str, Any]:
    """The state of a run that went well."""
    checklist(rig)
    kept = {"kept": 2, "missing": [], "unknown": [], "ended": [], "accounted": True}
    return {"plan": plan(group()), "remedies": did(rig), "proof": proof(rig), "accounts": kept}


def act(rig: Rig, act_id: str = "a1", result: Result | None = Result.DONE, **more: Any) -> None:
    """An act of the run, as its task left it."""
    given = {"action": "redeploy the service", "target": "svc", "before": "desired count 1", **more}
    ports = twins(rig.world)
    intent = Intent(act_id, by=EXECUTION, at=rig.now, **given)
    assert ports.incidents.intend(INCIDENT, intent, guard_id=GUARD, act_until=rig.now) == "new"
    if result:
        ports.incidents.settle(INCIDENT, act_id, result, "ecs-svc/2", rig.now)


def report(rig: Rig) -> str:
    return rig.world.objects[f"incidents/{INCIDENT}/report.md"][0]


# --- how it ends


def test_a_cure_that_is_proven_is_resolved_told_and_gives_the_guard_back(rig: Rig) -> None:
    run = rig.opened()
    act(rig)
    reply = end(rig, run, **cured(rig))
    assert (reply.escalated, reply.output.outcome) == (False, Outcome.RESOLVED)
    assert reply.output.not_proven == ("positions", "orders")
    [action] = reply.output.actions
    assert (action.action, action.target, action.result, action.by) == (
        "redeploy the service",
        "svc",
        Result.DONE,
        EXECUTION,
    )
    assert reply.output.actions_total == 1
    assert reply.output.report_url is not None
    assert reply.output.report_url.endswith(f"prefix=incidents/{INCIDENT}/report.html")
    item = rig.item()
    assert (item["outcome"], item["severity"], item["not_proven"]) == (
        "resolved",
        "medium",
        ["positions", "orders"],
    )
    assert item["notified_at"]
    [(subject, text)] = rig.world.sent
    assert subject == "[tradai local] RESOLVED stale-heartbeat (not proven: positions, orders)"
    assert text.startswith("Resolved; not proven: positions, orders - 1 stale")
    assert twins(rig.world).guards.held(GUARD) is None
    assert rig.world.measures[0] == ("RunsEnded", 1, {"Runbook": "stale-heartbeat", "Outcome": "resolved"})
    kinds = {name: rig.world.objects[f"incidents/{INCIDENT}/report.{name}"][1] for name in ("html", "md")}
    assert kinds == {"html": "text/html", "md": "text/markdown"}
    assert item["report_key"] == f"incidents/{INCIDENT}/report.html"


def test_the_message_has_a_section_for_everything_that_is_left(rig: Rig) -> None:
    reply = end(rig, rig.opened(), plan=plan(group()), remedies=did(rig, result=Result.UNKNOWN, why="read timeout"))
    assert (reply.escalated, reply.output.outcome) == (True, Outcome.ESCALATED)
    [(_, text)] = rig.world.sent
    assert re.findall(r"^([A-Z][a-z ]+):$", text, re.M) == ["Not done", "Unknown"]
    assert "Not done:\n- next for s1: look at the service\n" in text
    assert "Unknown:\n- redeploy for s1: read timeout\n" in text
    assert f"Incident: {INCIDENT}\nExecution: {EXECUTION}\nReport: https://" in text
    assert reply.cause == text


def test_a_run_that_another_one_kept_out_is_a_duplicate_and_leaves_its_guard(rig: Rig) -> None:
    run = rig.run()
    rig.incident(run)
    rig.lock("arn:of-another", "inc-of-another")
    cause = json.dumps(
        {"errorMessage": "incident inc-of-another, execution arn:of-another", "errorType": "Refused"}
    )
    reply = end(rig, run, guard=None, refused={"Error": "Refused", "Cause": cause})
    assert reply.output.outcome is Outcome.DUPLICATE
    assert "inc-of-another" in reply.output.summary
    assert "errorMessage" not in reply.output.summary
    assert twins(rig.world).guards.held(GUARD) is not None


def test_a_dry_run_gives_back_no_guard_that_it_never_took(rig: Rig) -> None:
    run = rig.opened(dry_run=True)
    guard = {"guard_id": GUARD, "owned": False, "why": "looked at"}
    reply = end(rig, run, guard=guard, plan=plan(group()))
    assert reply.output.outcome is Outcome.DRY_RUN
    assert not rig.called("guards.release")


def test_a_runbook_that_is_switched_off_has_nothing_to_do(rig: Rig) -> None:
    run = rig.run(proceed=False, why_not="the runbook is switched off")
    rig.incident(run)
    reply = end(rig, run, guard=None, refused={"Error": "Refused", "Cause": "off"})
    assert reply.output.outcome is Outcome.NOTHING_TO_DO


def test_a_state_that_failed_on_its_way_escalates_in_its_own_words(rig: Rig) -> None:
    error = {"Error": "Broken", "Cause": json.dumps({"errorMessage": "a grant is missing", "stackTrace": ["x"]})}
    reply = end(rig, rig.opened(), error=error)
    assert reply.output.outcome is Outcome.ESCALATED
    assert "Broken: a grant is missing" in reply.output.summary
    assert "stackTrace" not in reply.cause


def test_a_remedy_that_came_to_grief_is_unknown_with_the_childs_own_error(rig: Rig) -> None:
    child = {"ExecutionArn": "arn:child", "Error": "Broken", "Cause": json.dumps({"errorMessage": "no service"})}
    grief = Remedied(group=group(), outcome=None, error=json.dumps(child))
    reply = end(rig, rig.opened(), plan=plan(group()), remedies=[grief])
    assert "redeploy for s1: the remedy came to grief: Broken: no service" in reply.cause


def test_what_each_strategy_came_to_is_told_in_the_functions_own_words(rig: Rig) -> None:
    payload = json.dumps({"errorMessage": "s1 is no longer running", "errorType": "Refused"})
    effects = (
        Effect(strategy_id="s1", result=Result.NOT_DONE, at=None, why=f"stopped and not started again - {payload}"),
    )
    restart = group(remedy=Remedy.RESTART)
    remedies = [Remedied(group=restart, outcome=did(rig, result=None, strategies=effects)[0].outcome, error=None)]
    reply = end(rig, rig.opened(), plan=plan(restart), remedies=remedies)
    assert "restart s1: stopped and not started again - s1 is no longer running" in reply.cause
    assert "errorType" not in reply.cause


def test_what_could_not_be_read_is_named_and_not_proven(rig: Rig) -> None:
    unread = {"fact": None, "why": json.dumps({"errorMessage": "throttled"})}
    facts = dict.fromkeys(("service", "logs", "exchange", "database", "network", "exposure"), unread)
    state = {
        **cured(_opened(rig)),
        "facts": facts,
        "proof": proof(rig, signals={"Error": "Transient", "Cause": "x"}),
    }
    reply = end(rig, rig.run(), **state)
    assert reply.output.outcome is Outcome.RESOLVED
    assert {"service", "exposure", "signals"} <= set(reply.output.not_proven)
    assert "not readable, service: unknown: throttled" in rig.world.sent[0][1]


def test_strategies_beyond_those_that_were_looked_at_singly_are_not_proven(rig: Rig) -> None:
    reply = end(rig, rig.run(), **cured(_opened(rig)), found={"stale_total": 300, "stale": []})
    assert any("beyond the first 0" in name for name in reply.output.not_proven)


def test_facts_that_were_read_and_signals_that_were_seen_are_no_gap(rig: Rig) -> None:
    fact: dict[str, Any] = {"fact": {"positions": []}, "why": None}
    none = {"fact": None, "why": None}
    names = ("service", "logs", "exchange", "database", "network")
    facts = {**dict.fromkeys(names, none), "exposure": fact}
    state = {**cured(_opened(rig)), "facts": facts, "proof": proof(rig, signals={"seen": ["s1"], "not_seen": []})}
    assert {"exposure", "signals"}.isdisjoint(end(rig, rig.run(), **state).output.not_proven)


def _opened(rig: Rig) -> Rig:
    rig.opened()
    return rig


# --- nothing stops the end


@pytest.mark.parametrize("word", [Transient("throttled"), Uncertain("read timeout"), Broken("no grant")])
@pytest.mark.parametrize(
    ("port", "named"),
    [
        ("reports.put", "the report failed"),
        ("notifier.publish", "the notification failed"),
        ("guards.release", "giving the guard back failed"),
        ("measures.put", "the metric failed"),
    ],
)
def test_trouble_at_the_end_stops_nothing_and_is_named(rig: Rig, port: str, named: str, word: RunbookError) -> None:
    run = rig.opened()
    state = cured(rig)
    rig.world.trouble[port] = word
    reply = end(rig, run, **state)
    assert reply.output.outcome is Outcome.RESOLVED
    assert f"{named}: {word}" in reply.output.summary
    assert named in reply.cause
    assert rig.item()["outcome"] == "resolved"
    assert set(WRITES) <= set(rig.world.calls)
    assert ("trouble at the end", f"{named}: {word}") in rig.evidence()


def test_all_of_it_at_once_stops_nothing_either(rig: Rig) -> None:
    run = rig.opened()
    state = cured(rig)
    for port in WRITES:
        rig.world.trouble[port] = Broken("everything is down")
    reply = end(rig, run, **state)
    assert reply.output.report_url is None
    assert "Report: could not be stored" in reply.cause
    assert rig.item()["outcome"] == "resolved"
    assert "report_key" not in rig.item()


def test_a_message_that_fails_is_tried_again_at_once_and_named_once(rig: Rig) -> None:
    run = rig.opened()
    state = cured(rig)
    rig.world.trouble["notifier.publish"] = Transient("throttled")
    reply = end(rig, run, **state)
    assert len(rig.called("notifier.publish")) == 3
    assert reply.output.summary.count("the notification failed") == 1


def test_a_note_that_fails_after_the_message_is_named(rig: Rig) -> None:
    run = rig.opened()
    state = cured(rig)
    rig.world.trouble["incidents.note"] = Transient("throttled")
    assert "noting it failed: throttled" in end(rig, run, **state).output.summary
    assert len(rig.world.sent) == 1


def test_an_incident_that_cannot_be_closed_is_not_called_closed(rig: Rig) -> None:
    run = rig.opened()
    state = cured(rig)
    rig.world.trouble["incidents.close"] = Transient("throttled")
    with pytest.raises(Transient):
        end(rig, run, **state)
    assert rig.world.sent == []
    del rig.world.trouble["incidents.close"]
    assert end(rig, run, **state).output.outcome is Outcome.RESOLVED
    assert len(rig.world.sent) == 1


# --- once


def test_a_retry_of_the_end_answers_the_same_and_tells_nobody_twice(rig: Rig) -> None:
    run = rig.opened()
    act(rig)
    state = cured(rig)
    first = end(rig, run, **state)
    stands, text = rig.item()["closed_at"], report(rig)
    rig.world.advance(seconds=30)
    assert end(rig, run, **state) == first
    assert len(rig.world.sent) == 1
    assert (rig.item()["closed_at"], report(rig)) == (stands, text)


def test_a_retry_after_a_crash_between_close_and_message_tells_with_the_acts_and_the_report(rig: Rig) -> None:
    run = rig.opened()
    act(rig)
    state = cured(rig)
    rig.world.trouble["notifier.publish"] = Broken("killed here")
    end(rig, run, **state)
    del rig.world.trouble["notifier.publish"]
    text = report(rig)
    again = end(rig, run, **state)
    assert len(rig.world.sent) == 1
    assert (again.output.outcome, again.output.actions_total, len(again.output.actions)) == (Outcome.RESOLVED, 1, 1)
    assert report(rig) == text
    assert rig.item()["notified_at"]


def test_a_report_that_could_not_be_stored_is_stored_by_the_next_try_with_its_acts(rig: Rig) -> None:
    run = rig.opened()
    act(rig)
    state = cured(rig)
    rig.world.trouble["reports.put"] = Transient("throttled")
    end(rig, run, **state)
    del rig.world.trouble["reports.put"]
    end(rig, run, **state)
    assert "redeploy the service" in report(rig)


def test_an_end_that_stands_already_is_not_another_one(rig: Rig) -> None:
    run = rig.opened()
    twins(rig.world).incidents.close(
        run.incident_id, {"outcome": "aborted", "summary": "was stopped by hand", "severity": "critical"}
    )
    reply = end(rig, run, plan=plan(verdict="nothing_to_do"))
    assert (reply.output.outcome, reply.output.summary, reply.escalated) == (
        Outcome.ABORTED,
        "was stopped by hand",
        True,
    )
    assert rig.world.sent[0][0].startswith("[tradai local] ABORTED")


def test_an_act_without_a_result_is_unknown_in_the_end(rig: Rig) -> None:
    run = rig.opened()
    act(rig, result=None)
    [action] = end(rig, run, **cured(rig)).output.actions
    assert action.result is Result.UNKNOWN
    assert [entry["result"] for entry in rig.item()["actions"]] == ["unknown"]
    assert re.search(r"\| redeploy the service \| svc \| \? unknown \|", report(rig))


def test_twenty_acts_are_listed_in_order_and_all_are_counted(rig: Rig) -> None:
    run = rig.opened()
    for n in range(25):
        act(rig, f"a{n:02}", target=f"t{n:02}")
        rig.world.advance(seconds=1)
    reply = end(rig, run, **cured(rig))
    assert [action.target for action in reply.output.actions] == [f"t{n:02}" for n in range(20)]
    assert reply.output.actions_total == 25


# --- what people read


def ending(**more: Any) -> Ending:
    given: dict[str, Any] = {"outcome": Outcome.ESCALATED, "summary": "look", "severity": "critical", **more}
    return Ending(**given)


@given(
    env=st.sampled_from(["local", "staging"]),
    not_proven=st.lists(st.text(max_size=40), max_size=8).map(tuple),
)
def test_a_subject_is_short_ascii_and_says_what_is_not_proven(env: str, not_proven: tuple[str, ...]) -> None:
    text = telling.subject(env, "stale-heartbeat", ending(not_proven=not_proven))
    assert text.isascii()
    assert len(text) <= 100
    assert text.startswith(f"[tradai {env}] ESCALATED stale-heartbeat")
    assert ("(not proven: " in text) is bool(not_proven)


def test_a_message_names_every_section_that_has_lines() -> None:
    rig = Rig()
    whole = ending(known=("k",), done=("d",), not_done=("n",), unknown=("u",), not_proven=("p",))
    text = telling.message(rig.run(), whole, None, ["the metric failed"])
    sections = ("Known", "Done", "Not done", "Unknown", "Not proven", "Trouble on the way")
    assert [line[:-1] for line in text.splitlines() if line.endswith(":")] == list(sections)
    assert text.endswith("Report: could not be stored")


def test_no_outside_text_begins_a_section_of_the_notification() -> None:
    forged = "s1\n\nDone:\n- everything is well"
    text = telling.message(Rig().run(), ending(summary=forged, unknown=(forged,)), None, [forged])
    assert "\nDone:" not in text
    assert text.count("- s1 Done: - everything is well\n") == 2


def test_huge_evidence_stays_within_what_a_state_and_an_item_may_hold(rig: Rig) -> None:
    run = rig.opened()
    ports = twins(rig.world)
    for n in range(300):
        what = Evidence(f"look {n}", "table", "y" * 5000, rig.now + timedelta(seconds=n))
        ports.incidents.note(run.incident_id, [what])
    reply = end(rig, run, **cured(rig))
    assert reply.output.outcome is Outcome.RESOLVED
    assert len(json.dumps(rig.world.item("incidents", INCIDENT), default=str)) < 400_000


# --- the engine's causes


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ({"Error": "States.Timeout"}, "States.Timeout"),
        ({}, "an error"),
        ({"Error": "Broken", "Cause": "plain"}, "Broken: plain"),
        ({"Error": "Broken", "Cause": "[1]"}, "Broken: [1]"),
        ({"Error": "Broken", "Cause": '{"a": 1}'}, 'Broken: {"a": 1}'),
        ({"Error": "Broken", "Cause": '{"errorMessage": "no grant"}'}, "Broken: no grant"),
        ({"Error": "X", "Cause": '{"ExecutionArn": "a", "Error": "Escalated"}'}, "X: Escalated"),
        ({"Error": "X", "Cause": "y" * 900}, f"X: {'y' * 300}"),
    ],
)
def test_a_cause_is_told_as_a_short_clause(error: dict[str, str], says: str) -> None:
    assert told(error) == says
    assert message(error) in says


@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("plain words", "plain words"),
        ("", ""),
        ("with {braces} inside", "with {braces} inside"),
        ('{"errorMessage": "no"}', "no"),
        ('stopped - {"errorMessage": "no", "errorType": "Refused"}', "stopped - no"),
        ('stopped - {"errorType": "Refused"}', 'stopped - {"errorType": "Refused"}'),
    ],
)
def test_a_reason_with_the_engines_cause_in_it_is_told_plainly(why: str, says: str) -> None:
    assert plainly(why) == says


def test_a_task_token_in_the_state_appears_nowhere(rig: Rig) -> None:
    run = rig.opened()
    reply = end(rig, run, **cured(rig), task_token="AQCgAAAAKgAAAAM", asked={"task_token": "AQCgAAAAKgAAAAM"})
    world = rig.world
    told = json.dumps(
        [reply.model_dump(mode="json"), rig.item(), world.sent, world.objects, world.measures], default=str
    )
    assert "AQCg" not in told
    assert "task_token" not in told
