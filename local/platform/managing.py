"""What bots do with the positions they hold: off until a test wants it (`POST /_local/platform`).

`exits`: a bot that manages exits leaves a position whose exit is due, at the market, on its next cycle. `reenters`:
a bot that takes entries opens again what was closed, by itself or by somebody else: it trades against whoever
closed it. A bot whose position's record says closed drops that position, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from secrets import token_hex
from typing import Any

from local.platform.aws import Aws
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.orders import ZERO
from local.platform.holdings import Holdings, Item, NoSuchStrategy
from local.platform.names import ORDERS_TABLE, POSITIONS_TABLE
from local.platform.opening import Opener
from local.platform.pace import now, stamp
from local.platform.placed import Placed, VenueSaysNo
from local.platform.seeding.tables import put_items
from local.platform.venue_orders import CLOSING, Unit, VenueOrders
from local.platform.wish import Wish

# What a bot knows of its own position; of an item without these it is not the author.
NEEDED = frozenset({"strategy_id", "symbol", "side", "amount"})


@dataclass
class Done:
    """What was done since the last reset, by position."""

    left: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)


class Manager:
    """Its caller holds the service's lock."""

    def __init__(self, aws: Aws, exchange: Exchange) -> None:
        self._aws, self._holdings = aws, Holdings(aws)
        self._orders, self._opener = VenueOrders(exchange), Opener(aws, exchange)
        self.exits = self.reenters = False
        self._held: dict[str, Item] = {}
        self._done = Done()

    def manage(self, managing: Collection[str], entering: Collection[str]) -> list[tuple[str, str]]:
        """One cycle. `managing`: strategies whose bots manage exits now, `entering`: that take entries.

        Returns (strategy, event) for the log.
        """
        if not (self.exits or self.reenters):
            self._held = {}
            return []
        positions = self._holdings.positions()
        told = []
        for position_id in [one for one in self._held if positions.get(one, {}).get("status") == "closed"]:
            held = self._held.pop(position_id)
            self._done.dropped.append(position_id)
            told.append((str(held["strategy_id"]), "position_dropped"))
            if self.reenters and held["strategy_id"] in entering:
                told.append((str(held["strategy_id"]), self._enter(held)))
        alive = {one: item for one, item in positions.items() if item.get("status") != "closed"}
        alive = {one: item for one, item in alive.items() if item.keys() >= NEEDED}
        self._held |= {one: item for one, item in alive.items() if item["strategy_id"] in managing}
        if self.exits:
            due = [item for item in alive.values() if item["strategy_id"] in managing and _due(item)]
            told += [(str(item["strategy_id"]), self._leave(item)) for item in due]
        return told

    def forget(self) -> None:
        self._done = Done()

    def stats(self) -> dict[str, Any]:
        """`held`: positions that bots know of and would miss; the rest is what was done since the last reset."""
        return {"exits": self.exits, "reenters": self.reenters, "held": sorted(self._held), **vars(self._done)}

    def _enter(self, closed: Item) -> str:
        wish = Wish(
            strategy=closed["strategy_id"], symbol=closed["symbol"], side=closed["side"], amount=closed["amount"]
        )
        try:
            self._done.entered.append(self._opener.open(wish)["position_id"])
        except (VenueSaysNo, NoSuchStrategy) as no:
            self._done.refused[closed["position_id"]] = str(no)
            return "entry_refused"
        return "position_entered"

    def _leave(self, item: Item) -> str:
        """Takes back the exits that rest, leaves at the market, takes the protection away, and says so."""
        position_id, account = item["position_id"], str(item.get("account") or self._account(item))
        orders = [one for one in self._holdings.orders(position_id) if one.get("side") == _closing(item)]
        try:
            unit = self._orders.unit(account, item["symbol"], item["side"])
            self._take_back(unit, position_id, [one for one in orders if one.get("type") == "limit"])
            left = item["amount"] - sum((one.get("filled") or ZERO for one in orders), ZERO)
            exit_order = unit.leave(f"bot-{token_hex(6)}-exit", left)
        except VenueSaysNo as no:
            self._done.refused[position_id] = str(no)
            return "exit_refused"
        self._take_back(unit, position_id, [one for one in orders if one.get("type") != "limit"])
        put_items(self._aws, ORDERS_TABLE, [_exit_item(item, exit_order)])
        closed = {
            "status": "closed", "closed_at": stamp(now()), "exit_price": exit_order.average,
            "closed_manually": False,
        }  # fmt: skip
        self._holdings.change(POSITIONS_TABLE, {"position_id": position_id}, only_if=str(item["status"]), **closed)
        self._done.left.append(position_id)
        return "position_left"

    def _take_back(self, unit: Unit, position_id: str, orders: Collection[Item]) -> None:
        working = [one for one in orders if one.get("status") in ("open", "pending")]
        unit.cancel(str(one["client_order_id"]) for one in working if "client_order_id" in one)
        for one in working:
            key = {"position_id": position_id, "order_id": one["order_id"]}
            self._holdings.change(ORDERS_TABLE, key, status="canceled")

    def _account(self, item: Item) -> str:
        return self._holdings.owner(item["strategy_id"]).account


def _due(item: Item) -> bool:
    return bool(item.get("exit_signal_at")) and item.get("mode", "live") == "live"


def _closing(item: Item) -> str:
    return CLOSING[item["side"]].lower()


def _exit_item(item: Item, made: Placed) -> dict[str, Any]:
    amount: Decimal = made.filled
    return {
        "position_id": item["position_id"],
        "order_id": made.order_id,
        "client_order_id": made.client_id,
        "strategy_id": item["strategy_id"],
        "side": _closing(item),
        "type": made.type,
        "status": made.status,
        "amount": amount,
        "filled": made.filled,
        "price": made.average,
        "reduce_only": True,
        "created_at": stamp(now()),
    }
