"""The approval at the door, and how a close ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from functions.approvals import Decision, Standing
from functions.ports.exchange import AttemptState, CloseResult
from functions.rules.closing.against import opened_again
from functions.rules.closing.approved import is_bounded, why_refused
from functions.rules.closing.beyond import why_another_unit
from functions.rules.closing.ended import ended, how_ended, not_proven, summary
from functions.rules.closing.entries import why_stay_paused
from functions.rules.closing.next_step import Step
from functions.venue import Fill, Unit
from tests.rules.closing.facts import AMOUNT, NOW, UNIT, attempt, order, terms
from tests.tasks.close_rig import POSITION, CloseRig, approved
from tests.tasks.rig import INCIDENT

RIG = CloseRig()
APPROVAL = approved(RIG, "apr-1", option="emergency_close")
SENT = attempt(state=AttemptState.SENT)


def refusal(change: dict[str, Any] | None = None, used_by: str | None = None, **more: Any) -> str | None:
    given: dict[str, Any] = {
        "position_id": POSITION,
        "incident_id": INCIDENT,
        "now": RIG.now,
        "holds": timedelta(seconds=900),
        **more,
    }
    return why_refused(replace(APPROVAL, **(change or {})), used_by, **given)


def test_an_approval_decided_for_this_close_lets_it_begin() -> None:
    assert refusal() is None


@pytest.mark.parametrize(
    ("change", "more", "why"),
    [
        ({}, {"position_id": "pos-2"}, "not about closing this position"),
        ({}, {"incident_id": "inc-2"}, "belongs to the incident"),
        ({"standing": Standing.LAPSED}, {}, "it is lapsed"),
        ({"standing": Standing.PENDING, "decision": None}, {}, "it is pending"),
        ({"decision": Decision("leave_open", ("ana",), RIG.now)}, {}, "allows no order"),
        ({}, {"used_by": INCIDENT}, "has used it already"),
        ({}, {"used_by": "inc-2"}, "has used it already"),
        ({}, {"now": RIG.now + timedelta(seconds=1_000)}, "has lapsed since"),
    ],
)
def test_every_other_approval_is_refused(change: dict[str, Any], more: dict[str, Any], why: str) -> None:
    assert why in (refusal(change, **more) or "")


def test_no_approval_allows_nothing() -> None:
    assert why_refused(None, None, position_id="p", incident_id="i", now=RIG.now, holds=timedelta(0))


def test_only_the_option_without_a_bound_has_none() -> None:
    assert is_bounded(APPROVAL)
    assert not is_bounded(replace(APPROVAL, decision=Decision("emergency_close_unbounded", ("ana",), RIG.now)))


def test_a_position_that_is_elsewhere_than_approved_is_another_one() -> None:
    assert why_another_unit(terms(), UNIT) is None
    assert why_another_unit(terms(), Unit("binanceusdm", "second", UNIT.symbol, "long"))


@pytest.mark.parametrize(
    ("given", "how"),
    [
        ({"flat": True, "how": None, "attempts": None, "broke": True}, "flat"),
        ({"flat": False, "how": "void", "attempts": (), "broke": False}, "void"),
        ({"flat": False, "how": "void", "attempts": (SENT,), "broke": False}, "unknown"),
        ({"flat": False, "how": "not_closed", "attempts": None, "broke": False}, "unknown"),
        ({"flat": False, "how": None, "attempts": (), "broke": True}, "not_closed"),
        ({"flat": False, "how": None, "attempts": (attempt(),), "broke": True}, "unknown"),
        ({"flat": False, "how": "break", "attempts": (attempt(),), "broke": True}, "break"),
    ],
)
def test_an_end_says_no_more_than_is_known(given: dict[str, Any], how: str) -> None:
    assert how_ended(**given) == how


def result(**more: Any) -> CloseResult:
    given: dict[str, Any] = {
        "how": "not_closed",
        "why": "because",
        "attempts": (attempt(filled=Decimal("0.02"), average=Decimal(100)),),
        "left": Decimal("0.03"),
        "proven": None,
        "recorded": None,
        "left_over": (),
        "protected": True,
        "entries": "running",
        "pause_stands": False,
        "trades_against": (),
        "at": NOW,
        **more,
    }
    return ended(given.pop("how"), given.pop("why"), given.pop("attempts"), **given)


def test_a_result_tells_what_was_closed_and_what_is_left() -> None:
    told = result()
    assert (told.closed, told.left, told.average, told.attempts) == (
        Decimal("0.02"),
        Decimal("0.03"),
        Decimal(100),
        1,
    )
    assert "0.02 closed by 1 order at 100 on average, 0.03 left" in summary(told, "BTC")


def test_what_is_flat_has_nothing_left_and_needs_no_protection() -> None:
    told = result(how="flat", proven=Decimal(99), protected=False)
    assert (told.left, told.protected, told.average) == (Decimal(0), None, Decimal(99))


def test_what_could_not_be_proven_is_named() -> None:
    told = result(how="unknown", protected=False, recorded=False, left_over=("x",), trades_against=("y",))
    assert len(not_proven(told)) == 5
    assert not_proven(result()) == ()
    for stands in (True, None):
        told = result(pause_stands=stands, entries="paused: the kill switch")
        assert not_proven(told) == ("entries of the strategy: paused: the kill switch",)


class Like:
    """Anything with these fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


@pytest.mark.parametrize(
    ("look", "watched", "restored", "stays"),
    [
        (Like(verdict=Step.FLAT, how=None), None, None, False),
        (Like(verdict=Step.END, how="void"), None, Like(protected=True), False),
        (Like(verdict=Step.END, how="void"), None, Like(protected=False, why="not readable: its orders"), True),
        (Like(verdict=Step.END, how="break"), None, None, True),
        (Like(verdict=Step.END, how="unknown"), None, None, True),
        (Like(verdict=Step.FLAT, how=None), Like(trades_against=("x",)), None, True),
        (None, None, None, True),
    ],
)
def test_entries_come_back_only_where_nothing_speaks_against_it(
    look: Any, watched: Any, restored: Any, stays: bool
) -> None:
    assert (why_stay_paused(look, watched, restored) is not None) is stays


def test_protection_that_was_not_seen_is_not_told_as_gone() -> None:
    told = why_stay_paused(
        cast("Any", Like(verdict=Step.END, how="void")), None, cast("Any", Like(protected=False, why="venue down"))
    )
    assert told == "the position's protection was not seen at the venue (venue down)"


def fill(side: str, **more: Any) -> Fill:
    given: dict[str, Any] = {"fee": None, "fee_asset": None, "at": NOW, "client_order_id": f"c-{side}", **more}
    return Fill("f", "o", side, AMOUNT, Decimal(1), **given)  # type: ignore[arg-type]  # a side by its word


def test_fills_and_orders_that_open_again_are_named_where_nobody_else_has_a_part() -> None:
    entry = order("entry", side="buy", reduce_only=False, trigger=False, created_at=NOW)
    given: dict[str, Any] = {"positions": (), "fills": [fill("buy"), fill("sell")], "working": [entry]}
    assert opened_again(UNIT, "pos-1", NOW, **given, alone=True) == ("c-buy", "entry")
    assert opened_again(UNIT, "pos-1", NOW, **given, alone=False) == ()
    assert opened_again(UNIT, "pos-1", NOW + timedelta(seconds=1), **given, alone=True) == ()
