"""Positions of the stand-in: one more, and what stands at the venue and in the tables."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from local.platform.aws import Aws
from local.platform.exchange.exchange import Exchange
from local.platform.holdings import Holdings, NoSuchStrategy
from local.platform.http import Answer, BadRequest, Request
from local.platform.opening import Opener
from local.platform.placed import VenueSaysNo
from local.platform.wish import SIDES, STUCK, Wish

Handler = Callable[[Request], Awaitable[Answer]]
FIELDS = frozenset({"strategy", "symbol", "side", "amount", "stuck", "protected"})


class PositionRoutes:
    """`handlers` by method and path below `/_local`."""

    def __init__(self, aws: Aws, exchange: Exchange) -> None:
        self._exchange, self._holdings, self._opener = exchange, Holdings(aws), Opener(aws, exchange)
        self.handlers: dict[tuple[str, str], Handler] = {
            ("POST", "/positions"): self._open,
            ("GET", "/positions"): self._look,
        }

    async def _open(self, request: Request) -> Answer:
        """`{"strategy": "momentum-btc", "symbol": "BTC/USDT:USDT", "side": "long", "amount": "0.010", "stuck":
        "unfilled", "protected": true}`, every field optional; 409 with the venue's own words where it refuses."""
        wish = _wish(request.fields())
        try:
            position = await asyncio.to_thread(self._opener.open, wish)
        except NoSuchStrategy as error:
            raise BadRequest(str(error)) from None
        except VenueSaysNo as error:
            return Answer.json({"message": str(error)}, 409)
        return Answer.json(_told(position), 201)

    async def _look(self, _request: Request) -> Answer:
        """How many positions have which status, and what every account holds at the venue."""
        counts = await asyncio.to_thread(self._holdings.counts)
        return Answer.json({"table": counts, "venue": self._held()})

    def _held(self) -> list[dict[str, str]]:
        with self._exchange.lock:
            return [
                {"account": account.name, "symbol": one.symbol, "amount": str(one.amount), "entry": str(one.entry)}
                for account in self._exchange.accounts.values()
                for one in account.positions.values()
                if one.amount
            ]


def _wish(fields: dict[str, Any]) -> Wish:
    """Raises BadRequest, naming the field."""
    if unknown := sorted(set(fields) - FIELDS):
        raise BadRequest(f"unknown field: {', '.join(unknown)}")
    given = {name: value for name, value in fields.items() if value is not None}
    for name in ("strategy", "symbol"):
        if not isinstance(given.get(name, ""), str):
            raise BadRequest(f"{name}: must be text")
    if given.get("side", SIDES[0]) not in SIDES:
        raise BadRequest(f"side: must be one of {', '.join(SIDES)}")
    if given.get("stuck", STUCK[0]) not in STUCK:
        raise BadRequest(f"stuck: must be one of {', '.join(STUCK)}")
    if not isinstance(given.get("protected", True), bool):
        raise BadRequest("protected: true or false")
    if "amount" in given:
        given["amount"] = _amount(given["amount"])
    return Wish(**given)


def _amount(value: object) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, str) else Decimal(0)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise BadRequest(f"amount: must be a number above 0, as text, is {value!r}")
    return amount


def _told(item: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in item.items()}
