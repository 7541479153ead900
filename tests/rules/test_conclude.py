from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.facts import AlarmFact, Check, ChecklistItem, ExposureFact, Outcome, Result
from functions.rules.accounting import Account, account_for
from functions.rules.answered import FOLLOWS
from functions.rules.checklist import HALTED, LINES
from functions.rules.classify import Group, Plan, Policy, Situation, classify
from functions.rules.conclude import Ending, GroupEnd, Proven, RunPieces, StrategyEnd, conclude
from functions.rules.pieces import AfterAsking, Asked
from tests.rules.facts import ENGAGED, FAILED, NOW, VENUE, crashed, logs, order, position, probe, situation, state
from tests.rules.worlds import situations

OOM = "OutOfMemoryError: Container killed"


def planned(*stale: Any, **facts: Any) -> Plan:
    return classify(situation(*stale, **facts), Policy(), NOW)


CRASH = planned(service=crashed())
FROZEN = planned(state("a"), state("b"), beating=("c",), logs=logs(lines={"a": 400.0, "b": 400.0, "c": 1.0}))
ASKS = planned(exposure=None)


def checklist(**results: Check) -> tuple[ChecklistItem, ...]:
    """Two lines that are not asked, which blocks nothing."""
    given = {"positions": Check.SKIPPED, "orders": Check.SKIPPED, **results}
    return tuple(
        ChecklistItem(
            line.id, line.question, given.get(line.id, Check.PASS),
            HALTED if given.get(line.id) is Check.SKIPPED else "told", "x", NOW,
        )
        for line in LINES
    )  # fmt: skip


def done(plan: Plan, result: Result | None = Result.DONE, **more: Any) -> tuple[GroupEnd, ...]:
    return tuple(GroupEnd(group, result, "a new task runs", **more) for group in plan.groups)


def cured(plan: Plan = CRASH, **changed: Any) -> RunPieces:
    ids = tuple(s for g in plan.groups for s in g.strategy_ids)
    given: dict[str, Any] = {
        "plan": plan, "ends": done(plan), "proof": Proven(ids, (), looks_done=10, looks_wanted=10),
        "account": Account(2, (), ()), "checklist": checklist(), **changed,
    }  # fmt: skip
    return RunPieces(**given)


def test_a_cure_that_is_proven_is_resolved_and_names_what_is_not_proven() -> None:
    ending = conclude(cured())
    assert (ending.outcome, ending.severity) == (Outcome.RESOLVED, "medium")
    assert ending.not_proven == ("positions", "orders")
    assert ending.summary.startswith("Resolved; not proven: positions, orders - ")
    assert ending.done == (
        "redeploy for a: a new task runs",
        "heartbeats newer than the remedy from a",
        "watched every strategy, 10 looks",
    )
    assert (ending.not_done, ending.unknown) == ((), ())


@pytest.mark.parametrize("cause", ["exchange", "database"])
def test_a_cause_that_ended_by_itself_and_is_proven_counts_as_resolved(cause: str) -> None:
    facts: dict[str, Any] = (
        {"exchange": {VENUE: probe(FAILED)}} if cause == "exchange" else {"database": probe(FAILED)}
    )
    plan = planned(**facts)
    ending = conclude(cured(plan, ends=done(plan), account=None))
    assert ending.outcome is Outcome.RESOLVED
    assert "accounts" in ending.not_proven


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ends": ()}, "redeploy for a: no result came back"),
        ({"ends": done(CRASH, error="States.Timeout")}, "redeploy for a: States.Timeout"),
        ({"ends": done(CRASH, Result.UNKNOWN)}, "redeploy for a: a new task runs"),
        ({"proof": None}, "whether a beat again: not looked at"),
        ({"proof": Proven((), ())}, "whether a beat again: not looked at"),
        ({"proof": Proven(("a",), (), looks_done=9, looks_wanted=10)}, "the watch ended after 9 of 10 looks"),
        ({"checklist": None}, "the checklist: it was not walked"),
        ({"checklist": checklist(heartbeats=Check.UNKNOWN)}, "checklist, heartbeats: told"),
        ({"checklist": checklist()[2:]}, "checklist, heartbeats: not answered"),
    ],
)
def test_what_is_unknown_is_never_called_resolved(changed: dict[str, Any], said: str) -> None:
    ending = conclude(cured(**changed))
    assert (ending.outcome, ending.severity) == (Outcome.ESCALATED, "critical")
    assert said in ending.unknown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ends": done(CRASH, Result.NOT_DONE)}, "redeploy for a: a new task runs"),
        ({"proof": Proven(("a",), ("a",))}, "no heartbeat since the remedy from a"),
        ({"proof": Proven(("a",), (), ("a",), (), 3, 10)}, "a did not stay well during the watch"),
        ({"account": Account(0, ("position p1: gone",), ())}, "not accounted for: position p1: gone"),
        ({"checklist": checklist(heartbeats=Check.FAIL)}, "checklist, heartbeats: told"),
        ({"checklist": checklist(log_patterns=Check.FAIL)}, "checklist, log_patterns: told"),
    ],
)
def test_what_was_not_done_or_fails_is_escalated_by_name(changed: dict[str, Any], said: str) -> None:
    ending = conclude(cured(**changed))
    assert ending.outcome is Outcome.ESCALATED
    assert said in ending.not_done


