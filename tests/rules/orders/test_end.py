"""How a run of order-failures ends: by its worst part, and with the proof and not the act as its word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.facts import Check, ChecklistItem, Outcome, Result
from functions.rules.checklist import LINES
from functions.rules.orders.causes import Cause
from functions.rules.orders.end import CauseEnd, OrderPieces, end_of
from functions.telling import subject
from tests.rules.facts import NOW
from tests.rules.orders.made import group, plan

PRICE, BALANCE = group(), group(Cause.INSUFFICIENT_BALANCE)
FROZEN = group(Cause.ACCOUNT_FROZEN, fix="ask the venue's support to unlock the account")


def checklist(**results: Check) -> tuple[ChecklistItem, ...]:
    return tuple(
        ChecklistItem(one.id, one.question, results.get(one.id, Check.PASS), "seen", "where", NOW) for one in LINES
    )


def cured(about: Any = PRICE, **more: Any) -> CauseEnd:
    end = CauseEnd(about, "acted", Result.DONE, "from 5 to 10", proof=Result.DONE, proof_why="none for 300 s")
    return replace(end, **more)


def pieces(*ends: CauseEnd, **more: Any) -> OrderPieces:
    given: dict[str, Any] = {
        "plan": plan(*(end.group for end in ends)),
        "ends": ends,
        "checklist": checklist() if ends else None,
        **more,
    }
    return OrderPieces(**given)


def test_what_was_done_and_proven_and_verified_is_resolved() -> None:
    ending = end_of(pieces(cured()))
    assert (ending.outcome, ending.not_done, ending.unknown) == (Outcome.RESOLVED, (), ())
    assert ending.summary.startswith("Resolved and verified: the venue refuses the price")


def test_a_remedy_without_an_order_since_is_resolved_and_says_what_is_not_proven() -> None:
    ending = end_of(pieces(cured(silent=True)))
    assert ending.outcome is Outcome.RESOLVED
    assert ending.not_proven == ("an order of s1 since the remedy",)
    assert ending.summary.startswith("Resolved; not proven: an order of s1 since the remedy - ")


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (cured(proof=Result.NOT_DONE, proof_why="2 more"), "it did not help"),
        (cured(proof=Result.UNKNOWN, proof_why="no log"), "whether it helped"),
        (cured(proof=None, proof_why=""), "whether it helped"),
        (cured(result=Result.UNKNOWN, why="may be written"), "may be written"),
        (cured(result=Result.NOT_DONE, why="somebody changed it"), "somebody changed it"),
        (cured(how=None, result=None, error="the child died"), "the child died"),
        (cured(how="refused", result=None, why="the kill switch is engaged"), "kill switch"),
        (cured(how="gave_up", result=None, why="still nothing"), "still nothing"),
    ],
)
def test_less_than_a_proven_cure_needs_a_person(end: CauseEnd, told: str) -> None:
    ending = end_of(pieces(end))
    assert (ending.outcome, ending.severity, ending.stays_open) == (Outcome.ESCALATED, "critical", False)
    assert any(told in line for line in (*ending.not_done, *ending.unknown))


def test_a_question_that_nobody_answered_leaves_the_incident_open() -> None:
    ending = end_of(pieces(cured(BALANCE, how="unanswered", result=None, why="nobody answered in time")))
    assert (ending.outcome, ending.stays_open) == (Outcome.ESCALATED, True)


def test_one_cause_that_is_left_open_does_not_hide_what_was_cured() -> None:
    until = NOW + timedelta(hours=1)
    left = cured(BALANCE, how="left_open", result=None, why="funds come tomorrow", until=until)
    ending = end_of(pieces(cured(), left, checklist=checklist(orders=Check.FAIL)))
    assert (ending.outcome, ending.until) == (Outcome.LEFT_OPEN, until)
    assert any("from 5 to 10" in line for line in ending.done)


def test_a_no_is_no_failure_of_the_run() -> None:
    ending = end_of(pieces(cured(BALANCE, how="declined", result=None, why="bob said no"), checklist=None))
    assert (ending.outcome, ending.severity) == (Outcome.DECLINED, "medium")


def test_what_only_a_person_can_mend_is_escalated_with_its_exact_fix_beside_what_was_cured() -> None:
    ending = end_of(pieces(cured(), left=(FROZEN,)))
    assert ending.outcome is Outcome.ESCALATED
    assert any("unlock the account" in line for line in ending.not_done)
    assert any("from 5 to 10" in line for line in ending.done)


def test_a_cause_that_no_round_was_left_for_is_named() -> None:
    ending = end_of(pieces(cured(), appeared=(BALANCE,)))
    assert ending.outcome is Outcome.ESCALATED
    assert any("appeared while others were cured" in line for line in ending.not_done)


@pytest.mark.parametrize("line", ["positions", "heartbeats", "orders"])
def test_a_checklist_that_fails_is_never_resolved(line: str) -> None:
    ending = end_of(pieces(cured(), checklist=checklist(**{line: Check.FAIL})))
    assert ending.outcome is Outcome.ESCALATED


def test_a_checklist_that_was_not_walked_is_unknown() -> None:
    assert end_of(pieces(cured(), checklist=None)).outcome is Outcome.ESCALATED


def test_a_remedy_of_which_nothing_came_back_is_unknown() -> None:
    ending = end_of(pieces(cured(), plan=plan(PRICE, BALANCE)))
    assert ending.outcome is Outcome.ESCALATED
    assert any("no result came back" in line for line in ending.unknown)


def test_what_nobody_looks_at_stops_no_good_end_and_what_nobody_could_see_is_not_proven() -> None:
    paper, log = "traded on paper: s9", "the service's log, clock_skew: its query still ran"
    ending = end_of(pieces(cured(), plan=plan(PRICE, unknown=(log, paper), blind=(log,)), blind=(log,)))
    assert (ending.outcome, ending.unknown) == (Outcome.RESOLVED, ())
    assert ending.not_proven == (f"that no other order fails ({log})",)
    assert f"not looked at: {paper}" in ending.known
    seen_since = end_of(pieces(cured(), plan=plan(PRICE, unknown=(log,), blind=(log,))))
    assert seen_since.not_proven == (), "the newest look counts"


def test_nothing_that_fails_is_nothing_to_do_and_what_cannot_be_read_is_not() -> None:
    assert end_of(pieces()).outcome is Outcome.NOTHING_TO_DO
    blind = plan(verdict="escalate", reason="cannot tell", unknown=("the log could not be read",))
    assert end_of(pieces(plan=blind)).outcome is Outcome.ESCALATED


def test_a_run_that_died_on_its_way_keeps_what_it_did() -> None:
    ending = end_of(pieces(cured(), error="States.Timeout"))
    assert ending.outcome is Outcome.ESCALATED
    assert any("from 5 to 10" in line for line in ending.done)
    assert any("everything after the failure" in line for line in ending.unknown)


def test_a_dry_run_says_what_it_would_do_and_nothing_else() -> None:
    ending = end_of(pieces(cured(how="dry_run", result=None, why="offset 5 to 10"), dry_run=True, left=(FROZEN,)))
    assert (ending.outcome, ending.done, ending.not_proven) == (Outcome.DRY_RUN, (), ("everything",))
    assert any("would widen the limit offset" in line and "5 to 10" in line for line in ending.not_done)
    assert any("would escalate" in line for line in ending.not_done)


def test_lines_of_the_checklist_that_are_not_proven_stand_before_longer_words_which_a_subject_cuts() -> None:
    unproven = checklist(orders=Check.UNKNOWN, alarms=Check.UNKNOWN)
    many = replace(PRICE, strategy_ids=("breakout-bnb", "meanrev-sol", "momentum-btc"))
    ending = end_of(pieces(cured(many, silent=True), checklist=unproven))
    assert ending.outcome is Outcome.RESOLVED
    assert ending.not_proven[:2] == ("orders", "alarms")
    assert "orders, alarms, an order of breakout-bnb" in subject("local", "order-failures", ending)


def test_what_a_remedy_would_do_is_said_once() -> None:
    own = end_of(pieces(cured(how="dry_run", result=None, why="would change: widen 1 strategy"), dry_run=True))
    assert own.not_done == ("widen the limit offset at binanceusdm/main for s1: would change: widen 1 strategy",)


@pytest.mark.parametrize(("how", "lead"), [("declined", "Declined"), ("left_open", "Left open")])
def test_what_a_person_leaves_is_said_once(how: Any, lead: str) -> None:
    ending = end_of(pieces(cured(BALANCE, how=how, result=None, why="ana said no: orders fail on")))
    cause = "the account has not enough free margin at binanceusdm/main, for s1"
    assert ending.summary == f"{lead} by a person: {cause}: left as it is; ana said no: orders fail on"
    both = end_of(pieces(cured(BALANCE, how=how, result=None, why="ana said no"), cured()))
    assert both.summary.endswith("Besides: the venue refuses the price of limit orders at binanceusdm/main, for s1")


def test_a_second_run_is_a_duplicate_and_a_runbook_that_is_off_does_nothing() -> None:
    assert end_of(OrderPieces(held_by="incident inc-1")).outcome is Outcome.DUPLICATE
    assert end_of(OrderPieces(why_not="switched off")).outcome is Outcome.NOTHING_TO_DO
    assert end_of(OrderPieces(error="it broke")).outcome is Outcome.ESCALATED
