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
from tests.sweep.seen import Execution, Seen

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RUN, CHILD = "arn:aws:states:x:y:execution:m:run-1", "arn:aws:states:x:y:execution:m:child-1"


def run(**changes: Any) -> Execution:
    given: dict[str, Any] = {"status": "SUCCEEDED", "error": None, "output": {"outcome": "resolved"}, **changes}
    return Execution("stale-heartbeat", RUN, cause="", states=(), child=False, hits=0, **given)


def act(action: str, target: str, result: str = "done") -> dict[str, str]:
    return {"action": action, "target": target, "result": result}


def incident(**changes: Any) -> Mapping[str, Any]:
    done = [act("stop the strategy", "sol"), act("start the strategy", "sol")]
    found = {"execution_arn": RUN, "incident_id": "inc-1", "runbook": "stale-heartbeat", "outcome": "resolved"}
    return {**found, "closed_at": "now", "notified_at": "now", "actions": done, "checklist": [], **changes}


WELL = Seen(
    main=RUN,
    now=NOW,
    executions=(run(), replace(run(), machine="restart-strategies", arn=CHILD, child=True)),
    incidents=(incident(),),
    mails=(Mail("RESOLVED", "Incident: inc-1\n", "now"),),
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


def with_incident(**changes: Any) -> Seen:
    return replace(WELL, incidents=(incident(**changes),))


def ended(outcome: str, **changes: Any) -> Seen:
    return replace(with_incident(outcome=outcome), executions=(run(output={}, **changes),))


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
    (laws.every_run_leaves_an_incident_and_a_notification, replace(WELL, mails=()), "no notification"),
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
    (laws.nothing_is_done_twice, replace(WELL, copies_started=3), "started 3 times"),
    (laws.nothing_is_done_twice, replace(WELL, interruptions={"sol": 2}), "interrupted 2 times"),
    (
        laws.nothing_is_done_twice,
        replace(WELL, closed={"BTCUSDT": Decimal("0.020")}, positions=(CLOSED,)),
        "0.020 of 0.010",
    ),
    (laws.no_two_copies_trade, replace(WELL, two_copies=1), "two copies"),
    (laws.no_two_copies_trade, replace(WELL, harm=("restart",)), "made it worse"),
    (laws.resolved_is_proven, with_incident(checklist=[{"id": "orders", "result": "fail"}]), "fails: orders"),
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
        "never written",
    ),
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
    (laws.no_token_is_told, with_incident(evidence=["taskToken: AQC"]), "token"),
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
