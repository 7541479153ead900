"""OKX's rows as facts; amounts are contracts there and base units here (`size`: base units of one contract).

Source: okx.com/docs-v5 (order details, algo order list, positions, transaction details).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions.adapters.exchange.venues.answers import Rowlike, above_zero, must, number, of_ms
from functions.venue import Direction, Fill, OrderStatus, Side, Unit, VenueOrder, VenuePosition

SIDES: Final[Mapping[str, Side]] = {"buy": "buy", "sell": "sell"}
DIRECTIONS: Final[Mapping[str, Direction | None]] = {"long": "long", "short": "short", "net": None, "": None}
OTHER: Final[Mapping[Direction, Direction]] = {"long": "short", "short": "long"}
IN_FORCE: Final = {"ioc": "IOC", "optimal_limit_ioc": "IOC", "market": "IOC", "fok": "FOK", "limit": "GTC"}

STATUS: Final = {
    "live": OrderStatus.OPEN,
    "partially_filled": OrderStatus.OPEN,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "mmp_canceled": OrderStatus.CANCELED,
    # Of those that wait for a price:
    "pause": OrderStatus.OPEN,
    "partially_effective": OrderStatus.OPEN,
    "effective": OrderStatus.FILLED,
    "order_failed": OrderStatus.REJECTED,
    "partially_failed": OrderStatus.REJECTED,
}
# `category` of the orders that the venue made to close.
FORCED: Final = frozenset({"full_liquidation", "partial_liquidation", "adl"})
# Asked in these lists: two kinds may stand in one request, the others may not.
# The first four kinds wait for a price.
ALGOS: Final = ("conditional,oco", "trigger", "move_order_stop", "chase", "iceberg", "twap")
WAITS: Final = frozenset({"conditional", "oco", "trigger", "move_order_stop"})
# What must be said to place such an order again: by the list's name, by the request's name.
AGAIN: Final = {
    "ordType": "ordType",
    "tdMode": "tdMode",
    "closeFraction": "closeFraction",
    "slTriggerPx": "slTriggerPx",
    "slTriggerPxType": "slTriggerPxType",
    "slOrdPx": "slOrdPx",
    "tpTriggerPx": "tpTriggerPx",
    "tpTriggerPxType": "tpTriggerPxType",
    "tpOrdPx": "tpOrdPx",
    "tpOrdKind": "tpOrdKind",
    "triggerPx": "triggerPx",
    "triggerPxType": "triggerPxType",
    "ordPx": "orderPx",
    "callbackRatio": "callbackRatio",
    "callbackSpread": "callbackSpread",
    "activePx": "activePx",
    "cxlOnClosePos": "cxlOnClosePos",
}


def size_of(market: Rowlike) -> Decimal:
    """Base units of one contract. `ctMult` is 1 for every contract known; it is part of the documented size."""
    info = market["info"]
    if info["ctValCcy"] != market["baseId"]:
        raise ValueError(f"{info['instId']}: a contract's value is in {info['ctValCcy']}")
    return must(info, "ctVal") * (number(info.get("ctMult")) or Decimal(1))


def order_of(row: Rowlike, symbol: str, size: Decimal) -> VenueOrder:
    return VenueOrder(
        order_id=str(row["ordId"]),
        client_order_id=str(row["clOrdId"]) if row.get("clOrdId") else None,
        symbol=symbol,
        side=SIDES[row["side"]],
        type=str(row["ordType"]),
        status=STATUS.get(str(row["state"]), OrderStatus.UNKNOWN),
        amount=must(row, "sz") * size,
        filled=(number(row.get("accFillSz")) or Decimal(0)) * size,
        average=above_zero(row.get("avgPx")),
        price=above_zero(row.get("px")),
        reduce_only=truth(row.get("reduceOnly")),
        position_side=DIRECTIONS[row.get("posSide") or ""],
        time_in_force=IN_FORCE.get(str(row["ordType"])),
        created_at=of_ms(row["cTime"]),
        parameters=(("tdMode", str(row["tdMode"])),),
    )


def algo_of(row: Rowlike, symbol: str, size: Decimal) -> VenueOrder:
    """An order of the algo endpoints; `ordType` among its parameters tells it from a plain one. Once it is
    `effective`, the order that it sent has ids of its own."""
    trigger = next(
        (px for key in ("slTriggerPx", "tpTriggerPx", "triggerPx", "activePx") if (px := above_zero(row.get(key)))),
        None,
    )
    return VenueOrder(
        order_id=str(row["algoId"]),
        client_order_id=str(row["algoClOrdId"]) if row.get("algoClOrdId") else None,
        symbol=symbol,
        side=SIDES[row["side"]],
        type=str(row["ordType"]),
        status=STATUS.get(str(row["state"]), OrderStatus.UNKNOWN),
        amount=(number(row.get("sz")) or Decimal(0)) * size,
        filled=(number(row.get("actualSz")) or Decimal(0)) * size,
        average=above_zero(row.get("actualPx")),
        trigger_price=trigger,
        reduce_only=truth(row.get("reduceOnly")),
        close_position=(number(row.get("closeFraction")) or Decimal(0)) == 1,
        position_side=DIRECTIONS[row.get("posSide") or ""],
        trigger=row["ordType"] in WAITS,
        created_at=of_ms(row["cTime"]),
        parameters=tuple((ask, str(row[key])) for key, ask in AGAIN.items() if row.get(key) not in (None, "")),
    )


def position_of(found: Sequence[Rowlike], unit: Unit, hedged: bool, size: Decimal, at: datetime) -> VenuePosition:
    """`found`: the rows of one symbol. Cross and isolated margin are rows of their own and are summed. In one-way
    mode (`net`) a short has a negative `pos`; in hedge mode `pos` is positive on both sides."""
    held: dict[Direction, list[tuple[Decimal, Rowlike]]] = {"long": [], "short": []}
    for row in found:
        contracts = must(row, "pos")
        side = DIRECTIONS[row["posSide"]] or ("long" if contracts > 0 else "short")
        if contracts != 0:
            held[side].append((abs(contracts) * size, row))
    ours = held[unit.side]
    amount = sum((one for one, _ in ours), Decimal(0))
    lone = ours[0][1] if len(ours) == 1 else None
    return VenuePosition(
        unit,
        amount=amount,
        opposite=sum((one for one, _ in held[OTHER[unit.side]]), Decimal(0)),
        hedged=hedged,
        at=at,
        entry_price=above_zero(lone["avgPx"]) if lone else None,
        mark_price=above_zero(ours[0][1].get("markPx")) if ours else None,
        liquidation_price=above_zero(lone.get("liqPx")) if lone else None,
        unrealized=number(lone.get("upl")) if lone else None,
        # `imr` is of cross margin alone; an isolated position tells its `margin`.
        margin=number(lone.get("imr")) or number(lone.get("margin")) if lone else None,
    )


def fill_of(row: Rowlike, size: Decimal) -> Fill:
    """`fee` below 0 was paid there; above 0 here."""
    fee = number(row.get("fee"))
    return Fill(
        fill_id=str(row["tradeId"]),
        order_id=str(row["ordId"]),
        side=SIDES[row["side"]],
        amount=must(row, "fillSz") * size,
        price=must(row, "fillPx"),
        fee=-fee if fee is not None else None,
        fee_asset=str(row["feeCcy"]) if row.get("feeCcy") else None,
        at=of_ms(row.get("fillTime") or row["ts"]),
        position_side=DIRECTIONS[row.get("posSide") or ""],
        client_order_id=str(row["clOrdId"]) if row.get("clOrdId") else None,
    )


def named(fill: Fill, order: Rowlike | None) -> Fill:
    """With what its order tells: the algo order that made it (the fill has no client id then), and whether the
    venue closed by it. None: the order is in no list."""
    if order is None:
        return fill
    waited = str(order["algoId"]) if order.get("algoId") else None
    name = order.get("algoClOrdId") if waited else None
    return replace(
        fill,
        client_order_id=fill.client_order_id or (str(name) if name else None),
        trigger_id=waited,
        forced=order.get("category") in FORCED,
    )


def truth(value: Any) -> bool | None:
    """`reduceOnly` comes as text."""
    return {"true": True, "false": False, True: True, False: False}.get(value)
