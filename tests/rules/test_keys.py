from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from functions.rules.keys import Verdict, judge, unreadable
from functions.venue import AccountFact, Row, Trouble, Where

WHERE = Where("binanceusdm", "main")
FIT = AccountFact(
    WHERE,
    datetime(2026, 1, 31, 9, tzinfo=UTC),
    can_trade=True,
    can_withdraw=False,
    ip_restricted=True,
    frozen=False,
    hedged=False,
    clock_skew=Decimal("-0.2"),
)


def test_a_key_that_can_do_what_it_must_and_nothing_besides_is_good() -> None:
    assert {one.verdict for one in judge(FIT)} == {Verdict.GOOD}
    assert {one.about for one in judge(FIT)} == {"binanceusdm main"}


@pytest.mark.parametrize(
    ("change", "what", "verdict"),
    [
        ({"can_trade": False}, "may trade", Verdict.BAD),
        ({"can_trade": None}, "may trade", Verdict.UNKNOWN),
        ({"can_withdraw": True}, "may withdraw", Verdict.BAD),
        ({"can_withdraw": None}, "may withdraw", Verdict.UNKNOWN),
        ({"frozen": True, "frozen_why": "locked"}, "frozen", Verdict.BAD),
        ({"frozen": None}, "frozen", Verdict.UNKNOWN),
        ({"ip_restricted": False}, "address", Verdict.NOTE),
        ({"ip_restricted": None}, "address", Verdict.UNKNOWN),
        ({"hedged": None}, "position mode", Verdict.UNKNOWN),
        ({"clock_skew": Decimal("1.5")}, "clock", Verdict.BAD),
        ({"clock_skew": Decimal(-2)}, "clock", Verdict.BAD),
        ({"clock_skew": None}, "clock", Verdict.UNKNOWN),
        ({"unread": ("balance: HTTP 500",)}, "could not be read", Verdict.UNKNOWN),
    ],
)
def test_what_is_wrong_or_not_said_is_named_and_nothing_else(
    change: dict[str, Any], what: str, verdict: Verdict
) -> None:
    found = [one for one in judge(replace(FIT, **change)) if one.verdict is not Verdict.GOOD]
    assert [(one.what, one.verdict) for one in found] == [(what, verdict)]
    assert bool(found[0].advice) == (verdict in (Verdict.BAD, Verdict.NOTE))


def test_hedge_mode_is_told_and_is_no_fault() -> None:
    (mode,) = [one for one in judge(replace(FIT, hedged=True)) if one.what == "position mode"]
    assert (mode.verdict, mode.value) == (Verdict.GOOD, "hedge")


def test_a_key_that_the_venue_does_not_take_is_bad_and_a_venue_that_is_away_is_unknown() -> None:
    refused = Trouble(Row.KEY, "AuthenticationError", "-2015", "invalid key")
    away = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    assert unreadable(WHERE, "refused", refused).verdict is Verdict.BAD
    assert unreadable(WHERE, "no answer", away).verdict is Verdict.UNKNOWN
    assert unreadable(WHERE, "no answer", None).verdict is Verdict.UNKNOWN