def test_a_remedy_that_did_not_help_comes_with_what_to_do_next() -> None:
    ending = conclude(cured(proof=Proven(("a",), ("a",))))
    assert any(line.startswith("next for a: ") and "update-service" in line for line in ending.not_done)
    ending = conclude(cured(ends=done(CRASH, Result.NOT_DONE)))
    assert any(line.startswith("next for a: ") for line in ending.not_done)
    two = planned(state("a"), state("k", venue="krakenfutures"),
                  exchange={VENUE: probe(FAILED), "krakenfutures": probe(FAILED)})  # fmt: skip
    ending = conclude(cured(two, proof=Proven(("a", "k"), ("a",))))
    assert [line for line in ending.not_done if line.startswith("next for")] == [
        f"next for a: {two.groups[0].proposal}"
    ]
    assert "heartbeats newer than the remedy from k" in ending.done


@pytest.mark.parametrize("result", [Check.UNKNOWN, Check.SKIPPED])
def test_lines_that_may_stay_unproven_are_named_and_do_not_block(result: Check) -> None:
    ending = conclude(cured(checklist=checklist(alarms=result)))
    assert ending.outcome is Outcome.RESOLVED
    assert "alarms" in ending.not_proven


def test_failures_of_others_are_known_and_do_not_block() -> None:
    items = tuple(
        replace(i, result=Check.FAIL, concerns="others") if i.id == "heartbeats" else i for i in checklist()
    )
    proof = Proven(("a",), (), (), ("x",), 10, 10)
    ending = conclude(cured(checklist=items, proof=proof))
    assert ending.outcome is Outcome.RESOLVED
    assert "checklist, heartbeats, for others: told" in ending.known
    assert "others went stale meanwhile and are a run of their own: x" in ending.known


def test_positions_that_cannot_be_accounted_for_stand_in_not_proven() -> None:
    before = ExposureFact((position(),), (order(),))
    ending = conclude(cured(account=account_for(before, None)))
    assert ending.outcome is Outcome.RESOLVED
    assert "accounts" in ending.not_proven
    assert "not known: after: not read" in ending.known


def test_restarts_are_told_one_by_one_and_one_left_out_is_not_cured() -> None:
    each = (StrategyEnd("a", Result.DONE, "restarted"),)
    ending = conclude(
        cured(FROZEN, ends=done(FROZEN, None, strategies=each), proof=Proven(("a",), (), (), (), 10, 10))
    )
    assert ending.outcome is Outcome.ESCALATED
    assert "restart a: restarted" in ending.done
    assert "restart b: left out" in ending.not_done
    both = (*each, StrategyEnd("b", Result.DONE, "restarted"))
    assert conclude(cured(FROZEN, ends=done(FROZEN, None, strategies=both))).outcome is Outcome.RESOLVED
    uncertain = (*each, StrategyEnd("b", Result.UNKNOWN, "timed out"))
    assert "restart b: timed out" in conclude(cured(FROZEN, ends=done(FROZEN, None, strategies=uncertain))).unknown
    failed = (*each, StrategyEnd("b", Result.NOT_DONE, "no longer running"))
    assert (
        "restart b: no longer running"
        in conclude(cured(FROZEN, ends=done(FROZEN, None, strategies=failed))).not_done
    )


def test_a_group_that_needs_a_person_escalates_with_the_proposal_although_its_remedy_was_done() -> None:
    plan = planned(service=replace(crashed(stopped_reason=OOM), cpu=None))
    ending = conclude(cured(plan))
    assert ending.outcome is Outcome.ESCALATED
    assert "redeploy for a: a new task runs" in ending.done
    assert any("more memory" in line and line.startswith("a person must decide for a") for line in ending.not_done)


