"""Bybit's rows as facts. Source: bybit-exchange.github.io/docs/v5 (order, position, execution, enum)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from functions.adapters.exchange.venues.answers import Rowlike, above_zero, must, number, of_ms
from functions.venue import (
    Direction,
    Fill,
    OrderStatus,
    Side,
    Unit,
    VenueOrder,
    VenuePosition,
)

SIDES: Final[Mapping[str, Side]] = {"Buy": "buy", "Sell": "sell"}
HELD: Final[Mapping[str, Direction]] = {"Buy": "long", "Sell": "short"}
# positionIdx: 0 one-way, 1 the buy side and 2 the sell side of hedge mode.
INDEX: Final[Mapping[Direction, int]] = {"long": 1, "short": 2}
DIRECTIONS: Final[Mapping[int, Direction | None]] = {0: None, 1: "long", 2: "short"}

STATUS: Final = {
    "New": OrderStatus.OPEN,
    "PartiallyFilled": OrderStatus.OPEN,
    "Untriggered": OrderStatus.OPEN,
    "Triggered": OrderStatus.OPEN,
    "Filled": OrderStatus.FILLED,
    "Cancelled": OrderStatus.CANCELED,
    "PartiallyFilledCanceled": OrderStatus.CANCELED,
    "Deactivated": OrderStatus.CANCELED,
    "Rejected": OrderStatus.REJECTED,
}
# Of a conditional order's row, what must be said to place it again.
AGAIN: Final = ("orderType", "timeInForce", "triggerDirection", "triggerBy", "closeOnTrigger", "positionIdx")
# What the venue closed, by the execution and by who made the order (a partial liquidation is a plain `Trade`).
FORCED: Final = frozenset({"AdlTrade", "BustTrade"})
FORCED_BY: Final = ("CreateByLiq", "CreateByTakeOver", "CreateByAdl")
# What executes; `Funding` and the settlements of a session stand in the same list and are no trades.
TRADES: Final = frozenset({"Trade", "AdlTrade", "BustTrade", "BlockTrade", "MovePosition", "Delivery"})


def order_of(row: Rowlike, symbol: str) -> VenueOrder:
    """`type`: `limit`, `market`, or with the kind of stop before it (`stop_market`, `stoploss_market`)."""
    stop = str(row.get("stopOrderType") or "")
    stop = "" if stop == "UNKNOWN" else stop
    status = STATUS.get(str(row["orderStatus"]), OrderStatus.UNKNOWN)
    waits = bool(stop) and row["orderStatus"] not in ("New", "PartiallyFilled")
    kind = str(row["orderType"]).lower()
    said = {key: _text(row[key]) for key in AGAIN if row.get(key) not in (None, "")}
    return VenueOrder(
        order_id=str(row["orderId"]),
        client_order_id=str(row["orderLinkId"]) if row.get("orderLinkId") else None,
        symbol=symbol,
        side=SIDES[row["side"]],
        type=f"{stop.lower()}_{kind}" if stop else kind,
        status=status,
        amount=must(row, "qty"),
        filled=number(row.get("cumExecQty")) or Decimal(0),
        average=above_zero(row.get("avgPrice")),
        price=above_zero(row.get("price")),
        trigger_price=above_zero(row.get("triggerPrice")),
        reduce_only=row.get("reduceOnly"),
        close_position=stop in ("StopLoss", "TakeProfit") and row.get("tpslMode") == "Full",
        position_side=DIRECTIONS[int(row.get("positionIdx") or 0)],
        trigger=waits,
        time_in_force=row.get("timeInForce") or None,
        created_at=of_ms(row["createdTime"]),
        parameters=tuple((key, value) for key, value in [("stopOrderType", stop), *said.items()] if value)
        if stop
        else (),
    )


def position_of(found: Sequence[Rowlike], unit: Unit, at: datetime) -> VenuePosition:
    """`found`: the rows of one symbol, of which hedge mode has two. A flat row has no side."""
    hedged = any(int(row["positionIdx"]) != 0 for row in found)
    held: dict[Direction, Rowlike] = {}
    for row in found:
        if must(row, "size") > 0:
            held[HELD[row["side"]]] = row
    ours, other = held.get(unit.side), held.get("short" if unit.side == "long" else "long")
    marks = [mark for row in found if (mark := above_zero(row.get("markPrice"))) is not None]
    return VenuePosition(
        unit,
        amount=must(ours, "size") if ours else Decimal(0),
        opposite=must(other, "size") if other else Decimal(0),
        hedged=hedged,
        at=at,
        entry_price=above_zero(ours.get("avgPrice")) if ours else None,
        mark_price=marks[0] if marks else None,
        liquidation_price=above_zero(ours.get("liqPrice")) if ours else None,
        unrealized=number(ours.get("unrealisedPnl")) if ours else None,
        margin=number(ours.get("positionIM")) if ours else None,
    )


def fill_of(row: Rowlike, quote: str, hedged: bool) -> Fill:
    """`execFee` above 0 was paid. In hedge mode the row does not name the side of the position: what closed
    (`closedSize`) was on the other side than the order."""
    side = SIDES[row["side"]]
    opened: Direction = "long" if side == "buy" else "short"
    closed: Direction = "short" if side == "buy" else "long"
    closing = (number(row.get("closedSize")) or Decimal(0)) > 0
    return Fill(
        fill_id=str(row["execId"]),
        order_id=str(row["orderId"]),
        side=side,
        amount=must(row, "execQty"),
        price=must(row, "execPrice"),
        fee=number(row.get("execFee")),
        fee_asset=str(row.get("feeCurrency") or quote),
        at=of_ms(row["execTime"]),
        position_side=(closed if closing else opened) if hedged else None,
        client_order_id=str(row["orderLinkId"]) if row.get("orderLinkId") else None,
        forced=row.get("execType") in FORCED or str(row.get("createType") or "").startswith(FORCED_BY),
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
