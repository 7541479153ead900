from __future__ import annotations

from dataclasses import replace

import pytest

from functions.facts import Check, Outcome
from functions.rules.checklist import LINES
from functions.rules.own_incident import ending_of
from functions.rules.verification import cause_of, judge_verification
from tests.rules.test_conclude import checklist


def test_a_verification_in_which_no_line_fails_is_resolved_and_names_what_is_not_proven() -> None:
    ending = judge_verification(checklist(), dry_run=False)
    assert (ending.outcome, ending.not_proven) == (Outcome.RESOLVED, ("positions", "orders"))
    assert ending.summary.endswith("none fails; not proven: positions, orders")
    assert len(ending.known) == len(LINES) - 2


@pytest.mark.parametrize("result", [Check.FAIL, Check.UNKNOWN])
def test_heartbeats_that_do_not_pass_escalate(result: Check) -> None:
    ending = judge_verification(checklist(heartbeats=result), dry_run=False)
    assert ending.outcome is Outcome.ESCALATED
    assert any("Heartbeat" in line for line in ending.not_done)


def test_a_line_that_fails_for_others_is_named_and_keeps_no_verification_from_being_resolved() -> None:
    items = tuple(replace(i, result=Check.FAIL, concerns="others") if i.id == "signals" else i for i in checklist())
    ending = judge_verification(items, dry_run=False)
    assert ending.outcome is Outcome.RESOLVED
    assert any(line.startswith("not of these strategies: Strategy processing") for line in ending.known)


def test_the_summary_names_every_line_that_does_not_hold() -> None:
    one = judge_verification(checklist(signals=Check.FAIL), dry_run=False).summary
    assert one.startswith("1 line of the checklist does not hold: Strategy processing signals normally - fail")
    two = judge_verification(checklist(signals=Check.FAIL, log_patterns=Check.FAIL), dry_run=False).summary
    assert two.startswith("2 lines of the checklist do not hold: ")
    assert "Strategy processing signals normally - fail" in two
    assert "No error patterns in logs - fail" in two


def test_a_checklist_without_answers_escalates() -> None:
    ending = judge_verification([], dry_run=False)
    assert ending.outcome is Outcome.ESCALATED
    assert "heartbeats" in ending.not_proven


def test_a_dry_run_verifies_and_ends_as_one() -> None:
    assert judge_verification(checklist(heartbeats=Check.FAIL), dry_run=True).outcome is Outcome.DRY_RUN


def test_what_fails_elsewhere_is_never_told_as_if_nothing_failed() -> None:
    items = tuple(
        replace(i, result=Check.FAIL, concerns="others", about=("breakout-bnb",)) if i.id == "log_patterns" else i
        for i in checklist(positions=Check.PASS, orders=Check.PASS)
    )
    ending = judge_verification(items, dry_run=False)
    assert ending.outcome is Outcome.RESOLVED
    assert ending.summary == (
        "6 of 7 lines of the checklist pass, none fails of these strategies; elsewhere fails: "
        "log_patterns (breakout-bnb)"
    )
    assert cause_of(items) is None


def test_the_mail_names_the_line_and_the_strategies_that_fail_and_so_does_the_incident() -> None:
    items = tuple(
        replace(i, about=("s1", "s2")) if i.result is Check.FAIL else i
        for i in checklist(signals=Check.FAIL, heartbeats=Check.UNKNOWN)
    )
    assert judge_verification(items, dry_run=False).headline == ("signals fail: s1, s2", "heartbeats unknown")
    assert cause_of(items) == "checklist: signals, heartbeats"


def test_the_mail_of_what_was_found_beside_a_run_names_it() -> None:
    item = replace(checklist()[0], id="log_patterns", result=Check.FAIL, concerns="others", about=("breakout-bnb",))
    assert ending_of(item, "inc-1", "ack").headline == ("beside another run, log_patterns fail: breakout-bnb",)
