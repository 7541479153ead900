"""Short makers for tables: a live long of 1 BTC on `main`, opened an hour ago, on a venue with a step of 0.001."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.facts import OrderFact, PositionFact
from functions.rules.units.attribution import Share
from functions.venue import CLOSES, Direction, Fill, Market, Unit, VenuePosition

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
OPENED = NOW - timedelta(hours=1)
BTC = "BTC/USDT:USDT"
VENUE = "binanceusdm"
LONG = Unit(VENUE, "main", BTC, "long")
SHORT = Unit(VENUE, "main", BTC, "short")


def d(value: str | int | Decimal) -> Decimal:
    return Decimal(value)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def position(amount: str | Decimal = "1", position_id: str = "p1", **more: Any) -> PositionFact:
    given: dict[str, Any] = {
        "strategy_id": "s1",
        "symbol": BTC,
        "side": "long",
        "status": "open",
        "exchange": VENUE,
        "account": "main",
        "mode": "live",
        "entry_price": Decimal(60_000),
        "opened_at": OPENED,
        **more,
    }
    return PositionFact(position_id, amount=d(amount), **given)


def order(order_id: str = "o1", **more: Any) -> OrderFact:
    """An exit of a long: a limit sell of 1 that works since ten minutes."""
    given: dict[str, Any] = {
        "position_id": "p1",
        "strategy_id": "s1",
        "side": "sell",
        "type": "limit",
        "status": "open",
        "protective": False,
        "amount": Decimal(1),
        "filled": Decimal(0),
        "created_at": ago(10),
        "client_order_id": f"c-{order_id}",
        **more,
    }
    return OrderFact(order_id=order_id, **given)


def exited(amount: str | Decimal) -> OrderFact:
    """An exit that was canceled after so much of it was filled."""
    return order("part", status="canceled", filled=d(amount))


def share(
    amount: str | Decimal, position_id: str = "p2", side: Direction = "long", out: str | Decimal = "0", **more: Any
) -> Share:
    table, gone = d(amount), d(out)
    return Share(
        position_id, "s2", amount=max(Decimal(0), table - gone), table=table, exited=gone, side=side, **more
    )


def venue(
    amount: str | Decimal, opposite: str | Decimal = "0", *, hedged: bool = False, unit: Unit = LONG
) -> VenuePosition:
    return VenuePosition(unit, d(amount), d(opposite), hedged, NOW, mark_price=Decimal(60_000))


def market(**more: Any) -> Market:
    given: dict[str, Any] = {
        "active": True,
        "quote": "USDT",
        "price_tick": Decimal("0.1"),
        "amount_step": Decimal("0.001"),
        "amount_least": Decimal("0.001"),
        "limit_most": Decimal(1_000),
        "market_most": Decimal(120),
        **more,
    }
    return Market(BTC, **given)


def fill(
    fill_id: str,
    amount: str | Decimal,
    price: str | Decimal = "60000",
    *,
    at: datetime = NOW,
    unit: Unit = LONG,
    **more: Any,
) -> Fill:
    given: dict[str, Any] = {
        "order_id": f"of-{fill_id}",
        "side": CLOSES[unit.side],
        "fee": Decimal(0),
        "fee_asset": "USDT",
        **more,
    }
    return Fill(fill_id, amount=d(amount), price=d(price), at=at, **given)
