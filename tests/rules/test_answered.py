"""How a run ends after a person's answer: said no, left it, nobody answered, or acted on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.facts import Check, Outcome, Result
from functions.rules.accounting import Account
from functions.rules.conclude import GroupEnd, Proven, RunPieces, StrategyEnd, conclude
from functions.rules.pieces import AfterAsking, Asked
from functions.rules.plan import Cause, Group, Plan, Remedy, Verdict
from tests.rules.facts import NOW
from tests.rules.test_conclude import assert_answered_rightly, assert_resolved_rightly, checklist

UNTIL = NOW + timedelta(minutes=30)
ILL = dict.fromkeys(("heartbeats", "signals", "log_patterns", "alarms"), Check.FAIL)

ASKING = Group("g1", Cause.EXCHANGE_DOWN, "binanceusdm", ("a",), Remedy.WAIT_EXCHANGE, False, "switch the venue")
CURED = Group("g2", Cause.DEADLOCK, None, ("b",), Remedy.RESTART, False, "look at b")


def ended(how: AfterAsking, *besides: GroupEnd, end: dict[str, Any] | None = None, **changed: Any) -> Any:
    """A run whose one question got this answer; its strategy still does not beat, and the checklist says so."""
    asked = Asked(
        how, ("ana",), "not tonight", UNTIL if how is AfterAsking.LEFT_OPEN else None, why="nobody answered"
    )
    given: dict[str, Any] = {"result": None, "why": "nothing was changed", **(end or {})}
    ends = (GroupEnd(ASKING, asked=asked, **given), *besides)
    groups = tuple(one.group for one in ends)
    pieces: dict[str, Any] = {"proof": Proven((), ()), "checklist": checklist(**ILL), **changed}
    return conclude(RunPieces(plan=Plan(Verdict.ACT, "1 stale", groups), ends=ends, **pieces))


def test_a_no_ends_declined_and_lists_what_stays_open() -> None:
    ending = ended(AfterAsking.DECLINED)
    assert (ending.outcome, ending.severity, ending.stays_open) == (Outcome.DECLINED, "medium", False)
    assert ending.not_done[0] == 'ana said no for a ("not tonight"); it stays open: switch the venue'
    assert "checklist, heartbeats: told" in ending.not_done
    assert ending.not_done[0] in ending.summary
    assert (ending.done, ending.unknown) == ((), ())


def test_a_risk_that_a_person_accepted_ends_left_open_until_its_time() -> None:
    ending = ended(AfterAsking.LEFT_OPEN)
    assert (ending.outcome, ending.until, ending.stays_open) == (Outcome.LEFT_OPEN, UNTIL, False)
    assert f"left it as it is for a until {UNTIL:%Y-%m-%d %H:%M:%S} UTC" in ending.not_done[0]


@pytest.mark.parametrize("how", [AfterAsking.DECLINED, AfterAsking.LEFT_OPEN])
def test_a_venue_that_is_left_away_cannot_be_asked_for_positions(how: AfterAsking) -> None:
    """Positions that cannot be read are told; they fail the run where the trouble is another one."""
    unread = checklist(**ILL, positions=Check.UNKNOWN)
    ending = ended(how, checklist=unread)
    assert ending.outcome in (Outcome.DECLINED, Outcome.LEFT_OPEN)
    assert "checklist, positions: told" in ending.not_done
    assert "positions" in ending.not_proven
    another = replace(ASKING, cause=Cause.MEMORY_EXHAUSTED)
    asked = Asked(how, ("ana",), None, UNTIL)
    plan = Plan(Verdict.ACT, "1 stale", (another,))
    ends = (GroupEnd(another, None, "nothing was changed", asked=asked),)
    assert (
        conclude(RunPieces(plan=plan, ends=ends, proof=Proven((), ()), checklist=unread)).outcome
        is Outcome.ESCALATED
    )


def test_the_earliest_end_of_several_accepted_risks_counts() -> None:
    other = replace(ASKING, group_id="g3", strategy_ids=("c",))
    sooner = GroupEnd(other, None, asked=Asked(AfterAsking.LEFT_OPEN, ("ben",), until=NOW))
    assert ended(AfterAsking.LEFT_OPEN, sooner).until == NOW
    mixed = ended(AfterAsking.DECLINED, sooner)
    assert (mixed.outcome, mixed.until) == (Outcome.LEFT_OPEN, NOW)


def test_a_question_that_nobody_answered_escalates_and_the_incident_stays_open() -> None:
    ending = ended(AfterAsking.UNANSWERED)
    assert (ending.outcome, ending.stays_open) == (Outcome.ESCALATED, True)
    assert "nobody answered, so nothing was decided for a: switch the venue" in ending.not_done


def test_an_escalation_that_is_not_for_want_of_an_answer_does_not_keep_the_incident_open() -> None:
    ending = ended(AfterAsking.DECLINED, checklist=checklist(**ILL, positions=Check.FAIL))
    assert (ending.outcome, ending.stays_open) == (Outcome.ESCALATED, False)


@pytest.mark.parametrize("how", [AfterAsking.DECLINED, AfterAsking.LEFT_OPEN])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"checklist": checklist(**ILL, positions=Check.FAIL)}, "checklist, positions: told"),
        ({"checklist": checklist(**ILL, orders=Check.FAIL)}, "checklist, orders: told"),
        ({"account": Account(0, ("position p1: gone",), ())}, "not accounted for: position p1: gone"),
        ({"left_behind": ("b was stopped",)}, "b was stopped"),
        ({"end": {"result": Result.NOT_DONE, "why": "no new task came"}}, "meanwhile, for a: no new task came"),
    ],
)
def test_nobody_accepted_what_else_went_wrong(how: AfterAsking, changed: dict[str, Any], said: str) -> None:
    ending = ended(how, **changed)
    assert ending.outcome is Outcome.ESCALATED
    assert said in ending.not_done


@pytest.mark.parametrize("how", [AfterAsking.DECLINED, AfterAsking.LEFT_OPEN])
def test_what_the_run_did_meanwhile_must_be_known(how: AfterAsking) -> None:
    ending = ended(how, end={"result": Result.UNKNOWN, "why": "ECS did not say"})
    assert ending.outcome is Outcome.ESCALATED
    assert "meanwhile, for a: ECS did not say" in ending.unknown
    done = {"result": Result.DONE, "why": "a new task runs"}
    assert "whether a beat again: not looked at" in ended(how, end=done, proof=None).unknown


def test_what_helped_meanwhile_is_told_as_done_and_the_no_stays_open() -> None:
    done = {"result": Result.DONE, "why": "a new task runs"}
    well = Proven(("a",), (), looks_done=10, looks_wanted=10)
    ending = ended(AfterAsking.DECLINED, end=done, proof=well, account=Account(1, (), ()), checklist=checklist())
    assert ending.outcome is Outcome.DECLINED
    assert "meanwhile, for a: a new task runs" in ending.done
    assert "heartbeats newer than the remedy from a" in ending.done
    failing = checklist(log_patterns=Check.FAIL)
    ending = ended(AfterAsking.DECLINED, end=done, proof=well, checklist=failing)
    assert ending.outcome is Outcome.ESCALATED, "a strategy that is well explains no failing line"


@pytest.mark.parametrize(
    "proof",
    [Proven(("a",), ("a",)), Proven(("a",), (), ("a",), (), 3, 10)],
    ids=["never beat", "did not stay well"],
)
def test_what_did_not_help_meanwhile_stays_open_with_the_no(proof: Proven) -> None:
    ending = ended(AfterAsking.DECLINED, end={"result": Result.DONE, "why": "a new task runs"}, proof=proof)
    assert ending.outcome is Outcome.DECLINED
    assert any("no heartbeat from a" in line or "a did not stay well" in line for line in ending.not_done)
    silent = ended(AfterAsking.UNANSWERED, end={"result": Result.DONE, "why": "a new task runs"}, proof=proof)
    assert silent.outcome is Outcome.ESCALATED
    assert "a person must act" in silent.summary.lower()
    assert sum("switch the venue" in line for line in silent.not_done) == 1, "the proposal is told once"


def test_another_group_is_judged_by_its_own_end() -> None:
    cured = GroupEnd(CURED, None, strategies=(StrategyEnd("b", Result.DONE, "restarted"),))
    well = Proven(("b",), (), looks_done=10, looks_wanted=10)
    ending = ended(AfterAsking.DECLINED, cured, proof=well)
    assert ending.outcome is Outcome.DECLINED
    assert "restart b: restarted" in ending.done
    ill = ended(AfterAsking.DECLINED, cured, proof=Proven(("b",), ("b",)))
    assert ill.outcome is Outcome.ESCALATED
    assert "no heartbeat since the remedy from b" in ill.not_done


def test_a_cure_that_was_not_watched_because_another_failed_is_not_called_well() -> None:
    cured = GroupEnd(CURED, None, strategies=(StrategyEnd("b", Result.DONE, "restarted"),))
    meanwhile = {"result": Result.DONE, "why": "a new task runs"}
    ending = ended(AfterAsking.DECLINED, cured, end=meanwhile, proof=Proven(("a", "b"), ("a",)))
    assert ending.outcome is Outcome.ESCALATED
    assert "whether b went on beating: not watched" in ending.unknown


def test_what_a_person_approved_is_judged_like_every_remedy_and_says_who() -> None:
    follows = ("the next deployment undoes it",)
    end = {"result": Result.DONE, "why": "switched", "known": follows}
    well = Proven(("a",), (), looks_done=10, looks_wanted=10)
    ending = ended(AfterAsking.ACTED, end=end, proof=well, account=Account(1, (), ()), checklist=checklist())
    assert ending.outcome is Outcome.RESOLVED
    assert 'ana decided for a ("not tonight")' in ending.known
    assert follows[0] in ending.known
    assert ended(AfterAsking.ACTED, end={**end, "result": Result.NOT_DONE}).outcome is Outcome.ESCALATED
    assert ended(AfterAsking.ACTED, end=end, proof=well).outcome is Outcome.ESCALATED


def test_one_who_decided_alone_is_told_with_the_reason() -> None:
    asked = Asked(AfterAsking.ACTED, ("ana",), why_alone="the second person was silent for 5 minutes")
    end = GroupEnd(ASKING, Result.NOT_DONE, "refused", asked=asked)
    ending = conclude(RunPieces(plan=Plan(Verdict.ACT, "1 stale", (ASKING,)), ends=(end,)))
    assert "ana alone (the second person was silent for 5 minutes) decided for a" in ending.known


def test_a_question_that_came_to_grief_is_unknown_whatever_was_answered() -> None:
    ending = ended(AfterAsking.DECLINED, end={"error": "States.Timeout"})
    assert ending.outcome is Outcome.ESCALATED
    assert "wait exchange for a: States.Timeout" in ending.unknown


HOW = st.sampled_from(list(AfterAsking))
WELL_MOSTLY = st.sampled_from([(), (), (), ("a",), ("b",)])


@st.composite
def answered_runs(draw: st.DrawFn) -> RunPieces:
    """One question, one restart beside it, and little else that goes wrong."""
    how, besides = draw(HOW), draw(st.sampled_from([None, None, *Result]))
    asked = Asked(how, ("ana",), until=UNTIL if how is AfterAsking.LEFT_OPEN else None)
    restarted = draw(st.sampled_from([Result.DONE, Result.DONE, *Result]))
    wanted = ("a", "b") if besides is Result.DONE else ("b",)
    missing = tuple(s for s in draw(WELL_MOSTLY) if s in wanted)
    failed = () if missing else tuple(s for s in draw(WELL_MOSTLY) if s in wanted)
    ill = draw(st.lists(st.sampled_from([*ILL, *ILL, "positions"]), unique=True, max_size=3))
    return RunPieces(
        plan=Plan(Verdict.ACT, "2 stale", (ASKING, CURED)),
        ends=(
            GroupEnd(ASKING, besides, "so", asked=asked),
            GroupEnd(CURED, None, strategies=(StrategyEnd("b", restarted, "so"),)),
        ),
        proof=Proven(wanted, missing, failed, (), 10, 10),
        account=draw(st.sampled_from([Account(1, (), ()), Account(1, (), ()), Account(0, ("p",), ())])),
        checklist=checklist(**dict.fromkeys(ill, Check.FAIL)),
        left_behind=draw(st.sampled_from([(), (), (), ("b was stopped",)])),
    )


@settings(max_examples=300, deadline=None)
@given(answered_runs())
def test_an_answer_excuses_what_was_left_and_nothing_that_concerns_anybody_else(pieces: RunPieces) -> None:
    ending = conclude(pieces)
    assert_answered_rightly(pieces, ending)
    if ending.outcome is Outcome.RESOLVED:
        assert_resolved_rightly(pieces, ending)
