"""The end of a run in which a person was asked, as the incident, the guard and the watcher have it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions import left
from functions.adapters.memory import twins
from functions.contracts import Answer
from functions.errors import Transient
from functions.facts import Check, Outcome, Result
from functions.rules.pieces import AfterAsking
from functions.rules.plan import Remedy
from functions.stages import GroupResult, Remedied
from functions.tasks import conclude
from tests.tasks.rig import INCIDENT, SETTINGS, Rig, group
from tests.tasks.test_conclude import checklist, end, plan

ILL = dict.fromkeys(("heartbeats", "signals", "log_patterns", "alarms"), Check.FAIL)
ASKED = group(remedy=Remedy.RAISE_MEMORY, proposal="give it 3072 MiB")


def answer(rig: Rig, decision: str, **more: Any) -> Answer:
    given = {"approval_id": "apr-1", "decided_by": (), "decided_at": rig.now, "note": None, "until": None, **more}
    return Answer(decision=decision, why_alone=None, **given)


def ended(rig: Rig, ending: AfterAsking | None, said: Answer | None, **more: Any) -> conclude.Response:
    """A run whose one question got this answer; nothing was changed."""
    run = rig.opened()
    checklist(rig, **ILL)
    given: dict[str, Any] = {"result": None, "at": None, "why": "nothing was changed", "strategies": (), **more}
    outcome = GroupResult(group_id="g1", remedy="raise_memory", answer=said, ending=ending, **given)
    return end(
        rig, run, plan=plan(ASKED), remedies=[Remedied(group=ASKED, outcome=outcome, error=None)], proof=None,
        accounts={"kept": 0, "missing": [], "unknown": [], "ended": []},
    )  # fmt: skip


def test_a_no_closes_the_incident_as_declined_and_names_who_said_it(rig: Rig) -> None:
    rig.strategy("s1", age=3600)
    reply = ended(rig, AfterAsking.DECLINED, answer(rig, "reject", decided_by=("ana",), note="not tonight"))
    assert (reply.escalated, reply.output.outcome) == (False, Outcome.DECLINED)
    assert 'ana said no for s1 ("not tonight"); it stays open: give it 3072 MiB' in reply.output.summary
    assert rig.item()["closed_at"]
    assert rig.item()["outcome"] == "declined"


def test_after_a_no_nobody_is_asked_again_for_a_while(rig: Rig) -> None:
    rig.strategy("s1", age=3600)
    ended(rig, AfterAsking.DECLINED, answer(rig, "reject", decided_by=("ana",)))
    states = twins(rig.world).trading_state.all()
    assert left.left(twins(rig.world), states, rig.now) == ("s1",)
    later = rig.now + timedelta(seconds=SETTINGS.limits.declined_rests)
    assert left.left(twins(rig.world), states, later) == ()


def test_an_accepted_risk_ends_left_open_until_its_time(rig: Rig) -> None:
    rig.strategy("s1", age=3600)
    until = rig.now + timedelta(hours=2)
    reply = ended(rig, AfterAsking.LEFT_OPEN, answer(rig, "leave", decided_by=("ana",), until=until))
    assert (reply.escalated, reply.output.outcome) == (False, Outcome.LEFT_OPEN)
    assert rig.item()["left_open_until"] is not None
    states = twins(rig.world).trading_state.all()
    assert left.left(twins(rig.world), states, until - timedelta(seconds=1)) == ("s1",)
    assert left.left(twins(rig.world), states, until) == ()


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        ("lapsed", "nobody answered in time"),
        ("unreached", "nobody could be reached"),
        ("revoked", "the question was withdrawn"),
    ],
)
def test_a_question_without_an_answer_escalates_and_leaves_the_incident_open(
    rig: Rig, decision: str, why: str
) -> None:
    rig.strategy("s1", age=3600)
    reply = ended(rig, AfterAsking.UNANSWERED, answer(rig, decision))
    assert (reply.escalated, reply.output.outcome) == (True, Outcome.ESCALATED)
    assert f"{why}, so nothing was decided for s1: give it 3072 MiB" in reply.cause
    assert not rig.item().get("closed_at")
    assert rig.item()["outcome"] == "escalated"
    assert left.left(twins(rig.world), twins(rig.world).trading_state.all(), rig.now) == ()


def test_where_nobody_could_even_be_asked_the_reason_is_told(rig: Rig) -> None:
    reply = ended(rig, AfterAsking.UNANSWERED, None, why="nobody could be asked: desk fx has nobody")
    assert "nobody could be asked: desk fx has nobody, so nothing was decided for s1" in reply.cause


def test_a_redeploy_beside_a_question_that_could_not_be_put_is_told_apart(rig: Rig) -> None:
    reply = ended(rig, AfterAsking.UNANSWERED, None, result=Result.NOT_DONE, why="no new task came")
    assert "nobody could be asked, so nothing was decided for s1" in reply.cause
    assert "meanwhile, for s1: no new task came" in reply.cause


def test_a_question_that_was_not_put_escalates_and_closes_its_incident(rig: Rig) -> None:
    reply = ended(rig, None, None, result=Result.NOT_DONE, why="the budget is spent", tried=False)
    assert reply.escalated
    assert "the budget is spent" in reply.cause
    assert rig.item()["closed_at"]


def test_marks_that_cannot_be_written_end_the_run_all_the_same(rig: Rig) -> None:
    rig.strategy("s1", age=3600)
    rig.world.trouble["guards.take"] = Transient("throttled")
    reply = ended(rig, AfterAsking.DECLINED, answer(rig, "reject", decided_by=("ana",)))
    assert reply.output.outcome is Outcome.DECLINED
    assert rig.item(INCIDENT)["closed_at"]


def both(rig: Rig, *answers: tuple[AfterAsking, Answer | None]) -> conclude.Response:
    """A run whose groups, of one strategy each (s1, s2, ...), got these answers."""
    run = rig.opened()
    checklist(rig, **ILL)
    groups, remedies = [], []
    for number, (ending, said) in enumerate(answers, 1):
        rig.strategy(f"s{number}", age=3600)
        one = group(f"s{number}", group_id=f"g{number}", remedy=Remedy.RAISE_MEMORY, proposal="give it 3072 MiB")
        outcome = GroupResult(
            group_id=one.group_id, remedy="raise_memory", result=None, at=None, why="", strategies=(),
            answer=said, ending=ending,
        )  # fmt: skip
        groups.append(one)
        remedies.append(Remedied(group=one, outcome=outcome, error=None))
    accounts = {"kept": 0, "missing": [], "unknown": [], "ended": []}
    return end(rig, run, plan=plan(*groups), remedies=remedies, proof=None, accounts=accounts)


def left_now(rig: Rig, later: timedelta = timedelta(0)) -> tuple[str, ...]:
    return left.left(twins(rig.world), twins(rig.world).trading_state.all(), rig.now + later)


def test_a_no_is_not_left_for_as_long_as_a_risk_beside_it_that_was_accepted(rig: Rig) -> None:
    until = rig.now + timedelta(hours=20)
    leaves = answer(rig, "leave", decided_by=("ana",), until=until)
    both(rig, (AfterAsking.DECLINED, answer(rig, "reject", decided_by=("ana",))), (AfterAsking.LEFT_OPEN, leaves))
    assert left_now(rig) == ("s1", "s2")
    assert left_now(rig, timedelta(seconds=SETTINGS.limits.declined_rests)) == ()


def test_an_accepted_risk_is_left_until_its_time_although_the_run_escalates_for_others(rig: Rig) -> None:
    until = rig.now + timedelta(hours=2)
    leaves = answer(rig, "leave", decided_by=("ana",), until=until)
    reply = both(rig, (AfterAsking.LEFT_OPEN, leaves), (AfterAsking.UNANSWERED, answer(rig, "lapsed")))
    assert reply.escalated
    assert left_now(rig, timedelta(hours=1)) == ("s1",)
    assert left_now(rig, timedelta(hours=2)) == ()


def test_what_a_no_left_half_done_is_not_left(rig: Rig) -> None:
    rig.strategy("s1", age=3600)
    said = answer(rig, "reject", decided_by=("ana",))
    reply = ended(rig, AfterAsking.DECLINED, said, result=Result.UNKNOWN, why="no new task came")
    assert reply.escalated
    assert left_now(rig) == ()
