"""What the contract tests of a close write down."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from functions.ports.exchange import Attempt, AttemptState, CloseResult
from functions.venue import OrderStatus, Unit, VenueOrder
from tests.adapters.conftest import NOW

UNIT = Unit("binanceusdm", "main", "BTC/USDT:USDT", "long")
INCIDENT = "inc-1"


def attempt(number: int = 1, **changes: Any) -> Attempt:
    made = Attempt(
        position_id="p1",
        incident_id=INCIDENT,
        number=number,
        client_order_id=f"c{number}",
        unit=UNIT,
        amount=Decimal("0.050"),
        worst_price=Decimal("60000.1"),
        state=AttemptState.PREPARED,
        prepared_at=NOW,
    )
    return replace(made, **changes)


def stop_order(order_id: str = "7", **changes: Any) -> VenueOrder:
    """A protective order with every field that can be said of one."""
    made = VenueOrder(
        order_id=order_id,
        client_order_id=f"stop-{order_id}",
        symbol=UNIT.symbol,
        side="sell",
        type="stop_market",
        status=OrderStatus.OPEN,
        amount=Decimal("0.05"),
        filled=Decimal(0),
        trigger_price=Decimal("59000.5"),
        reduce_only=True,
        close_position=True,
        position_side="long",
        trigger=True,
        time_in_force="GTC",
        created_at=NOW,
        parameters=(("workingType", "MARK_PRICE"), ("priceProtect", "true")),
    )
    return replace(made, **changes)


def result(**changes: Any) -> CloseResult:
    made = CloseResult(
        how="not_closed",
        closed=Decimal("0.02"),
        left=None,
        average=None,
        attempts=5,
        why="the book was too thin inside the bound",
        recorded=None,
        left_over=(),
        protected=True,
        entries="running again",
        trades_against=("e1",),
        at=NOW,
    )
    return replace(made, **changes)
