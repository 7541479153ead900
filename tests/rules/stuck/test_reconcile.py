"""What is true of a position by table and venue: nothing unknown is ever taken for agreed or flat."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.facts import PositionFact
from functions.rules.stuck.overdue import Overdue
from functions.rules.stuck.reconcile import MAY_PASS, Seen, State, reconcile
from functions.rules.units.attribution import Attribution, Standing
from functions.rules.units.owner import Owner
from functions.venue import Row, Trouble, Unit

UNIT = Unit("binanceusdm", "main", "BTC/USDT:USDT", "long")
POSITION = PositionFact("p", "s", "BTC/USDT:USDT", "long", Decimal(1), "open")
AGREED = Attribution(
    Standing.AGREED, Decimal(1), Decimal(1), Decimal(0), Decimal(1), Decimal(0), (), "they say the same"
)
SEEN = Seen(
    position=POSITION,
    overdue=Overdue(True, None, "it is late"),
    owner=Owner("binanceusdm", "main", "live"),
    unit=UNIT,
    attribution=AGREED,
    unreadable=(),
    trouble=None,
    by_hand=False,
)


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (Standing.AGREED, State.OPEN),
        (Standing.FLAT, State.FLAT),
        (Standing.BREAK, State.BREAK),
        (Standing.DUST, State.DUST),
    ],
)
def test_the_standing_decides_where_everything_was_read(standing: Standing, state: State) -> None:
    assert reconcile(replace(SEEN, attribution=replace(AGREED, standing=standing))).state is state


def test_a_closed_record_comes_before_everything() -> None:
    seen = replace(SEEN, position=replace(POSITION, status="closed"), attribution=None)
    assert reconcile(seen).state is State.CLOSED


def test_what_is_not_stuck_needs_a_persons_word() -> None:
    calm = replace(SEEN, overdue=Overdue(False, None, "it is young"))
    assert reconcile(calm).state is State.NOT_STUCK
    assert reconcile(replace(calm, by_hand=True)).state is State.OPEN
    assert reconcile(replace(SEEN, overdue=Overdue(None, None, "unknown"))).state is State.OPEN


@pytest.mark.parametrize("mode", ["paper", "dry", None])
def test_only_a_proven_live_mode_goes_on(mode: str | None) -> None:
    assert reconcile(replace(SEEN, owner=Owner("binanceusdm", "main", mode))).state is State.NOT_LIVE


def test_a_position_without_a_unit_is_nobodys_to_close() -> None:
    found = reconcile(replace(SEEN, unit=None, owner=Owner(None, "main", "live")))
    assert (found.state, "venue" in found.told) == (State.NO_UNIT, True)


@pytest.mark.parametrize("row", Row)
def test_only_what_passes_by_itself_is_waited_for(row: Row) -> None:
    trouble = Trouble(row, "Kind", "-1", "said")
    found = reconcile(replace(SEEN, attribution=None, trouble=trouble, unreadable=("its position",)))
    assert found.state is (State.UNREACHABLE if row in MAY_PASS else State.UNREADABLE)
    assert "its position" in found.told


def test_what_was_not_read_and_nobody_says_why_is_looked_at_again() -> None:
    assert reconcile(replace(SEEN, attribution=None)).state is State.UNREACHABLE
