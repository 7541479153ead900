"""What a bot's log says of its orders: the exception as ccxt prints it, in a JSON line or a plain one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from local.platform.journal import Journal
from local.platform.names import VENUE
from local.platform.ordering.door import REASONS, Said
from local.platform.ordering.trip import Trip
from local.platform.pace import now

# ccxt's exception for the venue's code; whatever else is a bare ExchangeError.
CLASSES: Final = {
    -1003: "DDoSProtection",
    -1015: "DDoSProtection",
    -1016: "BadRequest",
    -1021: "InvalidNonce",
    -1111: "BadRequest",
    -1121: "BadSymbol",
    -2010: "InvalidOrder",
    -2015: "AuthenticationError",
    -2019: "InsufficientFunds",
    -4003: "BadRequest",
    -4014: "BadRequest",
    -4016: "BadRequest",
    -4024: "BadRequest",
    -4131: "OperationRejected",
    -4140: "BadRequest",
    -4141: "OperationRejected",
    -4164: "InvalidOrder",
}
LIMITS: Final = (418, 429)
FAILED, PLACED, UNFILLED = "order_failed", "order_placed", "order_unfilled"


def exception(said: Said) -> str:
    """`InsufficientFunds: binanceusdm {"code":-2019,"msg":"Margin is insufficient."}`"""
    body = json.dumps({"code": said.code, "msg": said.text}, separators=(",", ":"))
    status = f"{said.status} {REASONS[said.status]} " if said.status in LIMITS else ""
    return f"{CLASSES.get(said.code, 'ExchangeError')}: {VENUE} {status}{body}"


def tell(journal: Journal, task_id: str, trips: Sequence[Trip], *, plain: bool) -> None:
    """A line of each, by the copy that sent it."""
    for trip in trips:
        level, event = _kind(trip)
        if plain:
            journal.plain(task_id, f"{_stamp()} - tradai.orders - {level} - {_sentence(trip)}")
            continue
        more: dict[str, object] = {
            "exchange": VENUE,
            "symbol": trip.symbol,
            "side": trip.side,
            "type": trip.type,
            "client_order_id": trip.client_id,
        }
        if trip.said is not None:
            more |= {"error": exception(trip.said)}
            more |= {} if trip.said.retry_after is None else {"retry_after": trip.said.retry_after}
        else:
            more |= {"status": trip.status, "amount": str(trip.amount), "filled": str(trip.filled)}
        journal.event(task_id, level, trip.strategy_id, event, **more)


def _kind(trip: Trip) -> tuple[str, str]:
    if trip.said is not None:
        return "ERROR", FAILED
    return ("INFO", PLACED) if trip.filled else ("WARNING", UNFILLED)


def _sentence(trip: Trip) -> str:
    what = f"{trip.strategy_id}: {trip.type} {trip.side} of {trip.amount} {trip.symbol}"
    if trip.said is not None:
        after = "" if trip.said.retry_after is None else f" Retry-After: {trip.said.retry_after}"
        return f"{what} failed: ccxt.base.errors.{exception(trip.said)}{after}"
    if trip.filled:
        return f"{what} placed and filled ({trip.client_id})"
    return f"{what} not filled within its limit, cancelled ({trip.client_id})"


def _stamp() -> str:
    """As Python's logging writes it."""
    return now().strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
