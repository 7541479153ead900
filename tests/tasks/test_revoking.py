"""What a run asked ends with it: an old link decides nothing, and people are told that nobody answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions import revoking
from functions.adapters.memory import twins
from functions.approvals import Approval, Delivery, Standing
from functions.errors import Transient
from functions.ports import Ports
from tests.adapters.asked import approval, decided
from tests.tasks.rig import EXECUTION, INCIDENT, Rig
from tests.tasks.test_closer import close


def ask(rig: Rig, number: int = 1, **changes: Any) -> Approval:
    request = approval(number, **{"incident_id": INCIDENT, "execution_arn": EXECUTION, **changes})
    assert twins(rig.world).approvals.ask(request, "token")
    return request


def now(rig: Rig, request: Approval) -> Approval:
    stands = twins(rig.world).approvals.get(request.approval_id)
    assert stands is not None
    return stands


def told(rig: Rig) -> str:
    [(_, text)] = rig.world.sent
    return text


NOBODY = "- nobody answered 'Raise the memory of the service?': withdrawn, its links decide nothing now\n"


def test_a_question_of_a_stopped_run_is_withdrawn_recorded_and_told(rig: Rig) -> None:
    rig.opened()
    request = ask(rig)
    close(rig)
    after = now(rig, request)
    assert (after.standing, after.delivery, after.open) == (Standing.REVOKED, Delivery.NONE, False)
    (record,) = rig.item()["approvals"]
    assert (record["approval_id"], record["standing"]) == (request.approval_id, "revoked")
    assert NOBODY in told(rig)
    assert rig.world.callbacks == {}


def test_a_question_of_a_child_of_the_run_is_withdrawn_too(rig: Rig) -> None:
    rig.opened()
    request = ask(rig, execution_arn=EXECUTION.replace("stale-heartbeat", "raise-memory"))
    close(rig)
    assert now(rig, request).standing is Standing.REVOKED


def test_what_another_run_asked_goes_on(rig: Rig) -> None:
    rig.opened()
    other = ask(rig, incident_id="inc-another")
    close(rig)
    assert now(rig, other) == other
    assert "nobody answered" not in told(rig)


def test_a_decision_that_is_on_its_way_is_left_to_the_sweeper(rig: Rig) -> None:
    rig.opened()
    answered = decided(ask(rig))
    assert twins(rig.world).approvals.change(answered)
    close(rig)
    assert now(rig, answered) == answered


def test_a_run_that_ended_itself_keeps_what_it_asked(rig: Rig) -> None:
    """Its waiting state is gone: the sweeper sees that within a minute."""
    rig.opened()
    request = ask(rig)
    twins(rig.world).incidents.close(INCIDENT, {"outcome": "escalated"})
    twins(rig.world).incidents.note(INCIDENT, [], notified_at=rig.now)
    assert not close(rig, "FAILED").closed
    assert now(rig, request) == request


def test_a_run_is_closed_also_where_its_questions_cannot_be_read(rig: Rig) -> None:
    rig.opened()
    ask(rig)
    rig.world.trouble["approvals.open"] = Transient("throttled")
    assert close(rig).closed
    assert "- whether a question of the run still takes answers (Transient: throttled)\n" in told(rig)
    assert rig.item()["outcome"] == "aborted"


def test_an_event_that_is_delivered_again_still_tells_what_was_withdrawn(rig: Rig) -> None:
    rig.opened()
    ask(rig)
    rig.world.trouble["notifier.publish"] = Transient("no topic")
    with pytest.raises(Transient):
        close(rig)
    rig.world.trouble.clear()
    close(rig)
    assert NOBODY in told(rig)


class Racing:
    """Somebody writes between reading and writing, `times` times."""

    def __init__(self, ports: Ports, times: int, **theirs: Any) -> None:
        self._approvals, self._times, self._theirs = ports.approvals, times, theirs

    def __getattr__(self, method: str) -> Any:
        return getattr(self._approvals, method)

    def change(self, changed: Approval) -> bool:
        if self._times:
            self._times -= 1
            before = self._approvals.get(changed.approval_id)
            assert before is not None
            assert self._approvals.change(replace(before, version=before.version + 1, **self._theirs))
        return self._approvals.change(changed)


def test_a_question_that_changes_meanwhile_is_withdrawn_all_the_same(rig: Rig) -> None:
    rig.opened()
    request, ports = ask(rig), twins(rig.world)
    raced: Any = Racing(ports, 3, rungs_sent=2)
    titles, trouble = revoking.withdraw(replace(ports, approvals=raced), INCIDENT)
    assert (list(titles), trouble) == ([request.approval_id], None)
    assert (now(rig, request).standing, now(rig, request).rungs_sent) == (Standing.REVOKED, 2)


def test_a_decision_that_came_first_stands(rig: Rig) -> None:
    rig.opened()
    request, ports = ask(rig), twins(rig.world)
    raced: Any = Racing(ports, 1, standing=Standing.DECIDED, delivery=Delivery.DUE)
    assert revoking.withdraw(replace(ports, approvals=raced), INCIDENT) == ({}, None)
    assert now(rig, request).standing is Standing.DECIDED


def test_a_question_that_never_stands_still_is_left_to_the_sweeper(rig: Rig) -> None:
    rig.opened()
    ask(rig)
    ports = twins(rig.world)
    raced: Any = Racing(ports, 99, rungs_sent=1)
    titles, trouble = revoking.withdraw(replace(ports, approvals=raced), INCIDENT)
    assert titles == {}
    assert trouble == "Transient: a question changes faster than it can be withdrawn"
