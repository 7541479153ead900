"""The checklist: each line answered with its proof, and the end of a verification that stands by itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.adapters.memory.world import Line
from functions.contracts import Run
from functions.errors import Broken, Refused, Transient
from functions.facts import AlarmFact, Check, ChecklistItem, Evidence, Outcome, Result
from functions.ids import incident_id_for, orders_guard
from functions.ports import Intent
from functions.rules.checklist import HALTED
from functions.tasks import (
    check_alarms,
    check_heartbeats,
    check_incident,
    check_logs,
    check_signals,
    judge_checklist,
    open_verification,
)
from functions.verifying import QUESTIONS, Scope, answer
from tests.tasks.rig import ALARM, EXECUTION, GUARD, INCIDENT, Rig

OWN = f"{EXECUTION}-verify"
STUCK = "tradai-local-position-stuck"
ORDERS = "tradai-local-order-failures"
STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"


def scope(rig: Rig, *strategy_ids: str, child: bool = True, everybody: bool = False) -> Scope:
    since = rig.now - timedelta(seconds=600)
    return Scope(child=child, strategy_ids=None if everybody else strategy_ids or ("s1",), since=since)


def check(rig: Rig, task: ModuleType, **more: Any) -> tuple[Check, str, str]:
    item: ChecklistItem = rig.work(task, run=rig.run(), scope=more.pop("scope", None) or scope(rig, **more))
    assert (item.question, item.at) == (QUESTIONS[item.id], rig.now)
    assert item.source
    return item.result, item.value, item.concerns


# --- open


def opened(rig: Rig, given: Any) -> open_verification.Response:
    reply: open_verification.Response = rig.work(
        open_verification, execution_arn=OWN, started_at=rig.now, input=given
    )
    return reply


def test_a_verification_of_its_own_opens_an_incident_and_looks_at_the_last_window(rig: Rig) -> None:
    reply = opened(rig, {"requested_by": "ana"})
    assert (reply.scope.child, reply.scope.strategy_ids) == (False, None)
    assert reply.scope.since == rig.now - timedelta(seconds=900)
    assert reply.run.incident_id == incident_id_for(OWN)
    assert rig.item(reply.run.incident_id)["runbook"] == "verify-trading"


def test_a_child_joins_its_parents_incident_and_looks_since_the_cure(rig: Rig) -> None:
    rig.strategy("s1")
    rig.opened()
    cured = rig.now - timedelta(seconds=90)
    twins(rig.world).incidents.note(INCIDENT, [], cured_at=cured)
    reply = opened(rig, {"incident_id": INCIDENT, "strategy_ids": ["s1"], STARTED_BY: EXECUTION})
    assert (reply.run.incident_id, reply.scope.child, reply.scope.strategy_ids) == (INCIDENT, True, ("s1",))
    assert reply.scope.since == cured
    assert len(rig.world.tables["incidents"]) == 1


def test_a_parent_that_means_every_strategy_hands_on_its_null_and_a_person_may_not(rig: Rig) -> None:
    rig.opened()
    reply = opened(rig, {"incident_id": INCIDENT, "strategy_ids": None, STARTED_BY: EXECUTION})
    assert (reply.scope.child, reply.scope.strategy_ids) == (True, None)
    with pytest.raises(Refused, match="strategy_ids: must not be null"):
        opened(rig, {"strategy_ids": None})


def test_a_child_of_a_run_that_remedied_nothing_looks_since_its_beginning(rig: Rig) -> None:
    run = rig.opened()
    rig.world.advance(minutes=12)
    reply = opened(rig, {"incident_id": INCIDENT, STARTED_BY: EXECUTION})
    assert reply.scope.since == run.opened_at


def test_an_incident_without_a_time_is_looked_at_from_now_on(rig: Rig) -> None:
    rig.opened()
    item = rig.world.item("incidents", INCIDENT) or {}
    del item["opened_at"]
    rig.world.put("incidents", item)
    assert opened(rig, {"incident_id": INCIDENT, STARTED_BY: EXECUTION}).scope.since == rig.now


def test_a_persons_verification_of_an_incident_has_an_end_of_its_own_and_leaves_that_one_open(rig: Rig) -> None:
    run = rig.opened()
    reply = opened(rig, {"incident_id": INCIDENT, "requested_by": "ana"})
    assert (reply.scope.child, reply.scope.since) == (False, run.opened_at)
    judge(rig, reply.run, reply.scope)
    assert "closed_at" not in rig.item()
    assert rig.item(incident_id_for(OWN))["outcome"] == "resolved"
    assert len(rig.world.sent) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"incident_id": "inc-ghost"}, "incident_id: no incident 'inc-ghost'"),
        ({"strategy_ids": ["s1", "ghost"]}, "strategy_ids.1: no strategy 'ghost'"),
        ({"strategy_ids": "s1"}, "strategy_ids: "),
        ({"strategy_ids": []}, "strategy_ids: the list is empty"),
        ({"strategy_id": "s1"}, "strategy_id: unknown field"),
    ],
)
def test_bad_input_is_refused_by_name_and_opens_nothing(rig: Rig, given: Any, told: str) -> None:
    rig.strategy("s1")
    with pytest.raises(Refused) as refusal:
        opened(rig, given)
    assert str(refusal.value).startswith(told)
    assert not rig.world.tables["incidents"]


# --- heartbeats


def test_heartbeats_pass_where_everybody_beats(rig: Rig) -> None:
    rig.strategy("s1", age=119)
    rig.strategy("s2", status="stopped", age=9999)
    assert check(rig, check_heartbeats) == (Check.PASS, "1 beat within 120 s, 0 stale", "run")


def test_heartbeats_fail_for_the_run_where_its_own_strategy_is_stale(rig: Rig) -> None:
    rig.strategy("s1", age=121)
    rig.strategy("s2", age=None)
    told = "0 beat within 120 s, 2 stale: s1, s2"
    assert check(rig, check_heartbeats) == (Check.FAIL, told, "run")
    assert check(rig, check_heartbeats, everybody=True) == (Check.FAIL, told, "run")


def test_heartbeats_that_others_owe_concern_others(rig: Rig) -> None:
    rig.strategy("s1", age=5)
    rig.strategy("s2", age=121)
    assert check(rig, check_heartbeats) == (Check.FAIL, "1 beat within 120 s, 1 stale: s2", "others")


def test_what_others_owe_does_not_stand_for_what_nobody_knows_of_the_runs_own(rig: Rig) -> None:
    rig.strategy("s1", status="puzzled")
    rig.strategy("s2", age=121)
    told = "0 beat within 120 s, 1 stale: s2; status not known: s1 (puzzled)"
    assert check(rig, check_heartbeats) == (Check.UNKNOWN, told, "run")


def test_one_that_owes_no_heartbeat_is_named_beside_those_that_beat(rig: Rig) -> None:
    rig.strategy("s1", age=5)
    rig.strategy("s2", status="failed", age=500)
    result, value, _ = check(rig, check_heartbeats, scope=scope(rig, "s1", "s2", "gone"))
    assert result is Check.PASS
    assert value.endswith("no heartbeat is owed: s2 is failed, gone is not in the table")


def test_a_status_that_nobody_knows_is_unknown_and_never_well(rig: Rig) -> None:
    rig.strategy("s1", age=5)
    rig.strategy("s2", status="puzzled")
    told = "1 beat within 120 s, 0 stale; status not known: s2 (puzzled)"
    assert check(rig, check_heartbeats) == (Check.UNKNOWN, told, "others")


# --- signals


def signalled(rig: Rig, *signals: tuple[str, float]) -> None:
    rig.world.lines = [Line(rig.now - timedelta(seconds=age), f"{name} signal processed") for name, age in signals]


def test_signals_pass_where_every_trading_strategy_of_the_run_processed_one(rig: Rig) -> None:
    rig.strategy("s1")
    rig.strategy("s2")
    signalled(rig, ("s1", 60))
    assert check(rig, check_signals) == (Check.PASS, "1 of 1 processed a signal since 02:50:00", "run")
    result, value, _ = check(rig, check_signals, everybody=True)
    assert (result, value) == (
        Check.UNKNOWN,
        "1 of 2 processed a signal since 02:50:00; none seen from s2",
    )


def test_a_signal_before_the_cure_proves_nothing(rig: Rig) -> None:
    rig.strategy("s1")
    signalled(rig, ("s1", 601))
    assert check(rig, check_signals)[0] is Check.UNKNOWN


def test_signals_are_skipped_where_nobody_of_the_run_trades(rig: Rig) -> None:
    rig.strategy("s1", status="stopped")
    told = "no strategy of this run trades at present"
    assert check(rig, check_signals) == (Check.SKIPPED, told, "run")


def test_signals_of_more_strategies_than_can_be_asked_are_not_called_proven(rig: Rig) -> None:
    names = [f"s{n:03}" for n in range(201)]
    for name in names:
        rig.strategy(name)
    signalled(rig, *((name, 1) for name in names))
    result, value, _ = check(rig, check_signals, everybody=True)
    assert result is Check.UNKNOWN
    assert value.endswith("200 of 200 processed a signal since 02:50:00; 201 trade")


# --- logs


def logged(rig: Rig, *messages: str, age: float = 60) -> None:
    rig.world.lines += [Line(rig.now - timedelta(seconds=age), message) for message in messages]


def test_logs_pass_without_an_error_pattern_since_the_cure(rig: Rig) -> None:
    logged(rig, "INFO s1 heartbeat written")
    logged(rig, "ERROR s1 HTTP 429 Too Many Requests", age=700)
    assert check(rig, check_logs) == (Check.PASS, "since 02:50:00: no error pattern", "run")


@pytest.mark.parametrize(
    ("lines", "concerns"),
    [
        (["ERROR s1 HTTP 429 Too Many Requests"], "run"),
        (["ERROR s2 HTTP 429 Too Many Requests"], "others"),
        (["ERROR HTTP 429 Too Many Requests"], "run"),
        (["ERROR s2 HTTP 429 Too Many Requests", "ERROR s1 OutOfMemoryError"], "run"),
    ],
)
def test_an_error_pattern_fails_and_concerns_whom_it_names(rig: Rig, lines: list[str], concerns: str) -> None:
    rig.strategy("s1")
    rig.strategy("s2")
    logged(rig, *lines)
    result, value, whom = check(rig, check_logs)
    assert (result, whom) == (Check.FAIL, concerns)
    assert "1 x rate_limited" in value
    assert check(rig, check_logs, everybody=True)[2] == "run"


def test_lines_of_level_error_fail_with_what_they_say_most_often(rig: Rig) -> None:
    rig.strategy("s1")
    rig.strategy("s2")
    logged(rig, "INFO s1 0 errors, error_rate=0", "INFO s1 the venue said ERROR")
    assert check(rig, check_logs)[0] is Check.PASS
    logged(rig, *(f"ERROR s2 order {n} refused" for n in range(3)), "ERROR s2 the loop broke")
    told = "since 02:50:00: 4 x error_level (most often: 3 x 's2 order # refused'; 1 x 's2 the loop broke')"
    assert check(rig, check_logs) == (Check.FAIL, told, "others")
    logged(rig, "ERROR order refused by HTTP 429 Too Many Requests")
    result, value, whom = check(rig, check_logs)
    assert (result, whom) == (Check.FAIL, "run")
    assert value.endswith("1 x rate_limited")
    assert "5 x error_level" in value


def test_a_log_without_any_line_is_unknown(rig: Rig) -> None:
    assert check(rig, check_logs) == (Check.UNKNOWN, "no line at all in the window", "run")


# --- alarms


def alarm(rig: Rig, name: str, state: str) -> None:
    rig.world.alarms[name] = AlarmFact(name, state)


def test_alarms_pass_where_none_is_up(rig: Rig) -> None:
    alarm(rig, ALARM, "OK")
    alarm(rig, "tradai-prod-heartbeat-stale", "ALARM")
    assert check(rig, check_alarms) == (Check.PASS, f"{ALARM} is OK, none is in ALARM", "run")


def test_the_heartbeat_alarm_fails_for_the_run(rig: Rig) -> None:
    alarm(rig, ALARM, "ALARM")
    assert check(rig, check_alarms) == (Check.FAIL, f"in ALARM: {ALARM}", "run")


@pytest.mark.parametrize(("child", "concerns"), [(True, "others"), (False, "run")])
def test_another_alarm_concerns_others_unless_all_is_verified(rig: Rig, child: bool, concerns: str) -> None:
    alarm(rig, ALARM, "OK")
    alarm(rig, "tradai-local-position-stuck", "ALARM")
    told = "in ALARM: tradai-local-position-stuck"
    assert check(rig, check_alarms, child=child) == (Check.FAIL, told, concerns)


def test_a_detector_of_failing_orders_that_publishes_nothing_is_no_pass(rig: Rig) -> None:
    alarm(rig, ALARM, "OK")
    alarm(rig, ORDERS, "OK")
    rig.world.published.discard(ORDERS)
    assert check(rig, check_alarms)[:2] == (
        Check.FAIL,
        f"no point of the metric that it lives on, so nobody looks: {ORDERS}",
    )


@pytest.mark.parametrize("state", ["INSUFFICIENT_DATA", None])
def test_a_heartbeat_alarm_that_says_nothing_is_unknown_and_hides_no_other(rig: Rig, state: str | None) -> None:
    if state:
        alarm(rig, ALARM, state)
    assert check(rig, check_alarms) == (Check.UNKNOWN, f"{ALARM} is {state or 'not there'}", "run")
    alarm(rig, "tradai-local-position-stuck", "ALARM")
    assert check(rig, check_alarms)[0] is Check.UNKNOWN
    assert check(rig, check_alarms, child=False)[0] is Check.FAIL


# --- incident


def noted(rig: Rig) -> None:
    twins(rig.world).incidents.note(INCIDENT, [Evidence("verdict", "here", "act", rig.now)])


def intended(rig: Rig, result: Result | None) -> None:
    ports = twins(rig.world)
    intent = Intent("redeploy/g1", "redeploy", "svc", None, EXECUTION, rig.now)
    ports.incidents.intend(INCIDENT, intent, guard_id=GUARD, act_until=rig.now)
    if result:
        ports.incidents.settle(INCIDENT, "redeploy/g1", result, None, rig.now)


def test_an_incident_with_evidence_and_settled_acts_passes(rig: Rig) -> None:
    rig.opened()
    noted(rig)
    intended(rig, Result.DONE)
    assert check(rig, check_incident) == (Check.PASS, f"{INCIDENT}: 1 pieces of evidence, 1 acts", "run")


def test_an_act_without_a_result_fails_the_incident(rig: Rig) -> None:
    rig.opened()
    noted(rig)
    intended(rig, None)
    result, value, _ = check(rig, check_incident)
    assert (result, value.rpartition(", ")[2]) == (Check.FAIL, "without a result: redeploy/g1")


def test_an_incident_of_a_run_without_evidence_fails_and_one_of_its_own_passes(rig: Rig) -> None:
    rig.opened()
    assert check(rig, check_incident)[0] is Check.FAIL
    assert check(rig, check_incident, child=False)[0] is Check.PASS


def test_an_incident_that_the_verification_opened_by_itself_says_what_its_evidence_is(rig: Rig) -> None:
    rig.opened()
    own = "; this verification opened it by itself, and the checklist is its evidence"
    told = f"{INCIDENT}: 0 pieces of evidence, 0 acts{own}"
    assert check(rig, check_incident, child=False) == (Check.PASS, told, "run")
    intended(rig, Result.DONE)
    assert own not in check(rig, check_incident, child=False)[1]
    noted(rig)
    assert own not in check(rig, check_incident, child=False)[1]


def test_a_missing_incident_fails(rig: Rig) -> None:
    assert check(rig, check_incident) == (Check.FAIL, f"no incident {INCIDENT}", "run")


@pytest.mark.parametrize(
    ("task", "port"),
    [
        (check_heartbeats, "trading_state.all"),
        (check_signals, "logs.signals"),
        (check_logs, "logs.read"),
        (check_alarms, "alarms.state"),
        (check_incident, "incidents.get"),
    ],
)
def test_a_check_that_cannot_read_raises_its_word_and_guesses_nothing(
    rig: Rig, task: ModuleType, port: str
) -> None:
    rig.strategy("s1")
    rig.world.trouble[port] = Transient("throttled")
    with pytest.raises(Transient):
        check(rig, task)


# --- judge


def items(rig: Rig, **results: Check) -> list[ChecklistItem]:
    skipped = {"positions": Check.SKIPPED, "orders": Check.SKIPPED}
    return [
        answer(line, {**skipped, **results}.get(line, Check.PASS), HALTED if line in skipped else "v",
               "table", rig.now)
        for line in QUESTIONS
    ]  # fmt: skip


def judge(rig: Rig, run: Run, of: Scope, **results: Check) -> judge_checklist.Response:
    reply: judge_checklist.Response = rig.work(judge_checklist, run=run, scope=of, items=items(rig, **results))
    return reply


def test_a_child_writes_the_checklist_and_leaves_the_end_to_its_parent(rig: Rig) -> None:
    run = rig.opened()
    reply = judge(rig, run, scope(rig), heartbeats=Check.FAIL)
    assert (reply.escalated, reply.output.outcome) == (False, Outcome.ESCALATED)
    stored = rig.item()["checklist"]
    assert [(entry["id"], entry["result"]) for entry in stored if entry["id"] == "heartbeats"] == [
        ("heartbeats", "fail")
    ]
    assert datetime.fromisoformat(stored[0]["at"]) == rig.now
    assert "closed_at" not in rig.item()
    assert rig.world.sent == []


def test_a_child_without_a_failing_line_comes_back_resolved(rig: Rig) -> None:
    reply = judge(rig, rig.opened(), scope(rig))
    assert (reply.output.outcome, reply.output.not_proven) == (Outcome.RESOLVED, ("positions", "orders"))


@pytest.mark.parametrize(
    ("results", "outcome", "severity"),
    [
        ({}, Outcome.RESOLVED, "low"),
        ({"signals": Check.UNKNOWN}, Outcome.RESOLVED, "low"),
        ({"alarms": Check.FAIL}, Outcome.ESCALATED, "critical"),
        ({"heartbeats": Check.UNKNOWN}, Outcome.ESCALATED, "critical"),
    ],
)
def test_a_verification_of_its_own_is_judged_closed_and_told(
    rig: Rig, results: dict[str, Check], outcome: Outcome, severity: str
) -> None:
    given = opened(rig, {})
    reply = judge(rig, given.run, given.scope, **results)
    assert (reply.escalated, reply.output.outcome) == (outcome is Outcome.ESCALATED, outcome)
    item = rig.item(given.run.incident_id)
    assert (item["outcome"], item["severity"]) == (str(outcome), severity)
    [(subject, _)] = rig.world.sent
    assert subject.startswith(f"[tradai local] {str(outcome).upper()} verify-trading (")
    assert "not proven: " in subject
    failing = [f"{line} {result.value}" for line, result in results.items() if outcome is Outcome.ESCALATED]
    assert all(one in subject for one in failing), "more than one mail of a night is told apart by its subject"
    assert item["cause"] == (f"checklist: {', '.join(results)}" if failing else "none found")
    report = rig.world.objects[f"incidents/{given.run.incident_id}/report.md"][0]
    assert "Incident documented in log" in report


def test_a_dry_verification_ends_as_one(rig: Rig) -> None:
    given = opened(rig, {"dry_run": True})
    assert judge(rig, given.run, given.scope, alarms=Check.FAIL).output.outcome is Outcome.DRY_RUN


def test_a_checklist_without_an_incident_is_our_fault(rig: Rig) -> None:
    with pytest.raises(Broken, match="no incident"):
        judge(rig, rig.run(), scope(rig))


def test_a_check_that_failed_itself_is_told_in_the_functions_own_words(rig: Rig) -> None:
    payload = json.dumps({"errorMessage": "throttled", "errorType": "Transient", "stackTrace": ["x"]})
    given = {"id": "alarms", "question": QUESTIONS["alarms"], "result": "unknown", "value": payload}
    item = {**given, "source": "the check itself failed", "at": rig.now.isoformat()}
    reply = rig.work(judge_checklist, run=rig.opened(), scope=scope(rig), items=[item])
    assert "alarms" in reply.output.not_proven
    assert [entry["value"] for entry in rig.item()["checklist"]] == ["throttled"]


# --- while nobody is to trade


def halt(rig: Rig, **more: Any) -> None:
    rig.world.put("guards", {"guard_id": "kill-switch", "engaged": True, **more})


def test_heartbeats_are_skipped_with_the_reason_while_the_kill_switch_is_engaged(rig: Rig) -> None:
    rig.strategy("s1", status="stopped", age=9999)
    halt(rig)
    told = "the kill switch is engaged: nobody is to trade, so no heartbeat is owed"
    assert check(rig, check_heartbeats) == (Check.SKIPPED, told, "run")
    assert check(rig, check_heartbeats, everybody=True)[0] is Check.SKIPPED


def test_a_strategy_that_trades_although_it_is_halted_owes_its_heartbeat(rig: Rig) -> None:
    rig.strategy("s1", age=500)
    halt(rig)
    assert check(rig, check_heartbeats)[0] is Check.FAIL


def test_nobody_trading_without_a_kill_switch_is_unknown_and_never_well(rig: Rig) -> None:
    rig.strategy("s1", status="stopped", age=9999)
    assert check(rig, check_heartbeats, everybody=True)[0] is Check.UNKNOWN
    rig.world.trouble["guards.kill_switch"] = Transient("throttled")
    halt(rig)
    assert check(rig, check_heartbeats, everybody=True)[0] is Check.UNKNOWN


def test_a_strategy_that_does_not_trade_by_its_status_owes_no_heartbeat(rig: Rig) -> None:
    rig.strategy("s1", status="terminated", age=9999)
    rig.strategy("s2", age=5)
    assert check(rig, check_heartbeats) == (Check.SKIPPED, "no heartbeat is owed: s1 is terminated", "run")


def test_a_silent_log_is_skipped_while_the_kill_switch_is_engaged(rig: Rig) -> None:
    halt(rig)
    told = "the kill switch is engaged, and the service writes no line"
    assert check(rig, check_logs) == (Check.SKIPPED, told, "run")


def test_a_log_is_read_no_further_back_than_is_paid_for(rig: Rig) -> None:
    logged(rig, "INFO s1 heartbeat written")
    of = scope(rig).model_copy(update={"since": rig.now - timedelta(days=3)})
    item: ChecklistItem = rig.work(check_logs, run=rig.run(), scope=of)
    assert item.value == "since 21:00:00: no error pattern"
    assert "since" not in item.query
    assert f"{rig.now - timedelta(seconds=21_600):%Y-%m-%d %H:%M:%S}" in item.query


# --- who looks


def test_a_detector_that_publishes_nothing_fails_the_alarms(rig: Rig) -> None:
    alarm(rig, ALARM, "OK")
    alarm(rig, STUCK, "OK")
    rig.world.published.discard(STUCK)
    told = f"no point of the metric that it lives on, so nobody looks: {STUCK}"
    assert check(rig, check_alarms) == (Check.FAIL, told, "run")


@pytest.mark.parametrize("way", ["no alarm", "unread"])
def test_a_metric_that_cannot_be_read_is_unknown(rig: Rig, way: str) -> None:
    alarm(rig, ALARM, "OK")
    rig.world.published.discard(STUCK)
    if way == "unread":
        rig.world.trouble["alarms.newest"] = Transient("throttled")
    result, value, _ = check(rig, check_alarms)
    assert (result, value.partition(":")[0]) == (Check.UNKNOWN, "not known whether anybody looks")


def test_the_platforms_alarm_need_not_show_points_where_missing_ones_raise_it(rig: Rig) -> None:
    rig.world.published.discard(ALARM)
    rig.world.alarms[ALARM] = AlarmFact(ALARM, "OK", treat_missing_data="breaching")
    assert check(rig, check_alarms)[0] is Check.PASS
    rig.world.alarms[ALARM] = AlarmFact(ALARM, "OK", treat_missing_data="notBreaching")
    assert check(rig, check_alarms)[0] is Check.FAIL


def test_the_heartbeat_alarm_concerns_others_where_only_others_are_stale(rig: Rig) -> None:
    rig.strategy("s1", age=5)
    rig.strategy("s2", age=500)
    alarm(rig, ALARM, "ALARM")
    assert check(rig, check_alarms)[2] == "others"
    rig.strategy("s1", age=500)
    assert check(rig, check_alarms)[2] == "run"


def test_an_alarm_is_before_the_run_or_the_one_that_it_cured(rig: Rig) -> None:
    alarm(rig, ALARM, "OK")
    of = scope(rig).model_copy(update={"opened_at": rig.now, "runbook": "stuck-position"})
    rig.world.alarms["tradai-local-x"] = AlarmFact("tradai-local-x", "ALARM", since=rig.now - timedelta(hours=1))
    assert check(rig, check_alarms, scope=of) == (Check.FAIL, "in ALARM: tradai-local-x", "before")
    del rig.world.alarms["tradai-local-x"]
    alarm(rig, STUCK, "ALARM")
    told = f"in ALARM until its detector looks again: {STUCK}"
    assert check(rig, check_alarms, scope=of) == (Check.UNKNOWN, told, "others")
    rig.world.alarms.clear()
    alarm(rig, ALARM, "OK")
    alarm(rig, ORDERS, "ALARM")
    assert check(rig, check_alarms, scope=of)[0] is Check.FAIL
    of = of.model_copy(update={"runbook": "order-failures"})
    told = f"in ALARM until its detector looks again: {ORDERS}"
    assert check(rig, check_alarms, scope=of) == (Check.UNKNOWN, told, "others")


def test_the_alarm_on_failing_orders_is_no_trouble_of_its_own_while_its_own_run_is_at_work(rig: Rig) -> None:
    alarm(rig, ALARM, "OK")
    alarm(rig, ORDERS, "ALARM")
    of = scope(rig).model_copy(update={"opened_at": rig.now, "runbook": "stuck-position"})
    assert check(rig, check_alarms, scope=of)[0] is Check.FAIL
    lock = {"owner": "e", "incident_id": "inc-2", "taken_at": rig.now.isoformat(), "act_until": rig.now.isoformat()}
    rig.world.put("guards", {**lock, "guard_id": orders_guard(rig.settings.platform.service)})
    told = f"in ALARM until its detector looks again: {ORDERS}"
    assert check(rig, check_alarms, scope=of) == (Check.UNKNOWN, told, "others")
    rig.world.trouble["guards.held"] = Transient("throttled")
    assert check(rig, check_alarms, scope=of)[0] is Check.FAIL


def test_the_alarm_on_stuck_positions_is_cured_by_a_run_that_has_handed_them_to_stuck_position(rig: Rig) -> None:
    alarm(rig, ALARM, "OK")
    alarm(rig, STUCK, "ALARM")
    of = scope(rig).model_copy(update={"opened_at": rig.now, "runbook": "order-failures"})
    assert check(rig, check_alarms, scope=of)[0] is Check.FAIL
    of = of.model_copy(update={"position_ids": ("p1",)})
    told = f"in ALARM until its detector looks again: {STUCK}"
    assert check(rig, check_alarms, scope=of) == (Check.UNKNOWN, told, "others")


# --- what is not the run's business


def beside(rig: Rig, **more: Any) -> ChecklistItem:
    given = {"concerns": "others", "about": ("s2",), **more}
    return answer("heartbeats", Check.FAIL, "1 stale: s2", "table", rig.now, **given)


def with_beside(rig: Rig, run: Run, of: Scope, item: ChecklistItem) -> judge_checklist.Response:
    every = [item if one.id == item.id else one for one in items(rig)]
    reply: judge_checklist.Response = rig.work(judge_checklist, run=run, scope=of, items=every)
    return reply


def test_what_concerns_others_becomes_an_incident_of_its_own_once_and_is_told_once(rig: Rig) -> None:
    run = rig.opened()
    first = with_beside(rig, run, scope(rig), beside(rig))
    rig.world.advance(minutes=5)
    with_beside(rig, run, scope(rig), beside(rig))
    assert first.output.outcome is Outcome.RESOLVED
    [stored] = [entry for entry in rig.item()["checklist"] if entry["id"] == "heartbeats"]
    own = rig.item(stored["incident_id"])
    assert stored["value"].endswith(f"; an incident of its own: {stored['incident_id']}")
    assert (own["runbook"], own["strategy_ids"], own["seen_by"]) == ("verify-trading", ["s2"], INCIDENT)
    assert "closed_at" not in own
    assert own["outcome"] == "escalated"
    [(subject, body)] = rig.world.sent
    assert subject.startswith("[tradai local] ESCALATED verify-trading")
    assert INCIDENT in body
    assert f"until somebody has seen to it and says so by `runbooks incidents ack {stored['incident_id']}" in body
    assert len(rig.world.tables["incidents"]) == 2
    assert rig.world.announced == [stored["incident_id"]], "it has no execution whose end would have it reported"


def seen_again(rig: Rig, run: Run, **more: Any) -> str:
    """The incident that the line names now."""
    with_beside(rig, run, scope(rig), beside(rig, **more))
    [stored] = [entry for entry in rig.item()["checklist"] if entry["id"] == "heartbeats"]
    return str(stored["incident_id"])


def test_what_comes_again_after_a_person_has_ended_its_incident_is_told_again(rig: Rig) -> None:
    run = rig.opened()
    began = rig.now - timedelta(minutes=3)
    first = seen_again(rig, run, began_at=began)
    rig.world.advance(minutes=5)
    twins(rig.world).incidents.acknowledge(first, by="ana", at=rig.now)
    assert seen_again(rig, run, began_at=began) == first, "it is still the trouble that ana has seen"
    rig.world.advance(minutes=5)
    second = seen_again(rig, run, began_at=rig.now)
    assert second != first
    assert seen_again(rig, run, began_at=rig.now) == second
    assert len(rig.world.sent) == 2
    # Where nobody knows since when, it is new.
    twins(rig.world).incidents.acknowledge(second, by="ana", at=rig.now)
    assert seen_again(rig, run) not in (first, second)


def test_one_that_another_run_has_just_opened_is_left_to_it_unless_it_died(rig: Rig) -> None:
    rig.opened()
    other = rig.run(incident_id="inc-other", execution_arn=f"{EXECUTION}-other")
    rig.incident(other)
    rig.world.trouble["incidents.note"] = Transient("throttled")
    # It is opened, and its opener gets no further.
    with pytest.raises(Transient):
        with_beside(rig, other, scope(rig), beside(rig))
    del rig.world.trouble["incidents.note"]
    own = seen_again(rig, rig.run())
    assert rig.world.sent == []
    rig.world.advance(minutes=3)
    assert seen_again(rig, rig.run()) == own
    assert len(rig.world.sent) == 1


def test_one_that_a_second_run_of_the_same_incident_has_just_opened_is_left_to_it(rig: Rig) -> None:
    run = rig.opened()
    twin = rig.run(execution_arn=f"{EXECUTION}-twin")
    rig.world.trouble["notifier.publish"] = Transient("no answer yet")
    # It is opened, and its opener is still at the telling.
    own = seen_again(rig, twin)
    del rig.world.trouble["notifier.publish"]
    assert seen_again(rig, run) == own
    assert rig.world.sent == []
    # The opener's next try finds that it was its own, and tells.
    assert seen_again(rig, twin) == own
    assert seen_again(rig, run) == own
    assert len(rig.world.sent) == 1


def test_what_the_log_says_of_others_is_one_incident_whatever_its_words(rig: Rig) -> None:
    for name in ("s1", "s2"):
        rig.strategy(name, age=5)
    run, found = rig.opened(), []
    for line in ("ERROR s2 HTTP 429 Too Many Requests", "ERROR s2 request timed out", "ERROR s2 order 7 refused"):
        logged(rig, line)
        item: ChecklistItem = rig.work(check_logs, run=run, scope=scope(rig))
        assert (item.concerns, item.about) == ("others", ("s2",))
        rig.work(judge_checklist, run=run, scope=scope(rig), items=[item])
        [stored] = rig.item()["checklist"]
        found.append(stored["incident_id"])
    assert len(set(found)) == 1
    assert rig.item(found[0])["strategy_ids"] == ["s2"]
    assert len(rig.world.sent) == 1


def test_other_trouble_is_another_incident(rig: Rig) -> None:
    run = rig.opened()
    with_beside(rig, run, scope(rig), beside(rig))
    with_beside(rig, run, scope(rig), beside(rig, about=("s2", "s3")))
    assert len(rig.world.tables["incidents"]) == 3


def test_a_rehearsal_opens_no_incident_of_others(rig: Rig) -> None:
    with_beside(rig, rig.opened(dry_run=True), scope(rig), beside(rig))
    assert len(rig.world.tables["incidents"]) == 1


def test_an_incident_that_cannot_be_opened_is_named_and_ends_no_run(rig: Rig) -> None:
    run = rig.opened()
    rig.world.trouble["incidents.open"] = Transient("throttled")
    with_beside(rig, run, scope(rig), beside(rig))
    [stored] = [entry for entry in rig.item()["checklist"] if entry["id"] == "heartbeats"]
    assert stored["value"].endswith("; its own incident could not be opened: throttled")
