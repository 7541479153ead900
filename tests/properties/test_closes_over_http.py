"""Whole closes by the real ccxt adapter against the stand-in venue: what it answers is what it would on the wire.

Only the venue is real here, in real time; the tables are the twins, and waits pass at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from functions.ports import Exchange, Ports
from functions.ports.exchange import AttemptState
from local.platform.exchange.server import Served
from tests.adapters.exchange_rigs import HttpVenueRig, stand_in
from tests.tasks.close_rig import BTC, MARK, POSITION, CloseRig, closes

# Each befalls the first order of the close; after it the venue is well. `timeout-*` is answered by our own timeout.
ONCE = [
    "connection-drop", "connection-drop-after-accept", "unavailable", "unavailable-after-accept", "overloaded",
    "internal-timeout", "internal-timeout-after-accept", "disconnected", "too-many-orders", "insufficient-balance",
    "invalid-price", "refused", "empty-answer", "cut-answer", "html-answer", "answer-without-id", "partial-fill",
    "reduce-only-refused",
]  # fmt: skip
SLOW = ["timeout-before-accept", "timeout-after-accept"]
# On any call, reads too.
ANY = ["rate-limited", "banned"]
AT = ["WriteDownProtection", "SettleAttempt", "LookAtUnit", "SendAttempt", "CancelLeftOver"]
SHARED: dict[str, Exchange] = {}


class HttpCloseRig(CloseRig):
    def __init__(self, served: Served, **more: Any) -> None:
        super().__init__(now=datetime.now(UTC), **more)
        self.http = HttpVenueRig(served)
        # The clients of one container: each would load the markets anew.
        self.http.exchange = SHARED.setdefault(served.url, self.http.exchange)
        if more.get("hedged"):
            self.http.hedge()
        self.http.hold(self.unit, str(self.amount))
        self.http.pin(bids=[("59999.9", "100")], asks=[("60000.1", "100")])
        self.http.protect(self.unit, "stop-1", quantity=str(self.amount))

    def ports(self) -> Ports:
        return replace(super().ports(), exchange=self.http.exchange)

    @property
    def real(self) -> Decimal:
        return self.http.exchange.position(self.unit).amount

    def names(self) -> list[str | None]:
        return [order.client_order_id for order in self.http.exchange.orders(self.unit.where, BTC)]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with stand_in() as running:
        yield running


def closed_once(rig: HttpCloseRig) -> None:
    """Flat at the venue, by fills that make the position's amount and no more, inside the bound."""
    assert (rig.real, rig.names()) == (Decimal(0), [])
    opposite = rig.http.exchange.position(rig.unit).opposite
    assert opposite == 0
    fills = [
        fill
        for fill in rig.http.exchange.fills(rig.unit.where, BTC, datetime(2020, 1, 1, tzinfo=UTC))
        if fill.side == rig.closes
    ]
    assert sum(fill.amount for fill in fills) == rig.amount
    assert all(fill.price >= rig.worst if rig.unit.side == "long" else fill.price <= rig.worst for fill in fills)
    assert rig.row()["status"] == "closed"
    done = [one for one in rig.attempts() if one.state is AttemptState.DONE]
    assert sum((one.filled or Decimal(0) for one in done), Decimal(0)) == rig.amount


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("hedged", [False, True])
def test_a_close_over_the_wire_ends_proven_flat(served: Served, side: Any, hedged: bool) -> None:
    rig = HttpCloseRig(served, side=side, hedged=hedged)
    ended = closes(rig)
    assert ended.error is None, ended.cause
    closed_once(rig)


@pytest.mark.parametrize("fault", [*ONCE, *SLOW])
def test_an_answer_to_the_order_that_is_wrong_or_lost_closes_nothing_twice(served: Served, fault: str) -> None:
    rig = HttpCloseRig(served)
    options: dict[str, Any] = {"seconds": 2.0} if fault in SLOW else {}

    def between(state: str) -> None:
        if state == "SendAttempt" and not rig.attempts():
            rig.http.venue.break_with(fault, **options)

    ended = closes(rig, between=between)
    rig.http.venue.mend()
    assert ended.error is None, ended.cause
    closed_once(rig)


@pytest.mark.parametrize("fault", ANY)
@pytest.mark.parametrize("at", AT)
def test_a_venue_that_asks_for_patience_is_given_it(served: Served, fault: str, at: str) -> None:
    rig = HttpCloseRig(served)
    once = [True]

    def between(state: str) -> None:
        if state == at and once and once.pop():
            rig.http.venue.break_with(fault, count=2)

    ended = closes(rig, between=between)
    rig.http.venue.mend()
    assert ended.error is None, ended.cause
    closed_once(rig)


def test_exits_that_hold_the_quantity_are_cleared(served: Served) -> None:
    rig = HttpCloseRig(served)
    rig.http.rest_exit(rig.unit, "exit-1", str(rig.amount), "66000")
    ended = closes(rig)
    assert ended.error is None, ended.cause
    closed_once(rig)


def test_a_bound_that_nobody_meets_leaves_position_and_protection_as_they_were(served: Served) -> None:
    rig = HttpCloseRig(served)
    rig.http.pin(bids=[(str(MARK * Decimal("0.98")), "100")], asks=[(str(MARK), "1")])
    assert closes(rig).error == "Escalated"
    assert (rig.result().how, rig.real, rig.names()) == ("void", rig.amount, ["stop-1"])
    assert rig.row(POSITION)["status"] == "open"
