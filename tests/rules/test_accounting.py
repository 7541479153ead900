from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import Check, ExposureFact, VenueUnitFact
from functions.rules.accounting import account_for
from tests.rules.facts import order, position
from tests.rules.worlds import exposures

BEFORE = ExposureFact((position(),), (order(),))


def test_what_stands_as_it_stood_is_kept() -> None:
    account = account_for(BEFORE, BEFORE)
    assert (account.kept, account.accounted, account.result) == (2, True, Check.PASS)


def test_nothing_before_and_a_readable_after_is_accounted_for() -> None:
    assert account_for(ExposureFact(), BEFORE).accounted is True


def test_a_position_whose_protection_is_gone_is_missing() -> None:
    account = account_for(BEFORE, ExposureFact((position(),)))
    assert (account.accounted, account.result) == (False, Check.FAIL)
    assert account.missing == (
        "protective order o1 of position p1: gone, and its position is open without protection",
    )


def test_a_stop_that_was_replaced_by_another_is_named_and_not_missing() -> None:
    account = account_for(BEFORE, ExposureFact((position(),), (order("o2"),)))
    assert account.accounted is True
    assert account.ended == ("protective order o1 of position p1: no longer working",)


def test_an_entry_order_that_no_longer_works_is_named() -> None:
    before = ExposureFact((position(),), (order(protective=False),))
    account = account_for(before, ExposureFact((position(),)))
    assert (account.accounted, account.ended) == (True, ("order o1 of position p1: no longer working",))


def test_a_position_that_left_the_table_is_unknown_and_not_called_closed() -> None:
    account = account_for(BEFORE, ExposureFact())
    assert (account.accounted, account.result) == (None, Check.UNKNOWN)
    assert "position p1 (a, BTC/USDT:USDT long 0.5)" in account.unknown[0]


def test_a_position_that_is_seen_closed_ended_in_good_order() -> None:
    account = account_for(BEFORE, ExposureFact((position(status="closed"),)))
    assert account.accounted is True
    assert account.ended[0].endswith(": closed")


@pytest.mark.parametrize("change", [{"side": "short"}, {"symbol": "ETH/USDT:USDT"}, {"strategy_id": "b"}])
def test_a_position_that_is_another_under_its_id_is_missing(change: dict[str, Any]) -> None:
    after = ExposureFact((position(**{"strategy_id": "a", **change}),), (order(),))
    assert account_for(BEFORE, after).accounted is False


def test_a_changed_amount_is_named_and_unknown() -> None:
    account = account_for(BEFORE, ExposureFact((position(amount=Decimal(1)),), (order(),)))
    assert account.accounted is None
    assert account.unknown[0].endswith("its amount is now 1")


@pytest.mark.parametrize("after", [None, ExposureFact(unreadable=("orders: throttled",))])
def test_an_unreadable_after_leaves_everything_unknown_by_name(after: ExposureFact | None) -> None:
    account = account_for(BEFORE, after)
    assert (account.kept, account.accounted) == (0, None)
    assert len(account.unknown) == 3


def test_an_unreadable_before_is_unknown_and_never_empty() -> None:
    assert account_for(None, ExposureFact()).accounted is None
    assert account_for(ExposureFact(unreadable=("positions: throttled",)), ExposureFact()).accounted is None


@given(st.none() | exposures(), st.none() | exposures())
def test_nothing_that_was_written_down_is_lost_and_nothing_unread_is_accounted_for(
    before: ExposureFact | None, after: ExposureFact | None
) -> None:
    account = account_for(before, after)
    assert account == account_for(before, after)
    unread = before is None or before.unreadable or after is None or after.unreadable
    if unread:
        assert account.accounted is not True
    if before is not None and not unread:
        told = account.kept + len(account.missing) + len(account.unknown) + len(account.ended)
        assert told == len(before.positions) + len(before.orders)


HELD = VenueUnitFact(
    "binanceusdm", "main", "BTC/USDT:USDT", "long", Decimal(1), Decimal(1), (("7", "7 (stop): sell 1"),), ("p1",)
)
THERE = replace(BEFORE, units=(HELD,))


@pytest.mark.parametrize(
    ("now", "missing", "unknown", "ended"),
    [
        (HELD, 0, 0, 0),
        (replace(HELD, orders=(("8", "8 (new stop): sell 1"),)), 0, 0, 1),
        (replace(HELD, covered=Decimal(0), orders=()), 1, 0, 1),
        (replace(HELD, covered=Decimal("0.4")), 1, 0, 0),
        (replace(HELD, amount=Decimal("0.4"), covered=Decimal("0.4")), 0, 0, 0),
        (replace(HELD, amount=Decimal(0), covered=Decimal(0)), 0, 1, 0),
    ],
)
def test_protection_at_the_venue_that_is_less_than_it_was_is_missing(
    now: VenueUnitFact, missing: int, unknown: int, ended: int
) -> None:
    account = account_for(THERE, replace(BEFORE, units=(now,)))
    assert (len(account.missing), len(account.unknown), len(account.ended)) == (missing, unknown, ended)


def test_what_is_gone_at_the_venue_and_closed_in_the_table_ended_in_good_order() -> None:
    flat = replace(HELD, amount=Decimal(0), covered=Decimal(0), orders=())
    after = ExposureFact((position(status="closed"),), (order(),), units=(flat,))
    account = account_for(THERE, after)
    assert account.accounted is True
    assert "binanceusdm/main BTC/USDT:USDT long: its venue holds nothing of it any more" in account.ended


def test_a_unit_that_was_not_read_afterwards_is_unknown() -> None:
    account = account_for(THERE, replace(BEFORE, units=()))
    assert account.accounted is None
    assert account.unknown == ("binanceusdm/main BTC/USDT:USDT long at its venue: not read afterwards",)


def test_what_was_never_protected_is_not_said_to_have_lost_it() -> None:
    bare = replace(HELD, covered=Decimal(0), orders=())
    assert account_for(replace(BEFORE, units=(bare,)), replace(BEFORE, units=(bare,))).accounted is True


def test_a_venue_that_says_nothing_before_or_after_is_unknown_by_name_and_hides_nothing_of_the_tables() -> None:
    silent = replace(BEFORE, venues_unread=("binanceusdm/main: timeout",))
    account = account_for(silent, BEFORE)
    assert (account.accounted, account.kept) == (None, 2)
    assert account.unknown == ("at the venues before: binanceusdm/main: timeout",)
    later = account_for(THERE, replace(silent, positions=(replace(position(), side="short"),)))
    assert (later.accounted, len(later.missing)) == (False, 1)
    assert "at the venues after: binanceusdm/main: timeout" in later.unknown
