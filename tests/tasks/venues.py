"""A venue over a world in memory: who trades there, what rests and what is held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from functions.venue import OrderStatus, Unit, VenueOrder, Where
from tests.tasks.rig import Rig

WHERE = Where("binanceusdm", "main")
BTC = "BTC/USDT:USDT"
LONG = Unit(WHERE.venue, WHERE.account, BTC, "long")


def trades(rig: Rig, strategy_id: str = "s1", **more: Any) -> None:
    """Its config says by which account it trades, for real money unless told otherwise."""
    said = {"exchange": WHERE.venue, "account": WHERE.account, "mode": "live", **more}
    rig.world.put("strategy_config", {"strategy_id": strategy_id, **said})


def rests(rig: Rig, name: str, where: Where = WHERE, **more: Any) -> VenueOrder:
    """A limit order to buy, unless told otherwise."""
    made = VenueOrder(
        "", name, BTC, "buy", "limit", OrderStatus.OPEN, Decimal(1), Decimal(0), price=Decimal(59_000)
    )
    return rig.world.venue.rest(where, replace(made, **more))


def protects(rig: Rig, name: str = "stop", **more: Any) -> VenueOrder:
    stop = {"side": "sell", "type": "stop_market", "trigger": True, "reduce_only": True, "price": None}
    return rests(rig, name, **{**stop, "trigger_price": Decimal(58_000), **more})


def holds(rig: Rig, unit: Unit = LONG, amount: str = "1") -> None:
    rig.world.venue.hold(unit, amount)


def working(rig: Rig, where: Where = WHERE) -> list[str]:
    """Client ids of what works there."""
    return sorted(one.client_order_id or one.order_id for one in rig.world.venue.working(where))
