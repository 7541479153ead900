"""Every law is shown to fail once, on a result that was forged for it; and none fails on one that is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.platform import Mail
from tests.sweep import laws
from tests.sweep.laws.acts import LARGER
from tests.sweep.laws.proof import LINES
from tests.sweep.seen import Execution, Seen

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RUN, CHILD = "arn:aws:states:x:y:execution:m:run-1", "arn:aws:states:x:y:execution:m:child-1"


ACTS: list[dict[str, str]] = [
    {"action": "stop the strategy", "target": "sol", "result": "done"},
    {"action": "start the strategy", "target": "sol", "result": "done"},
]
OUTPUT: dict[str, Any] = {
    "outcome": "resolved",
    "incident_id": "inc-1",
    "summary": "sol was restarted",
    "actions": ACTS,
    "actions_total": 2,
    "not_proven": [],
    "report_url": "https://s3.console.aws.amazon.com/report",
}
CHECKLIST = [{"id": line, "result": "pass"} for line in sorted(LINES)]


def run(**changes: Any) -> Execution:
    given: dict[str, Any] = {"status": "SUCCEEDED", "error": None, "output": OUTPUT, **changes}
    return Execution("stale-heartbeat", RUN, cause="", states=(), child=False, hits=0, **given)


def message(outcome: str, text: str = "Incident: inc-1\n") -> Mail:
    return Mail(f"[tradai local] {outcome.upper()} stale-heartbeat", text, "now")


def act(action: str, target: str, result: str = "done") -> dict[str, str]:
    return {"action": action, "target": target, "result": result}


def incident(**changes: Any) -> Mapping[str, Any]:
    found = {"execution_arn": RUN, "incident_id": "inc-1", "runbook": "stale-heartbeat", "outcome": "resolved"}
    return {**found, "closed_at": "now", "notified_at": "now", "actions": ACTS, "checklist": CHECKLIST, **changes}


WELL = Seen(
    main=RUN,
    now=NOW,
    executions=(run(), replace(run(), machine="restart-strategies", arn=CHILD, child=True)),
    incidents=(incident(),),
    mails=(message("resolved"),),
    guards=({"guard_id": "service/s", "owner": RUN, "act_until": NOW.isoformat()},),
    approvals=(),
    statuses={"sol": "running"},
    configs={"sol": {"limit_offset_bps": Decimal(10)}},
    positions=(),
    stale=(),
    desired=1,
    copies_started=0,
    two_copies=0,
    harm=(),
    interruptions={"sol": 1},
    sent=(),
    closed={},
    held={},
)


def of(machine: str, **changes: Any) -> Seen:
    """The same of another runbook."""
    return replace(WELL, executions=(replace(run(), machine=machine),), **changes)


def beside(status: str, **changes: Any) -> Seen:
    """A verification that a stop started and does not wait for."""
    other = replace(run(), machine="verify-trading", arn=CHILD, parent=RUN, status=status)
    return replace(WELL, executions=(run(), other), **changes)


def with_incident(**changes: Any) -> Seen:
    return replace(WELL, incidents=(incident(**changes),))


def ended(outcome: str, **changes: Any) -> Seen:
    return replace(
        with_incident(outcome=outcome), executions=(run(output={}, **changes),), mails=(message(outcome),)
    )


def given_back(**changes: Any) -> Seen:
    return replace(WELL, executions=(run(output={**OUTPUT, **changes}),))


def checked(name: str, result: str, **changes: Any) -> Seen:
    lines = [{**line, "result": result} if line["id"] == name else line for line in CHECKLIST]
    return with_incident(checklist=lines, **changes)


def guarded(**changes: Any) -> Seen:
    return replace(WELL, guards=({**WELL.guards[0], **changes},))


QUESTION = {"approval_id": "a", "standing": "pending", "execution_arn": RUN, "question": {"title": "close it?"}}
CLOSED = {"position_id": "p", "status": "closed", "symbol": "BTC/USDT:USDT", "amount": Decimal("0.010")}
HELD = {"BTCUSDT": Decimal("0.010")}
HALTED = {"guard_id": "kill-switch", "engaged": True}
FORGED: list[tuple[laws.Law, Seen, str]] = [
    (laws.every_execution_has_ended, replace(WELL, executions=(run(status="RUNNING"),)), "still runs"),
    (laws.every_run_ends_in_an_outcome, replace(WELL, executions=(run(output={"outcome": "fine"}),)), "'fine'"),
    (laws.every_run_ends_in_an_outcome, with_incident(outcome="escalated"), "its incident says escalated"),
    (laws.every_run_ends_in_an_outcome, ended("resolved", status="FAILED", error="Escalated"), "says resolved"),
    (laws.every_run_ends_in_an_outcome, ended("None", status="FAILED", error="States.Runtime"), "says None"),
    (laws.every_run_ends_in_an_outcome, ended("failed", status="ABORTED"), "ABORTED"),
    (laws.every_run_leaves_an_incident_and_a_notification, replace(WELL, incidents=()), "no incident"),
    (laws.every_run_leaves_an_incident_and_a_notification, replace(WELL, mails=()), "no message says"),
    (
        laws.every_run_leaves_an_incident_and_a_notification,
        replace(WELL, mails=(Mail("[tradai local] Decision wanted", "Incident: inc-1\n", "now"),)),
        "no message says that it ended as resolved",
    ),
    (
        laws.every_run_leaves_an_incident_and_a_notification,
        replace(WELL, mails=(message("resolved"),) * 4),
        "4 messages",
    ),
    (
        laws.every_run_leaves_an_incident_and_a_notification,
        replace(WELL, incidents=(incident(), incident(incident_id="inc-2"))),
        "2 incidents",
    ),
    (
        laws.every_output_is_whole,
        replace(WELL, executions=(run(output={"outcome": "resolved"}),)),
        "has no actions",
    ),
    (laws.every_output_is_whole, given_back(incident_id="inc-9"), "is another"),
    (laws.every_output_is_whole, given_back(summary=""), "no summary"),
    (laws.every_output_is_whole, given_back(actions_total=3), "has 3 acts, its incident 2"),
    (laws.every_output_is_whole, given_back(actions=[]), "has 2 acts"),
    (laws.every_output_is_whole, given_back(report_url="https://s3/?X-Amz-Signature=1"), "presigned"),
    (laws.what_runs_beside_is_not_lost, beside("FAILED"), "no message names it"),
    (
        laws.every_run_ends_in_an_outcome,
        ended("resolved", status="FAILED", error="States.Runtime"),
        "says resolved",
    ),
    (laws.every_run_ends_in_an_outcome, ended("resolved", status="ABORTED"), "says resolved"),
    (
        laws.every_run_leaves_an_incident_and_a_notification,
        replace(ended("escalated", status="FAILED", error="Escalated"), incidents=(incident(notified_at=None),)),
        "never told",
    ),
    (laws.a_closed_run_has_closed_its_incident, with_incident(closed_at=None), "is open"),
    (laws.every_guard_can_be_taken_over, guarded(owner="arn:nobody"), "no execution of this run"),
    (laws.every_guard_can_be_taken_over, replace(WELL, executions=(run(status="RUNNING"),)), "goes on"),
    (
        laws.every_guard_can_be_taken_over,
        guarded(act_until=(NOW + timedelta(days=1)).isoformat()),
        "cannot be taken over",
    ),
    (laws.nothing_is_asked_for_a_run_that_is_over, replace(WELL, approvals=(QUESTION,)), "still takes answers"),
    (
        laws.nothing_is_done_twice,
        with_incident(actions=[act("stop the strategy", "sol")] * 2),
        "done 2 times",
    ),
    (laws.nothing_is_done_twice, replace(WELL, copies_started=1), "started 1 times, by 0 acts"),
    (
        laws.nothing_is_done_twice,
        replace(with_incident(actions=[act("redeploy the service", "s")]), copies_started=2),
        "started 2 times, by 1 acts",
    ),
    (
        laws.nothing_is_done_twice,
        replace(WELL, incidents=tuple(incident(actions=[act("redeploy the service", "s")]) for _ in range(2))),
        "2 runs redeployed",
    ),
    (laws.nothing_is_done_twice, replace(WELL, interruptions={"sol": 2}), "interrupted 2 times"),
    (
        laws.nothing_is_done_twice,
        replace(WELL, closed={"BTCUSDT": Decimal("0.020")}, positions=(CLOSED,)),
        "0.020 of 0.010",
    ),
    (laws.no_two_copies_trade, replace(WELL, two_copies=1), "two copies"),
    (laws.no_two_copies_trade, replace(WELL, harm=("restart",)), "made it worse"),
    (laws.nothing_stays_unprotected_in_silence, replace(WELL, held=HELD), "nobody says so"),
    (
        laws.nothing_stays_unprotected_in_silence,
        replace(WELL, held=HELD, stops={"BTCUSDT": Decimal("0.005")}),
        "0.005 of them protected",
    ),
    (laws.resolved_is_checked, checked("orders", "fail"), "fails: orders"),
    (
        laws.resolved_is_checked,
        checked("heartbeats", "unknown", not_proven=["heartbeats"]),
        "heartbeats is unknown",
    ),
    (laws.resolved_is_checked, checked("positions", "skipped", not_proven=["positions"]), "positions is skipped"),
    (laws.resolved_is_checked, checked("orders", "unknown"), "not told as not proven"),
    (laws.resolved_is_checked, with_incident(checklist=[]), "has no alarms"),
    (laws.resolved_is_proven, replace(of("verify-trading"), stale=("sol",)), "stale: sol"),
    (laws.resolved_is_proven, replace(WELL, stale=("sol",)), "stale: sol"),
    (laws.resolved_is_proven, of("stuck-position", positions=(CLOSED,), held=HELD), "are open at the venue"),
    (laws.resolved_is_proven, of("stuck-position", positions=({**CLOSED, "status": "open"},)), "p is open"),
    (laws.resolved_is_proven, of("emergency-stop", guards=(HALTED,), desired=0), "sol is running"),
    (laws.resolved_is_proven, of("emergency-stop", guards=(HALTED,), statuses={}), "1 tasks are wanted"),
    (laws.resolved_is_proven, of("emergency-stop", statuses={}, desired=0), "not engaged"),
    (laws.resolved_is_proven, of("resume-trading", guards=(HALTED,)), "not as it was wanted"),
    (laws.resolved_is_proven, of("resume-trading", statuses={"sol": "warmup"}), "sol is warmup"),
    (laws.resolved_is_proven, of("resume-trading", desired=0), "no task"),
    (
        laws.what_is_said_to_be_done_is_done,
        with_incident(actions=[act("redeploy the service", "s")]),
        "no copy was started",
    ),
    (
        laws.what_is_said_to_be_done_is_done,
        replace(with_incident(actions=[act("stop the strategy", "sol")]), interruptions={}),
        "never interrupted",
    ),
    (
        laws.what_is_said_to_be_done_is_done,
        with_incident(actions=[act("engage", "kill switch")]),
        "engaged, and is not",
    ),
    (
        laws.what_is_said_to_be_done_is_done,
        replace(with_incident(actions=[act("engage", "kill switch")]), guards=({**HALTED, "engaged": False},)),
        "engaged, and is not",
    ),
    (laws.what_is_said_to_be_done_is_done, replace(WELL, statuses={"sol": "stopped"}), "started, and is stopped"),
    (
        laws.what_is_said_to_be_done_is_done,
        with_incident(actions=[act("stop strategy", "sol")]),
        "stopped, and is running",
    ),
    (laws.what_is_said_to_be_done_is_done, with_incident(actions=[act("scale to 0", "s")]), "1 tasks are wanted"),
    (
        laws.what_is_said_to_be_done_is_done,
        with_incident(actions=[act("limit_offset_bps 5 to 20", "sol")]),
        "it is 10",
    ),
    (laws.what_is_said_to_be_done_is_done, with_incident(actions=[act("close BTC", "o-1")]), "was never sent"),
    (laws.what_is_done_is_told, replace(WELL, sent=("o-1",)), "no act names it"),
    (laws.what_is_done_is_told, replace(WELL, copies_started=1), "no redeploy is told"),
    (
        laws.what_is_done_is_told,
        with_incident(actions=[act("stop the strategy", "sol", "not_done")]),
        "no act says so",
    ),
    (
        laws.what_is_done_is_told,
        of("emergency-stop", incidents=(incident(actions=[]),), statuses={"sol": "stopped"}),
        "sol was stopped, and no act says so",
    ),
    (laws.no_token_is_told, with_incident(evidence=["taskToken: AQC"]), "token"),
    (laws.no_token_is_told, replace(with_incident(evidence=["AQC-1"]), tokens=("AQC-1",)), "token"),
]


def test_a_result_that_is_well_breaks_no_law() -> None:
    assert laws.broken_laws(WELL) == []


@pytest.mark.parametrize(("law", "seen", "words"), FORGED, ids=lambda one: getattr(one, "__name__", ""))
def test_a_law_tells_what_is_wrong(law: laws.Law, seen: Seen, words: str) -> None:
    assert any(words in said for said in law(seen)), list(law(seen))


def test_every_law_was_seen_to_fail() -> None:
    assert {law for law, _, _ in FORGED} == set(laws.LAWS)


def test_what_was_undone_may_be_done_again() -> None:
    acts = [act(action, "sol") for action in (laws.PAUSE, laws.RESUME, laws.PAUSE)]
    assert list(laws.nothing_is_done_twice(with_incident(actions=acts))) == []
    assert list(laws.nothing_is_done_twice(with_incident(actions=[*acts, *acts[:1], *acts[:1]])))


def test_what_was_stopped_by_hand_is_recorded_by_the_closer() -> None:
    assert laws.broken_laws(ended("aborted", status="ABORTED")) == []


def test_what_runs_beside_another_run_may_end_well_or_be_told() -> None:
    assert laws.broken_laws(beside("SUCCEEDED")) == []
    assert laws.broken_laws(beside("FAILED", mails=(message("resolved"), message("failed", CHILD)))) == []


def test_who_was_stopped_while_writing_its_own_end_may_have_written_it() -> None:
    assert laws.broken_laws(ended("escalated", status="ABORTED")) != []
    stopped = replace(ended("escalated", status="ABORTED"))
    [one] = stopped.executions
    assert laws.broken_laws(replace(stopped, executions=(replace(one, states=("Conclude",)),))) == []


def test_a_position_that_is_told_as_unprotected_breaks_no_law() -> None:
    told = with_incident(evidence=["0.010 BTC are held without protection"])
    assert laws.broken_laws(replace(told, held=HELD)) == []
    assert laws.broken_laws(replace(WELL, held=HELD, stops=HELD)) == []


def test_a_redeploy_with_more_memory_comes_after_one_as_it_was() -> None:
    acts = [act("redeploy the service", "s"), act(LARGER, "s"), act("redeploy the service", "s")]
    seen = replace(with_incident(actions=acts), copies_started=2)
    assert list(laws.nothing_is_done_twice(seen)) == []


def test_who_was_stopped_owes_no_heartbeat() -> None:
    line = {"id": "heartbeats", "result": "skipped", "value": "no heartbeat is owed: sol is stopped"}
    lines = [*(one for one in CHECKLIST if one["id"] != "heartbeats"), line]
    assert list(laws.resolved_is_checked(with_incident(checklist=lines, not_proven=["heartbeats"]))) == []
    assert list(laws.resolved_is_checked(with_incident(checklist=lines)))
    assert list(laws.resolved_is_checked(checked("heartbeats", "skipped", not_proven=["heartbeats"])))


def test_a_stop_takes_a_copy_away_before_it_has_begun() -> None:
    acts = [act("redeploy the service", "s"), act("scale to 0", "s")]
    assert list(laws.what_is_said_to_be_done_is_done(replace(with_incident(actions=acts), desired=0))) == []


def test_what_a_run_has_seen_of_others_is_an_incident_besides_its_own() -> None:
    other = incident(incident_id="inc-2", seen_by="inc-1", outcome="escalated", checklist=[])
    assert laws.broken_laws(replace(WELL, incidents=(other, incident()))) == []


def test_a_mark_of_an_earlier_run_is_nobodys_lock() -> None:
    assert list(laws.every_guard_can_be_taken_over(guarded(guard_id="cured/orders/s", owner="arn:earlier"))) == []
