"""An order as somebody asks for it, by the venue's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from local.platform.exchange import errors
from local.platform.exchange.errors import Refused, mandatory
from local.platform.exchange.market import ORDER_TYPES, TIMES_IN_FORCE
from local.platform.exchange.orders import ZERO

CLIENT_ID = re.compile(r"[\.A-Z:/a-z0-9_-]+")
LONGEST_ID = 36
SIDES = ("BUY", "SELL")
# Of orders that wait for a price: the venue takes it away when the position is gone.
WHILE_HELD = "GTE_GTC"
POSITION_SIDES = ("BOTH", "LONG", "SHORT")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`amount` None: not sent. `client_id` empty: the venue makes one. `acknowledge`: only that it came, please."""

    symbol: str
    side: str
    type: str
    amount: Decimal | None
    price: Decimal
    time_in_force: str
    position_side: str
    reduce_only: bool
    reduce_only_sent: bool
    close_position: bool
    client_id: str
    acknowledge: bool
    trigger_price: Decimal
    activate_price: Decimal
    callback_rate: Decimal
    working_type: str
    price_protect: bool

    @property
    def priced(self) -> bool:
        return self.type in ("LIMIT", "STOP", "TAKE_PROFIT")


def wanted(params: Mapping[str, str]) -> Wanted:
    """Raises Refused where a parameter is missing or makes no sense by itself."""
    side, kind = _needed(params, "side"), _needed(params, "type")
    if side not in SIDES:
        raise Refused(errors.BAD_SIDE)
    if kind not in ORDER_TYPES:
        raise Refused(errors.BAD_TYPE)
    position_side = params.get("positionSide", "BOTH")
    if position_side not in POSITION_SIDES:
        raise Refused(errors.mandatory("positionSide"))
    priced = kind in ("LIMIT", "STOP", "TAKE_PROFIT")
    time_in_force = params.get("timeInForce", "" if kind == "LIMIT" else "GTC")
    if priced and not time_in_force:
        raise Refused(mandatory("timeInForce"))
    allowed = TIMES_IN_FORCE if kind in ("LIMIT", "MARKET") else (*TIMES_IN_FORCE, WHILE_HELD)
    if time_in_force not in allowed:
        raise Refused(errors.BAD_TIME_IN_FORCE)
    if kind == "MARKET" and "timeInForce" in params:
        raise Refused(errors.not_required("timeinforce"))
    price = decimal(params, "price")
    if priced and price is None:
        raise Refused(mandatory("price"))
    if kind == "MARKET" and price is not None:
        raise Refused(errors.not_required("price"))
    return Wanted(
        symbol=_needed(params, "symbol"),
        side=side,
        type=kind,
        amount=decimal(params, "quantity"),
        price=price if price is not None else ZERO,
        time_in_force=time_in_force,
        position_side=position_side,
        reduce_only=_flag(params, "reduceOnly"),
        reduce_only_sent="reduceOnly" in params,
        close_position=_flag(params, "closePosition"),
        client_id=_client_id(params),
        acknowledge=params.get("newOrderRespType", "ACK") == "ACK",
        trigger_price=decimal(params, "triggerPrice") or ZERO,
        activate_price=decimal(params, "activatePrice") or ZERO,
        callback_rate=decimal(params, "callbackRate") or ZERO,
        working_type=params.get("workingType", "CONTRACT_PRICE"),
        price_protect=_flag(params, "priceProtect"),
    )


def decimal(params: Mapping[str, str], name: str) -> Decimal | None:
    """None where it was not sent. Raises Refused where it is no number."""
    if name not in params:
        return None
    try:
        number = Decimal(params[name])
    except InvalidOperation:
        raise Refused(mandatory(name)) from None
    if not number.is_finite():
        raise Refused(mandatory(name))
    return number


def whole(params: Mapping[str, str], name: str) -> int | None:
    """None where it was not sent. Raises Refused where it is no whole number."""
    if name not in params:
        return None
    try:
        return int(params[name])
    except ValueError:
        raise Refused(mandatory(name)) from None


def _needed(params: Mapping[str, str], name: str) -> str:
    if not params.get(name):
        raise Refused(mandatory(name))
    return params[name]


def _flag(params: Mapping[str, str], name: str) -> bool:
    return params.get(name, "false").lower() == "true"


def _client_id(params: Mapping[str, str]) -> str:
    client_id = params.get("newClientOrderId", params.get("clientAlgoId", ""))
    if len(client_id) > LONGEST_ID:
        raise Refused(errors.LONG_CLIENT_ID)
    if client_id and not CLIENT_ID.fullmatch(client_id):
        raise Refused(errors.ILLEGAL_CLIENT_ID)
    return client_id
