"""The order that is only validated, and the one that rests far from the market: twin and real ccxt alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Refused, Transient, Uncertain
from functions.venue import OrderStatus, ProbeOrder, Row, Validation
from local.platform.exchange.server import Served
from tests.adapters.exchange_rigs import BTC, MAIN, SHORT, HttpVenueRig, MemoryVenueRig, VenueRig, stand_in

PROBE = ProbeOrder("probe1", BTC, "buy", Decimal("0.002"), Decimal(58_000), hedged=False)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with stand_in() as venue:
        yield venue


@pytest.fixture
def venue(served: Served) -> Iterator[HttpVenueRig]:
    yield HttpVenueRig(served)
    served.venue.mend()
    served.venue.down = False
    served.venue.reset()


@pytest.fixture(params=["memory", "http"])
def rig(request: pytest.FixtureRequest, venue: HttpVenueRig) -> VenueRig:
    found: VenueRig = MemoryVenueRig() if request.param == "memory" else venue
    found.pin(bids=[("59999.9", "5")], asks=[("60000.1", "5")])
    return found


def test_a_validated_order_is_not_placed(rig: VenueRig) -> None:
    assert rig.exchange.validate(MAIN, PROBE) is Validation.ACCEPTED
    assert not rig.exchange.orders(MAIN, BTC)
    assert rig.exchange.order(MAIN, BTC, PROBE.client_order_id) is None


def test_both_sides_are_validated_in_hedge_mode_too(rig: VenueRig) -> None:
    rig.hedge()
    sale = replace(PROBE, side="sell", price=Decimal(62_000), hedged=True)
    for one in (replace(PROBE, hedged=True), sale):
        assert rig.exchange.validate(MAIN, one) is Validation.ACCEPTED


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"price": Decimal("58000.05")}, "-4014"),
        ({"amount": Decimal("0.0025")}, "-1111"),
        ({"price": Decimal(80_000)}, "-4016"),
        ({"price": Decimal("60000.1")}, "-5022"),
    ],
    ids=["tick", "step", "percent-price", "would-take"],
)
def test_what_the_filters_refuse_is_refused_with_the_venues_code(rig: VenueRig, wrong: Any, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        rig.exchange.validate(MAIN, replace(PROBE, **wrong))
    assert refusal.value.trouble is not None
    assert refusal.value.trouble.code == code


def test_a_frozen_account_may_not_even_test(rig: VenueRig) -> None:
    rig.freezes()
    with pytest.raises(Refused) as refusal:
        rig.exchange.validate(MAIN, PROBE)
    assert refusal.value.trouble is not None


def test_a_symbol_that_does_not_trade_is_refused_by_its_row(rig: VenueRig) -> None:
    rig.closes_the_symbol()
    with pytest.raises(Refused) as refusal:
        rig.exchange.validate(MAIN, PROBE)
    assert refusal.value.trouble is not None
    assert refusal.value.trouble.row is Row.INVALID_SYMBOL


def test_a_venue_that_is_down_has_said_nothing(rig: VenueRig) -> None:
    rig.goes_down()
    with pytest.raises(Transient):
        rig.exchange.validate(MAIN, PROBE)


def test_a_market_tells_how_far_a_price_may_be_from_the_mark(rig: VenueRig) -> None:
    market = rig.exchange.market(MAIN, BTC)
    assert market.price_down is not None
    assert market.price_up is not None
    assert market.price_down < 1 < market.price_up


def test_a_probe_rests_untouched_is_found_by_our_id_and_goes_when_cancelled(rig: VenueRig) -> None:
    made = rig.exchange.probe(MAIN, PROBE)
    (seen,) = rig.exchange.orders(MAIN, BTC)
    assert (made.order_id, seen.client_order_id, seen.status, seen.filled) == (
        seen.order_id,
        "probe1",
        OrderStatus.OPEN,
        Decimal(0),
    )
    assert (seen.time_in_force, seen.reduce_only) == ("GTX", False)
    assert rig.exchange.cancel(MAIN, seen)
    assert not rig.exchange.orders(MAIN, BTC)
    gone = rig.exchange.order(MAIN, BTC, "probe1")
    assert gone is not None
    assert (gone.status, gone.filled) == (OrderStatus.CANCELED, Decimal(0))


def test_a_probe_that_would_take_from_the_book_is_refused_and_changes_nothing(rig: VenueRig) -> None:
    with pytest.raises(Refused):
        rig.exchange.probe(MAIN, replace(PROBE, price=Decimal("60000.1")))
    assert not rig.exchange.orders(MAIN, BTC)
    assert rig.exchange.position(SHORT).opposite == 0


def test_a_probe_may_be_accepted_in_silence(rig: VenueRig) -> None:
    rig.executes_in_silence()
    with pytest.raises(Uncertain):
        rig.exchange.probe(MAIN, PROBE)
    assert rig.exchange.order(MAIN, BTC, "probe1") is not None


REFUSALS = (
    "insufficient-balance",
    "invalid-price",
    "invalid-symbol",
    "no-permission",
    "key-revoked",
    "key-without-permission",
    "account-frozen",
)


@pytest.mark.parametrize("fault", REFUSALS)
def test_what_refuses_an_order_refuses_the_tested_one_too(venue: HttpVenueRig, fault: str) -> None:
    venue.venue.break_with(fault)
    with pytest.raises(Refused):
        venue.exchange.validate(MAIN, PROBE)


@pytest.mark.parametrize("fault", ["maintenance", "rate-limited", "timeout-before-accept", "unavailable"])
def test_where_the_venue_cannot_say_nothing_is_known(venue: HttpVenueRig, fault: str) -> None:
    venue.exchange.market(MAIN, BTC)
    venue.venue.break_with(fault)
    with pytest.raises(Transient):
        venue.exchange.validate(MAIN, PROBE)
