"""Every way in which the stand-in venue can fail, met by the real ccxt: no more is said than is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.clock import SystemClock
from functions.adapters.exchange import exchanges
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import Reading
from functions.position_settings import ExchangeSettings
from functions.venue import NewOrder, Row
from local.platform.exchange.faults import FAULTS, KINDS
from local.platform.exchange.server import Served
from tests.adapters.exchange_rigs import BTC, LONG, MAIN, VENUE, HttpVenueRig, KeysOf, stand_in
from tests.adapters.rigs import SETTINGS

ORDER = NewOrder("ours1", LONG, Decimal("0.05"), Decimal(59_700), hedged=False)
QUICK: dict[str, Any] = {
    "timeout-before-accept": {"seconds": 2.0},
    "timeout-after-accept": {"seconds": 2.0},
}
# Accepted or not, the venue does not say: looked up.
SILENT = (
    "timeout-before-accept",
    "timeout-after-accept",
    "connection-drop",
    "connection-drop-after-accept",
    "unavailable",
    "unavailable-after-accept",
    "overloaded",
    "internal-timeout",
    "internal-timeout-after-accept",
    "disconnected",
    "maintenance",
    "empty-answer",
    "cut-answer",
    "html-answer",
    "answer-without-id",
)
REFUSED = {
    "insufficient-balance": Row.INSUFFICIENT_BALANCE,
    "invalid-price": Row.INVALID_PRICE,
    "invalid-symbol": Row.INVALID_SYMBOL,
    "reduce-only-refused": Row.NOTHING_TO_REDUCE,
    "no-permission": Row.KEY,
    "key-without-permission": Row.KEY,
    "key-revoked": Row.KEY,
    "account-frozen": Row.FROZEN,
    "symbol-delisted": Row.INVALID_SYMBOL,
    # An order of one-way mode, after the account was switched.
    "hedge-mode": Row.OTHER,
}
LATER = {
    "rate-limited": Row.RATE_LIMITED,
    "banned": Row.RATE_LIMITED,
    "too-many-orders": Row.RATE_LIMITED,
    "clock-skew": Row.CLOCK,
}
# Not failures of an order: tests/adapters/test_exchange_contract.py; and whatever code a test asks for.
ELSEWHERE = {"partial-fill", "query-lag", "refused"}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with stand_in() as one:
        yield one


@pytest.fixture
def rig(served: Served) -> Iterator[HttpVenueRig]:
    rig = HttpVenueRig(served)
    rig.hold(LONG, "0.050")
    rig.exchange.position(LONG)
    yield rig
    served.venue.reset()


def raised(rig: HttpVenueRig) -> RunbookError:
    with pytest.raises(RunbookError) as caught:
        rig.exchange.create(MAIN, ORDER)
    assert caught.value.trouble is not None
    return caught.value


def held(rig: HttpVenueRig) -> Decimal:
    return rig.venue.exchange.accounts["main"].position("BTCUSDT", "BOTH").amount


def test_every_fault_of_the_stand_in_is_met_here() -> None:
    assert {*SILENT, *REFUSED, *LATER, *ELSEWHERE} == set(FAULTS)


@pytest.mark.parametrize("name", SILENT)
def test_an_order_without_a_plain_answer_is_uncertain_and_looked_up(rig: HttpVenueRig, name: str) -> None:
    rig.venue.break_with(name, **QUICK.get(name, {}))
    assert type(raised(rig)) is Uncertain
    rig.venue.mend()
    found = rig.exchange.order(MAIN, BTC, "ours1")
    if KINDS[name].when == "after":
        assert found is not None
        assert found.filled == Decimal("0.05")
        assert held(rig) == 0
    else:
        assert found is None
        assert held(rig) == Decimal("0.05")


@pytest.mark.parametrize(("name", "row"), REFUSED.items())
def test_a_refusal_is_told_by_its_row_and_nothing_was_done(rig: HttpVenueRig, name: str, row: Row) -> None:
    rig.venue.break_with(name)
    error = raised(rig)
    rig.venue.mend()
    assert error.trouble
    assert (type(error), error.trouble.row) == (Refused, row)
    assert (rig.exchange.order(MAIN, BTC, "ours1"), held(rig)) == (None, Decimal("0.05"))


@pytest.mark.parametrize(("name", "row"), LATER.items())
def test_what_was_turned_away_may_come_again(rig: HttpVenueRig, name: str, row: Row) -> None:
    rig.venue.break_with(name)
    error = raised(rig)
    rig.venue.mend()
    assert error.trouble
    assert (type(error), error.trouble.row) == (Transient, row)
    assert rig.exchange.create(MAIN, ORDER).filled == Decimal("0.05")


@pytest.mark.parametrize(("name", "seconds"), [("rate-limited", 60), ("banned", 120)])
def test_how_long_a_ban_lasts_is_handed_on(rig: HttpVenueRig, name: str, seconds: int) -> None:
    rig.venue.break_with(name)
    error = raised(rig)
    assert error.trouble
    assert error.trouble.retry_after == seconds


def test_maintenance_is_a_status(rig: HttpVenueRig) -> None:
    rig.venue.break_with("maintenance")
    status = rig.exchange.status(VENUE)
    assert status.trouble
    assert (status.reading, status.trouble.row) == (Reading.FAILED, Row.MAINTENANCE)
    rig.venue.mend()
    assert rig.exchange.status(VENUE).reading is Reading.OK


def test_how_far_the_venues_clock_is_away_is_measured(rig: HttpVenueRig) -> None:
    rig.venue.break_with("clock-skew", seconds=30.0)
    skew = rig.exchange.account(MAIN).clock_skew
    assert skew is not None
    assert -31 < skew < -29


def test_a_wrong_secret_is_a_key_that_is_refused(served: Served) -> None:
    keys = {name: type(key)(key.key, "another-secret") for name, key in served.keys.items()}
    environment = {"EXCHANGE_API_URLS": json.dumps({VENUE: served.url})}
    settings = SETTINGS.model_copy(update={"exchanges": {VENUE: ExchangeSettings()}})
    aws: Any = KeysOf(keys)
    with pytest.raises(Refused) as caught:
        exchanges(aws, settings, SystemClock(), environment=environment).position(LONG)
    assert caught.value.trouble
    assert (caught.value.trouble.row, caught.value.trouble.code) == (Row.KEY, "-1022")