def test_a_dry_run_says_whom_it_would_have_asked_for_what() -> None:
    plan = planned(service=crashed(stopped_reason=OOM))
    ending = conclude(RunPieces(dry_run=True, plan=plan))
    assert "would ask a person to raise memory: a" in ending.not_done


def test_a_plan_that_only_a_person_can_carry_out_escalates() -> None:
    ending = conclude(RunPieces(plan=ASKS))
    assert (ending.outcome, ending.done) == (Outcome.ESCALATED, ())
    assert ending.not_done[0].startswith("a person must decide for a: ")


def test_a_broken_detector_escalates_with_the_alarms_own_reason() -> None:
    alarm = AlarmFact("h", "ALARM", "no data", None, "breaching")
    plan = classify(Situation((), ("a",), None, None, alarm=alarm), Policy(), NOW)
    ending = conclude(RunPieces(plan=plan))
    assert ending.outcome is Outcome.ESCALATED
    assert ending.not_done[0].startswith("a person must decide: The alarm h is up")


def test_halted_and_healthy_platforms_leave_nothing_to_do() -> None:
    ending = conclude(RunPieces(plan=planned(kill_switch=ENGAGED), unread=("logs: throttled",)))
    assert (ending.outcome, ending.severity) == (Outcome.NOTHING_TO_DO, "low")
    assert "not readable, logs: throttled" in ending.known
    assert ending.not_proven == ("logs",)


def test_a_dry_run_says_what_it_would_have_done_and_claims_nothing() -> None:
    for pieces in (RunPieces(dry_run=True, plan=CRASH), cured(dry_run=True)):
        ending = conclude(pieces)
        assert (ending.outcome, ending.done) == (Outcome.DRY_RUN, ())
        assert "would redeploy: a" in ending.not_done
        assert ending.not_proven == ("everything",)
    assert conclude(RunPieces(dry_run=True, plan=ASKS)).not_done[0].startswith("a person must decide")


def test_a_refused_input_a_runbook_that_is_off_and_a_held_guard_end_at_the_door() -> None:
    assert conclude(RunPieces(refusal="strategy_id: unknown field")).outcome is Outcome.INVALID_INPUT
    assert conclude(RunPieces(why_not="switched off")).outcome is Outcome.NOTHING_TO_DO
    duplicate = conclude(RunPieces(held_by="inc-7", dry_run=True))
    assert duplicate.outcome is Outcome.DUPLICATE
    assert "inc-7" in duplicate.summary


def test_a_run_that_broke_on_its_way_keeps_what_it_did_and_calls_the_rest_unknown() -> None:
    ending = conclude(RunPieces(error="States.Timeout"))
    assert ending.outcome is Outcome.ESCALATED
    assert "everything after the failure: States.Timeout" in ending.unknown
    assert "before any remedy" in ending.summary
    assert "no remedy is known to be done" in conclude(RunPieces(error="x", plan=ASKS)).summary
    assert conclude(RunPieces(error="x", plan=ASKS)).not_done[0].startswith("a person must decide")
    after = conclude(cured(error="x", checklist=None))
    assert "redeploy for a: a new task runs" in after.done
    assert after.outcome is Outcome.ESCALATED
    assert conclude(RunPieces()).outcome is Outcome.ESCALATED


RESULTS = st.sampled_from(list(Result))


@st.composite
def group_ends(draw: st.DrawFn, group: Group) -> GroupEnd:
    each = [StrategyEnd(s, draw(RESULTS), "so") for s in group.strategy_ids if draw(st.booleans())]
    error = draw(st.sampled_from([None, None, None, "Broken"]))
    asked = draw(st.sampled_from([None, None, *(Asked(how, ("ana",), until=NOW) for how in AfterAsking)]))
    return GroupEnd(group, draw(st.none() | RESULTS), "so", tuple(each), error, asked)


@st.composite
def runs(draw: st.DrawFn) -> RunPieces:
    plan = classify(draw(situations()), Policy(), NOW)
    ids = tuple(sorted(s for g in plan.groups for s in g.strategy_ids))
    some = st.lists(st.sampled_from(ids), unique=True).map(tuple) if ids else st.just(())
    results = st.sampled_from([Check.PASS, Check.PASS, *Check])
    items = [draw(st.builds(replace, st.just(i), result=results)) for i in checklist() if draw(st.integers(0, 9))]
    well = Proven(ids, (), (), (), 10, 10)
    odd = st.builds(Proven, some, some, some, some, st.integers(0, 10), st.just(10))
    return RunPieces(
        dry_run=draw(st.sampled_from([False, False, True])),
        refusal=draw(st.sampled_from([None, None, None, "no"])),
        why_not=draw(st.sampled_from([None, None, None, "off"])),
        held_by=draw(st.sampled_from([None, None, None, "inc-1"])),
        error=draw(st.sampled_from([None, None, None, "Broken"])),
        plan=draw(st.sampled_from([plan, plan, plan, None])),
        ends=tuple(draw(group_ends(group)) for group in plan.groups if draw(st.integers(0, 9))),
        proof=draw(st.none() | st.just(well) | odd),
        account=draw(st.sampled_from([None, Account(1, (), ()), Account(0, ("p",), ()), Account(0, (), ("p",))])),
        checklist=draw(st.sampled_from([None, tuple(items), checklist()])),
        unread=draw(st.sampled_from([(), ("logs: throttled",)])),
    )


