"""A verification of its own begins to read the log at the last remedy of its strategies, and says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.adapters.memory.world import Line
from functions.contracts import Run
from functions.errors import Transient
from functions.facts import Check, ChecklistItem
from functions.tasks import check_logs, open_verification
from tests.tasks.rig import EXECUTION, INCIDENT, Rig

OWN = f"{EXECUTION}-verify"
STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"


def opened(rig: Rig, given: Any) -> open_verification.Response:
    reply: open_verification.Response = rig.work(
        open_verification, execution_arn=OWN, started_at=rig.now, input=given
    )
    return reply


def remedied(
    rig: Rig, *strategy_ids: str, incident: str = INCIDENT, outcome: str | None = "resolved", **fields: Any
) -> datetime:
    """A run that was verified three minutes after its cure and has ended now, five minutes after that."""
    ports = twins(rig.world)
    rig.incident(rig.run(incident_id=incident, opened_at=rig.now))
    cured = rig.now + timedelta(minutes=2)
    ports.incidents.note(incident, [], **{"cured_at": cured, **fields})
    rig.world.advance(minutes=5)
    opened(rig, {"incident_id": incident, "strategy_ids": list(strategy_ids), STARTED_BY: EXECUTION})
    rig.world.advance(minutes=5)
    if outcome:
        ports.incidents.close(incident, {"outcome": outcome, "closed_at": rig.now})
    return cured


def log(rig: Rig, at: datetime, message: str = "ERROR s1 the loop broke") -> None:
    rig.world.lines.append(Line(at, message))


def verified(rig: Rig, *strategy_ids: str) -> ChecklistItem:
    reply = opened(rig, {"strategy_ids": list(strategy_ids)} if strategy_ids else {})
    item: ChecklistItem = rig.work(check_logs, run=reply.run, scope=reply.scope)
    return item


@pytest.fixture
def cured(rig: Rig) -> datetime:
    rig.strategy("s1", age=5)
    rig.strategy("s2", age=5)
    return remedied(rig, "s1", "s2")


def test_errors_from_before_the_remedy_do_not_count_and_the_line_says_since_when_and_why(
    rig: Rig, cured: datetime
) -> None:
    log(rig, cured - timedelta(seconds=1))
    log(rig, cured + timedelta(seconds=1), "INFO s1 heartbeat written")
    for asked in ((), ("s1",), ("s1", "s2")):
        item = verified(rig, *asked)
        assert item.result is Check.PASS
        assert item.value == f"since the remedy of {INCIDENT} at {cured:%H:%M:%S}: no error pattern"


def test_errors_after_the_remedy_fail(rig: Rig, cured: datetime) -> None:
    log(rig, cured + timedelta(seconds=1))
    item = verified(rig)
    told = (
        f"since the remedy of {INCIDENT} at {cured:%H:%M:%S}: 1 x error_level (most often: 1 x 's1 the loop broke')"
    )
    assert (item.result, item.value) == (Check.FAIL, told)


def test_the_whole_window_counts_where_one_of_the_strategies_was_not_remedied(rig: Rig, cured: datetime) -> None:
    log(rig, cured - timedelta(seconds=1))
    log(rig, cured + timedelta(seconds=1), "INFO s1 heartbeat written")
    rig.strategy("s3", age=5)
    assert verified(rig).result is Check.FAIL
    assert verified(rig, "s1", "s3").result is Check.FAIL
    assert verified(rig, "s2").result is Check.PASS


def test_a_strategy_that_does_not_trade_writes_no_lines_and_keeps_no_window(rig: Rig, cured: datetime) -> None:
    log(rig, cured - timedelta(seconds=1))
    log(rig, cured + timedelta(seconds=1), "INFO s1 heartbeat written")
    rig.strategy("s3", status="terminated")
    assert verified(rig).result is Check.PASS
    rig.strategy("s4", status="puzzled")
    assert verified(rig).result is Check.FAIL


@pytest.mark.parametrize("outcome", ["escalated", "nothing_to_do", "aborted", "left_open", None])
def test_a_run_that_did_not_resolve_is_no_remedy(rig: Rig, outcome: str | None) -> None:
    rig.strategy("s1", age=5)
    cured = remedied(rig, "s1", outcome=outcome)
    log(rig, cured - timedelta(seconds=1))
    assert verified(rig).result is Check.FAIL


def test_a_rehearsal_is_no_remedy(rig: Rig) -> None:
    rig.strategy("s1", age=5)
    cured = remedied(rig, "s1", dry_run=True)
    assert not rig.world.item("guards", "remedy/s1")
    log(rig, cured - timedelta(seconds=1))
    assert verified(rig).result is Check.FAIL


def test_the_remedy_before_counts_where_the_last_run_did_not_resolve(rig: Rig, cured: datetime) -> None:
    log(rig, cured - timedelta(seconds=1))
    log(rig, cured + timedelta(seconds=1), "INFO s1 heartbeat written")
    ports = twins(rig.world)
    rig.incident(rig.run(incident_id="inc-later"))
    ports.guards.remember_remedy(["s1"], incident_id="inc-later", now=rig.now)
    ports.incidents.close("inc-later", {"outcome": "escalated", "closed_at": rig.now})
    assert INCIDENT in verified(rig, "s1").value


def test_a_remedy_longer_ago_than_the_window_changes_nothing(rig: Rig, cured: datetime) -> None:
    rig.world.advance(minutes=10)
    log(rig, rig.now - timedelta(seconds=60), "INFO s1 heartbeat written")
    since = rig.now - timedelta(seconds=900)
    assert since > cured
    assert verified(rig).value == f"since {since:%H:%M:%S}: no error pattern"


@pytest.mark.parametrize("port", ["guards.remedies", "incidents.get"])
def test_what_cannot_be_read_of_remedies_leaves_the_whole_window(rig: Rig, cured: datetime, port: str) -> None:
    log(rig, cured - timedelta(seconds=1))
    rig.world.trouble[port] = Transient("throttled")
    reply = opened(rig, {})
    assert (reply.scope.since_what, reply.scope.since) == (None, rig.now - timedelta(seconds=900))


def test_a_remedy_that_cannot_be_remembered_ends_no_run(rig: Rig) -> None:
    rig.strategy("s1", age=5)
    rig.world.trouble["guards.remember_remedy"] = Transient("throttled")
    cured = remedied(rig, "s1")
    assert opened(rig, {}).scope.since < cured


def test_a_run_that_names_nobody_is_remembered_for_those_of_its_incident(rig: Rig) -> None:
    run: Run = rig.run(runbook="emergency-stop", strategy_id="s1")
    rig.incident(run)
    twins(rig.world).incidents.note(INCIDENT, [], strategy_ids=["s1"])
    opened(rig, {"incident_id": INCIDENT, STARTED_BY: EXECUTION})
    assert twins(rig.world).guards.remedies(["s1", "s2"]) == {"s1": (INCIDENT,), "s2": ()}


def test_a_child_says_since_what_it_reads(rig: Rig) -> None:
    rig.strategy("s1", age=5)
    run = rig.opened()
    given = {"incident_id": INCIDENT, "strategy_ids": ["s1"], STARTED_BY: EXECUTION}
    assert opened(rig, given).scope.since_what == f"the beginning of {INCIDENT}"
    twins(rig.world).incidents.note(INCIDENT, [], cured_at=run.opened_at)
    assert opened(rig, given).scope.since_what == f"the remedy of {INCIDENT}"


def test_more_strategies_than_can_be_asked_keep_the_whole_window(rig: Rig) -> None:
    names = [f"s{n:03}" for n in range(201)]
    for name in names:
        rig.strategy(name, age=5)
    remedied(rig, *names[:200])
    assert opened(rig, {}).scope.since_what is None
    assert opened(rig, {"strategy_ids": names[:200]}).scope.since_what == f"the remedy of {INCIDENT}"
