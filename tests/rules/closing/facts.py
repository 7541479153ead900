"""A close of 0.05 BTC, long, as its rules see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.adapters.memory.venue import BTC, a_market
from functions.approvals import CloseTerms
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.away import Patience
from functions.rules.closing.next_step import Facts, Seen
from functions.rules.units.attribution import Attribution, Standing
from functions.rules.units.fills import ClosingFills
from functions.venue import Book, OrderStatus, Unit, VenueOrder

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
AMOUNT, WORST = Decimal("0.05"), Decimal("59700")
UNIT = Unit("binanceusdm", "main", BTC, "long")
ZERO = Decimal(0)


def terms(**more: Any) -> CloseTerms:
    return replace(
        CloseTerms("pos-1", "binanceusdm", "main", BTC, "long", AMOUNT, WORST, Decimal(60_000), None, NOW),
        **more,
    )


def attempt(number: int = 1, state: AttemptState = AttemptState.DONE, **more: Any) -> Attempt:
    given: dict[str, Any] = {
        "position_id": "pos-1",
        "incident_id": "inc-1",
        "number": number,
        "client_order_id": f"rbc{number}",
        "unit": UNIT,
        "amount": AMOUNT,
        "worst_price": WORST,
        "state": state,
        "prepared_at": NOW,
        "sent_at": None if state is AttemptState.PREPARED else NOW,
        "filled": ZERO if state is AttemptState.DONE else None,
        **more,
    }
    return Attempt(**given)


def standing(how: Standing = Standing.AGREED, amount: str = "0.05", venue: str | None = None) -> Attribution:
    own = Decimal(amount)
    closable = own if how is Standing.AGREED else ZERO
    return Attribution(how, closable, own, ZERO, Decimal(venue or amount), ZERO, (), how.value)


def book(price: str = "59999.9", amount: str = "100") -> Book:
    return Book(BTC, ((Decimal(price), Decimal(amount)),), (), NOW)


def order(client_id: str | None = "stop-1", **more: Any) -> VenueOrder:
    given: dict[str, Any] = {
        "order_id": f"v-{client_id}",
        "client_order_id": client_id,
        "symbol": BTC,
        "side": "sell",
        "type": "stop_market",
        "status": OrderStatus.OPEN,
        "amount": AMOUNT,
        "filled": ZERO,
        "trigger_price": Decimal(57_000),
        "reduce_only": True,
        "trigger": True,
        **more,
    }
    return VenueOrder(**given)


def proof(*, whole: bool = True) -> ClosingFills:
    return ClosingFills((), AMOUNT if whole else AMOUNT / 2, Decimal(60_000), NOW, whole, "ours")


def facts(**more: Any) -> Facts:
    given: dict[str, Any] = {
        "now": NOW,
        "terms": terms(),
        "bounded": True,
        "holds": timedelta(seconds=900),
        "attempts_most": 5,
        "reads_apart": 5,
        "patience": Patience(900, 14_400, 30),
        "attempts": (),
        "next_number": 1,
        "settles_at": None,
        "attribution": standing(),
        "opposite": ZERO,
        "market": a_market(),
        "book": book(),
        "missing": (),
        "exits": 0,
        "protected": 1,
        "proof": None,
        "seen": Seen(),
        **more,
    }
    return Facts(**given)
