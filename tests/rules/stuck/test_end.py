"""How a run of stuck-position ends: total, and never more than the facts say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import Check, ChecklistItem, Outcome
from functions.rules.checklist import LINES
from functions.rules.stuck.delegated import Delegated
from functions.rules.stuck.end import How, SettleEnd, StuckPieces, end_of

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)


def items(**checks: Check) -> tuple[ChecklistItem, ...]:
    return tuple(
        ChecklistItem(line.id, line.question, checks.get(line.id, Check.PASS), "seen", "test", NOW)
        for line in LINES
    )


@pytest.mark.parametrize(
    ("pieces", "outcome"),
    [
        (StuckPieces(why_not="switched off"), Outcome.NOTHING_TO_DO),
        (StuckPieces(held_by="inc-1"), Outcome.DUPLICATE),
        (StuckPieces(), Outcome.ESCALATED),
        (StuckPieces(error="late"), Outcome.ESCALATED),
        (StuckPieces(delegated=Delegated()), Outcome.NOTHING_TO_DO),
        (StuckPieces(delegated=Delegated(started=("p: run",))), Outcome.DELEGATED),
        (StuckPieces(delegated=Delegated(running=("p: run",))), Outcome.DELEGATED),
        (StuckPieces(delegated=Delegated(started=("p: run",), failed=("q: throttled",))), Outcome.ESCALATED),
        (StuckPieces(delegated=Delegated(unknown=("p: no time",))), Outcome.ESCALATED),
        (StuckPieces(delegated=Delegated(alarm_up=True)), Outcome.ESCALATED),
        (StuckPieces(delegated=Delegated(running=("p",), dry_run=True)), Outcome.DRY_RUN),
        (StuckPieces(settled=SettleEnd(How.NOTHING, "closed already")), Outcome.NOTHING_TO_DO),
        (StuckPieces(settled=SettleEnd(How.LEFT_OPEN, "ana", until=NOW)), Outcome.LEFT_OPEN),
        (StuckPieces(settled=SettleEnd(How.UNANSWERED, "lapsed")), Outcome.ESCALATED),
        (StuckPieces(settled=SettleEnd(How.ESCALATE, "a break")), Outcome.ESCALATED),
        (StuckPieces(settled=SettleEnd(How.DRY_RUN, "would ask")), Outcome.DRY_RUN),
        (StuckPieces(settled=SettleEnd(How.CLOSED, "flat")), Outcome.ESCALATED),
        (StuckPieces(settled=SettleEnd(How.CLOSED, "flat"), checklist=items()), Outcome.RESOLVED),
        (
            StuckPieces(settled=SettleEnd(How.CLOSED, "flat", not_done=("left over",)), checklist=items()),
            Outcome.ESCALATED,
        ),
        (StuckPieces(settled=SettleEnd(How.CLOSED, "flat"), checklist=items(), error="late"), Outcome.ESCALATED),
    ],
)
def test_every_way_has_its_outcome(pieces: StuckPieces, outcome: Outcome) -> None:
    assert end_of(pieces).outcome is outcome


def test_a_position_of_which_nobody_can_tell_is_said_beside_those_that_have_a_run() -> None:
    ending = end_of(StuckPieces(delegated=Delegated(started=("p: run",), unknown=("q: its amount",))))
    assert (ending.outcome, ending.severity, ending.not_proven) == (Outcome.DELEGATED, "high", ("positions",))
    assert "q: its amount" in ending.summary


@pytest.mark.parametrize("how", How)
def test_a_dry_run_is_one_whatever_it_would_have_come_to(how: How) -> None:
    ending = end_of(StuckPieces(dry_run=True, settled=SettleEnd(how, "seen")))
    assert (ending.outcome, ending.stays_open) == (Outcome.DRY_RUN, False)
    broke = end_of(StuckPieces(dry_run=True, settled=SettleEnd(how, "seen"), error="late"))
    assert broke.outcome is Outcome.ESCALATED


def test_only_an_unanswered_question_keeps_its_incident_open() -> None:
    opens = {how: end_of(StuckPieces(settled=SettleEnd(how, "x"), checklist=items())).stays_open for how in How}
    assert [how for how, stays in opens.items() if stays] == [How.UNANSWERED]


def test_what_is_left_open_is_asked_about_again_at_its_time() -> None:
    assert end_of(StuckPieces(settled=SettleEnd(How.LEFT_OPEN, "ana", until=NOW))).until == NOW


@given(
    st.sampled_from([How.CLOSED, How.CORRECTED]),
    st.dictionaries(st.sampled_from([line.id for line in LINES]), st.sampled_from(Check)),
    st.lists(st.just("left"), max_size=1),
)
def test_resolved_is_never_said_with_anything_open(how: How, checks: dict[str, Check], left: list[str]) -> None:
    pieces = StuckPieces(settled=SettleEnd(how, "flat", not_done=tuple(left)), checklist=items(**checks))
    must = all(checks.get(line, Check.PASS) is Check.PASS for line in ("positions", "heartbeats"))
    fails = any(check is Check.FAIL for check in checks.values())
    assert (end_of(pieces).outcome is Outcome.RESOLVED) == (must and not fails and not left)


def test_a_close_is_verified_only_where_nothing_is_left_to_be_proven() -> None:
    def told(**checks: Check) -> str:
        return end_of(StuckPieces(settled=SettleEnd(How.CLOSED, "flat."), checklist=items(**checks))).summary

    assert told() == "Resolved and verified: flat"
    assert told(signals=Check.UNKNOWN) == "Resolved; not proven: signals - flat"


def test_the_runs_of_every_stuck_position_are_named() -> None:
    ending = end_of(
        StuckPieces(delegated=Delegated(started=("p: run-1",), running=("q: run-2",), left=("r until 3",)))
    )
    assert ending.summary == (
        "3 positions are stuck: 1 run started, each asks for itself (p: run-1); 1 run there already (q: run-2); "
        "1 position left open by a person for now (r until 3)"
    )


def test_sentences_end_once() -> None:
    ending = end_of(StuckPieces(settled=SettleEnd(How.ESCALATE, "position break: nobody knows."), error="late"))
    assert ".." not in ending.summary
    assert ending.summary == (
        "A person must act now: position break: nobody knows. Then the run failed on its way (late)"
    )


def test_entries_that_stay_paused_are_not_resolved() -> None:
    settled = SettleEnd(How.CLOSED, "closed")
    pieces = StuckPieces(settled=settled, checklist=items(), paused=("alpha is still paused",))
    ending = end_of(pieces)
    assert ending.outcome is Outcome.ESCALATED
    assert "alpha is still paused" in ending.not_done
