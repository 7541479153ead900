"""The checklist's first line: table against venue both ways, by side and amount; what is not known never passes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import Check
from functions.rules.stuck.accounted import Account, Held, account_for
from functions.rules.units.attribution import Share
from functions.venue import Direction, Unit, VenuePosition, Where
from tests.rules.facts import NOW

WHERE = Where("binanceusdm", "main")
BTC = "BTC/USDT:USDT"
STEP = Decimal("0.001")
AMOUNTS = st.decimals("0.01", "1", places=3)


def held(amount: str | Decimal, side: Direction = "long", *, own: bool = True, exited: str = "0") -> Held:
    unit = Unit(WHERE.venue, WHERE.account, BTC, side)
    table, gone = Decimal(amount), Decimal(exited)
    return Held(unit, Share("p", "s", max(Decimal(0), table - gone), table, gone, side), own, None)


def there(
    amount: str | Decimal, side: Direction = "long", *, hedged: bool = False, symbol: str = BTC
) -> VenuePosition:
    return VenuePosition(Unit(WHERE.venue, WHERE.account, symbol, side), Decimal(amount), Decimal(0), hedged, NOW)


def account(*positions: VenuePosition, symbols: frozenset[str] | None = frozenset({BTC})) -> Account:
    steps = {BTC: STEP, "ETH/USDT:USDT": STEP}
    return Account(WHERE, positions, steps, symbols)


@pytest.mark.parametrize(
    ("table", "venue", "result"),
    [
        ((), (), Check.PASS),
        ((held("0.5"),), (there("0.5"),), Check.PASS),
        ((held("0.5"),), (there("0.5005"),), Check.PASS),
        ((held("0.5"),), (there("0.501"),), Check.FAIL),
        ((held("0.5"),), (), Check.FAIL),
        ((), (there("0.5"),), Check.FAIL),
        ((held("0.5"),), (there("0.5", "short"),), Check.FAIL),
        ((held("0.5"), held("0.3", own=False)), (there("0.8"),), Check.PASS),
        ((held("0.5", exited="0.2"),), (there("0.3"),), Check.PASS),
        ((held("0.5"), held("0.2", "short")), (there("0.3"),), Check.PASS),
        ((held("0.5"), held("0.2", "short")), (there("0.5", hedged=True),), Check.FAIL),
        (
            (held("0.5"), held("0.2", "short")),
            (there("0.5", hedged=True), there("0.2", "short", hedged=True)),
            Check.PASS,
        ),
    ],
)
def test_table_and_venue_are_compared(
    table: tuple[Held, ...], venue: tuple[VenuePosition, ...], result: Check
) -> None:
    assert account_for(table, [account(*venue)]).result is result


def test_what_could_not_be_read_is_never_a_pass() -> None:
    assert account_for([], [], [("what binanceusdm/main holds: slow", True)]).result is Check.UNKNOWN
    no_step = Account(WHERE, (there("0.5"),), {}, None)
    assert account_for([held("0.5")], [no_step]).result is Check.UNKNOWN


def test_a_failure_outweighs_what_is_unknown() -> None:
    found = account_for([held("0.5")], [account()], [("x", True)])
    assert (found.result, found.concerns) == (Check.FAIL, "run")


def test_what_is_not_of_this_run_concerns_others() -> None:
    eth = there("2", symbol="ETH/USDT:USDT")
    found = account_for([held("0.5")], [account(there("0.5"), eth)])
    assert (found.result, found.concerns) == (Check.FAIL, "others")
    everything = account_for([held("0.5")], [account(there("0.5"), eth, symbols=None)])
    assert everything.concerns == "run"


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.decimals("-1", "1", places=4))
def test_it_passes_only_within_a_step(amounts: list[Decimal], off: Decimal) -> None:
    whole = sum(amounts, Decimal(0)) + off
    venue = [] if whole <= 0 else [there(whole)]
    seen = whole if whole > 0 else Decimal(0)
    found = account_for([held(one) for one in amounts], [account(*venue)])
    assert (found.result is Check.PASS) == (abs(sum(amounts, Decimal(0)) - seen) < STEP)
