"""How a stop ends: the worst item decides, and the subject says the weightiest first."""

from __future__ import annotations

from typing import Any

import pytest

from functions import telling
from functions.facts import Outcome, Result
from functions.rules.stop_end import end_of
from functions.rules.stop_order import read
from functions.rules.stop_pieces import Census, Piece, StopPieces

ENTRIES = Piece("entry orders", Result.UNKNOWN, "nobody says whether s1 trades real money", "cancel", "orders")
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


def test_is_resolved_although_of_some_entry_orders_nobody_can_tell_and_says_so() -> None:
    end = end_of(pieces())
    assert (end.outcome, end.headline) == (Outcome.RESOLVED, ("entry orders unknown",))
    assert "Entry orders unknown: nobody says whether s1 trades real money. No position was closed" in end.summary
    assert any(line.startswith("entry orders") for line in end.unknown)
    assert "entry orders" in end.not_proven
    assert end.exposure == ("1 open positions", "p1", "whole list: k")


@pytest.mark.parametrize("result", [Result.NOT_DONE, Result.UNKNOWN])
def test_entry_orders_that_a_venue_lists_or_may_list_escalate_and_are_named_once(result: Result) -> None:
    end = end_of(pieces(entry_orders=Piece("entry orders", result, "binanceusdm/main is silent", pages=True)))
    assert end.outcome is Outcome.ESCALATED
    assert end.headline == ("3 of 3 stopped", f"entry orders {result.value.replace('_', ' ')}")
    assert "Look at the venues now and cancel the entry orders that work there." in end.summary
    assert end.summary.count("binanceusdm/main is silent") == 1
    assert end.not_proven == ("entry orders",)


def test_what_of_the_exposure_nothing_proves_is_named_and_the_rest_is_not() -> None:
    exposure = Piece("exposure", Result.DONE, "1 open position", unproven=("protection at the venue",))
    done = Piece("entry orders", Result.DONE, "binanceusdm/main lists no entry order")
    unproven, proven = end_of(pieces(entry_orders=done, exposure=exposure)), end_of(pieces(entry_orders=done))
    assert (unproven.not_proven, proven.not_proven) == (("protection at the venue",), ())
    assert unproven.summary.startswith("Stopped; not proven: protection at the venue - 3 of 3")
    assert proven.summary.startswith("Stopped and verified: 3 of 3")


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


def test_the_subject_says_the_state_and_not_latched_within_100_characters_and_cuts_no_word() -> None:
    end = end_of(pieces(latch=NOT_LATCHED, strategies=Census(done=1, not_done=100_000, unknown=99_999)))
    subject = telling.subject("staging", "emergency-stop", end)
    assert subject.startswith(
        "[tradai staging] ESCALATED emergency-stop (1 of 200000 stopped; not latched; 100000 not stopped"
    )
    assert len(subject) <= 100
    assert "NOT LATCHED: press again until it says engaged" in end.summary


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


NO_TASK: dict[str, Any] = {"running": 0}


def test_an_escalation_says_first_what_stands_then_what_to_do_and_raw_reasons_last() -> None:
    summary = end_of(pieces(latch=NOT_LATCHED, strategies=Census(done=5), **NO_TASK)).summary
    assert summary.startswith(
        "All trading stopped: 5 of 5 proven stopped, 0 not stopped, 0 unknown; no task of the service runs. "
        "A person must act now: NOT LATCHED: press again until it says engaged"
    )
    todo, reasons = "Look which entry orders work at the venues", "Reasons: kill switch not done"
    assert summary.index(todo) < summary.index(reasons)


def test_a_table_that_nobody_could_read_is_never_0_of_0_and_its_errors_stand_together() -> None:
    unread = tuple(
        f"segment {n} of the trading state was not read to its end: Transient: throttled" for n in range(8)
    )
    end = end_of(pieces(strategies=Census(unread=unread, parts=8), **NO_TASK))
    assert end.summary.startswith(
        "How many strategies is unknown: 8 of 8 parts of the table unread; no task of the service runs"
    )
    assert "0 of 0" not in end.summary
    assert end.headline[0] == "how many is unknown"
    (said,) = [line for line in end.unknown if "throttled" in line]
    assert said.startswith("segments 0, 1, 2, 3, 4, 5, 6, 7 of the trading state were not read")


def test_a_line_with_one_that_is_not_stopped_is_not_under_done() -> None:
    end = end_of(pieces(strategies=Census(done=1, not_done=1, unknown=1)))
    assert end.not_done[0].startswith("strategies: 1 of 3")
    assert not any(line.startswith("strategies") for line in (*end.done, *end.unknown))


def test_a_name_that_nobody_has_leads() -> None:
    typo = "no strategy is called momentum-bct; did you mean momentum-btc?"
    census = Census(not_done=1, not_stopped=(("momentum-bct", "no such strategy"),), missing=(typo,))
    end = end_of(pieces({"strategy_ids": ["momentum-bct"]}, strategies=census))
    assert end.summary.startswith(f"NOTHING WAS STOPPED: {typo}. ")


def test_input_that_could_not_be_read_stands_in_the_summary_however_it_ends() -> None:
    told = "The input could not all be read, so everything was stopped: colour: unknown field. "
    assert told in end_of(pieces({"colour": "red"})).summary
    assert told in end_of(pieces({"colour": "red"}, latch=NOT_LATCHED)).summary
    rehearsal = end_of(pieces({"colour": "red", "dry_run": True}))
    assert "so everything would be stopped: colour" in rehearsal.summary
    assert not any("everything is stopped" in line for line in rehearsal.known)


def test_entry_orders_that_a_person_must_cancel_are_named() -> None:
    items = ("o-1 of grid-eth: buy limit, nobody can tell what it does",)
    orders = Piece("entry orders", Result.NOT_DONE, "1 of which nobody can tell", items=items, details_key="k2")
    not_done = end_of(pieces(entry_orders=orders)).not_done
    assert {*items, "whole list: k2"} <= set(not_done)


def test_a_rehearsal_speaks_of_what_would_be_and_its_notice_is_not_undone() -> None:
    parts = (
        Piece("service", Result.NOT_DONE, "dry run: would be scaled"),
        Piece("notice", Result.DONE, "published"),
    )
    latch = Piece("kill switch", Result.NOT_DONE, "dry run: would be engaged")
    end = end_of(pieces({"dry_run": True}, latch=latch, parts=parts, strategies=Census(not_done=1)))
    assert end.summary.startswith(
        "Dry run, nothing was changed: would stop 1 of 1 strategy, engage the kill switch"
    )
    assert end.done == ("notice: published",)
    assert not any("NOT LATCHED" in line for line in (end.summary, *end.not_done, *end.known))