@settings(max_examples=120, deadline=None)
@given(runs())
def test_every_run_ends_one_way_and_the_same_one_each_time(pieces: RunPieces) -> None:
    ending = conclude(pieces)
    assert ending == conclude(pieces)
    assert ending.summary
    assert ending.severity in ("low", "medium", "critical")
    if ending.outcome is Outcome.ESCALATED:
        assert ending.not_done or ending.unknown
    if pieces.dry_run:
        assert ending.done == ()


@settings(max_examples=120, deadline=None)
@given(runs())
def test_resolved_is_only_claimed_of_what_was_done_proven_watched_and_checked(pieces: RunPieces) -> None:
    ending = conclude(pieces)
    if ending.outcome is not Outcome.RESOLVED:
        return
    assert_resolved_rightly(pieces, ending)


def assert_resolved_rightly(pieces: RunPieces, ending: Ending) -> None:
    plan, proof, items = pieces.plan, pieces.proof, {i.id: i for i in pieces.checklist or ()}
    assert plan is not None
    assert proof is not None
    assert pieces.error is pieces.refusal is pieces.held_by is pieces.why_not is None
    ill = {s for g in plan.groups if g.cause != "halted" for s in g.strategy_ids}
    assert ill <= set(proof.wanted)
    assert not proof.missing
    assert not proof.own_failed
    assert proof.looks_done == proof.looks_wanted
    assert not any(g.needs_person for g in plan.groups)
    assert items["heartbeats"].result is Check.PASS
    assert items["positions"].result is Check.PASS or items["positions"].value == HALTED
    assert not [i for i in items.values() if i.result is Check.FAIL]
    unproven = {i.id for i in items.values() if i.result in (Check.UNKNOWN, Check.SKIPPED)}
    assert unproven <= set(ending.not_proven)
    assert pieces.account is None or not pieces.account.missing
    for end in pieces.ends:
        assert end.group.remedy == "none" or (end.error is None and end.result in (Result.DONE, None))
        assert end.group.remedy == "none" or end.asked is None or end.asked.how is AfterAsking.ACTED


@settings(max_examples=120, deadline=None)
@given(runs())
def test_a_person_answers_for_what_he_was_asked_and_for_nothing_else(pieces: RunPieces) -> None:
    assert_answered_rightly(pieces, conclude(pieces))


def assert_answered_rightly(pieces: RunPieces, ending: Ending) -> None:
    """`declined` and `left_open` excuse what a person left, and nothing that concerns anybody else."""
    asked = [end for end in pieces.ends if end.asked is not None and end.group.remedy != "none" and not end.error]
    how = {end.asked.how for end in asked if end.asked is not None}
    if ending.stays_open:
        assert ending.outcome is Outcome.ESCALATED
        assert AfterAsking.UNANSWERED in how
    if ending.outcome not in (Outcome.DECLINED, Outcome.LEFT_OPEN):
        assert ending.until is None
        return
    assert how & {AfterAsking.DECLINED, AfterAsking.LEFT_OPEN}
    assert AfterAsking.UNANSWERED not in how
    assert (ending.until is not None) == (ending.outcome is Outcome.LEFT_OPEN)
    assert ending.not_done, "what stays open is listed"
    assert ending.unknown == ()
    left = {
        s for end in asked if end.asked and end.asked.how is not AfterAsking.ACTED for s in end.group.strategy_ids
    }
    plan, proof = pieces.plan, pieces.proof
    assert plan is not None
    assert not any(group.needs_person for group in plan.groups)
    ill = {s for g in plan.groups if g.cause != "halted" for s in g.strategy_ids} - left
    assert ill <= set(proof.wanted if proof else ())
    assert not (set(proof.missing) | set(proof.own_failed) if proof else set()) - left
    assert pieces.account is None or not pieces.account.missing
    for item in pieces.checklist or ():
        assert item.result is not Check.FAIL or item.id in FOLLOWS
