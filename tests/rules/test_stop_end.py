"""How a stop ends: the worst item decides, and the subject says the weightiest first."""

from __future__ import annotations

from typing import Any

import pytest

from functions import telling
from functions.facts import Outcome, Result
from functions.rules.stop_end import end_of
from functions.rules.stop_order import read
from functions.rules.stop_pieces import Census, Piece, StopPieces

ENTRIES = Piece("entry orders", Result.NOT_DONE, "none in the table; the venue was not asked", "cancel", "orders")
LATCH = Piece("kill switch", Result.DONE, "engaged", "engage", "kill switch")
NOT_LATCHED = Piece("kill switch", Result.NOT_DONE, "not latched: no", "engage", "kill switch")


def pieces(given: object = None, **more: Any) -> StopPieces:
    parts: dict[str, Any] = {
        "order": read(given or {}),
        "latch": LATCH,
        "strategies": Census(done=3, key="incidents/i/strategies.jsonl"),
        "parts": (Piece("service", Result.DONE, "desired count 0"),),
        "entry_orders": ENTRIES,
        "exposure": Piece("exposure", Result.DONE, "1 open positions", items=("p1",), details_key="k"),
        **more,
    }
    return StopPieces(**parts)


def test_is_resolved_although_nothing_cancels_entry_orders_and_says_of_what_it_speaks() -> None:
    end = end_of(pieces())
    assert (end.outcome, end.headline) == (Outcome.RESOLVED, ("entry orders not done",))
    assert "strategies and of the service only" in end.summary
    assert any(line.startswith("entry orders") for line in end.not_done)
    assert "entry orders" in end.not_proven
    assert end.exposure == ("1 open positions", "p1", "whole list: k")


def test_entry_orders_that_nobody_wanted_cancelled_are_not_said_to_be_undone() -> None:
    end = end_of(pieces(entry_orders=Piece("entry orders", Result.DONE, "told not to cancel them")))
    assert (end.headline, "entry orders" in end.not_proven) == ((), False)


@pytest.mark.parametrize(
    "worse",
    [
        {"latch": NOT_LATCHED},
        {"strategies": Census(done=2, not_done=1)},
        {"strategies": Census(done=2, unknown=1)},
        {"strategies": Census(done=2, unread=("segment 3 was not read",))},
        {"parts": (Piece("service", Result.UNKNOWN, "?"),)},
        {"parts": (Piece("status page", Result.NOT_DONE, "HTTP 500"),)},
        {"exposure": Piece("exposure", Result.UNKNOWN, "not readable")},
    ],
)
def test_the_worst_item_decides(worse: dict[str, Any]) -> None:
    end = end_of(pieces(**worse))
    assert (end.outcome, end.severity) == (Outcome.ESCALATED, "critical")
    assert end.not_done or end.unknown


def test_the_subject_says_not_latched_first_and_entry_orders_within_100_characters() -> None:
    end = end_of(pieces(latch=NOT_LATCHED, strategies=Census(done=1, not_done=100_000, unknown=99_999)))
    subject = telling.subject("staging", "emergency-stop", end)
    assert subject.startswith(
        "[tradai staging] ESCALATED emergency-stop (not latched; entry orders not done; 100000"
    )
    assert len(subject) <= 100
    assert "not latched" in end.summary


def test_each_that_did_not_stop_is_named_up_to_a_bound_and_the_rest_counted() -> None:
    census = Census(not_done=25, not_stopped=tuple((f"s{n}", "it trades") for n in range(20)))
    not_done = end_of(pieces(strategies=census)).not_done
    assert "s0: it trades" in not_done
    assert "and 5 more strategies" in not_done


def test_a_dry_run_ends_as_one_whatever_it_saw() -> None:
    end = end_of(pieces({"dry_run": True}, latch=NOT_LATCHED, strategies=Census(not_done=2, done=1)))
    assert end.outcome is Outcome.DRY_RUN
    assert "would stop 2 of 3 strategies" in end.summary


def test_input_that_could_not_be_read_stands_in_what_is_known() -> None:
    assert any("colour" in line for line in end_of(pieces({"colour": "red"})).known)
