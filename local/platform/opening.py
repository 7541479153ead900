"""A position at the stand-in venue and in the tables, as a strategy would have left it, in trouble or not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any, Final

from local.platform.aws import Aws
from local.platform.exchange import errors
from local.platform.exchange.errors import Refused
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.orders import ZERO
from local.platform.holdings import Holdings, Owner
from local.platform.names import ORDERS_TABLE, POSITIONS_TABLE
from local.platform.pace import now, stamp
from local.platform.placed import Placed, VenueSaysNo
from local.platform.seeding.tables import put_items
from local.platform.venue_orders import CLOSING, OPENING, VenueOrders
from local.platform.wish import Wish

# Younger than any age that the default strategies are allowed; a stuck one is older than theirs besides.
OPENED_AGO: Final = timedelta(hours=1)
STUCK_OPENED_AGO: Final = timedelta(hours=6)
EXIT_DUE_FOR: Final = timedelta(minutes=45)
# How far the protective stop and an exit that nobody takes are from the entry.
STOP_AT: Final = Decimal("0.05")
EXIT_AT: Final = Decimal("0.02")


class Opener:
    """Opens at the venue first: what the venue refuses leaves no item, and what it did is undone there."""

    def __init__(self, aws: Aws, exchange: Exchange) -> None:
        self._aws, self._holdings = aws, Holdings(aws)
        self._orders = VenueOrders(exchange)

    def open(self, wish: Wish, venue_as: AbstractContextManager[None] | None = None) -> dict[str, Any]:
        """The position's item. Raises VenueSaysNo and holdings.NoSuchStrategy.

        `venue_as`: stands around what is done at the venue, and around nothing else.
        """
        owner = self._holdings.owner(wish.strategy)
        opening = _Opening(owner, wish, token_hex(6), now())
        with venue_as or nullcontext():
            placed = opening.at(self._orders) if owner.mode == "live" else opening.on_paper(self._orders)
        position = opening.position(placed)
        put_items(self._aws, ORDERS_TABLE, [opening.order(what, one) for what, one in placed.items()])
        # Last, so that nobody sees the position without its orders.
        put_items(self._aws, POSITIONS_TABLE, [position])
        return position


@dataclass(frozen=True)
class _Opening:
    """`token` makes the ids of the position and of its orders."""

    owner: Owner
    wish: Wish
    token: str
    at_present: datetime

    @property
    def opened(self) -> datetime:
        return self.at_present - (STUCK_OPENED_AGO if self.wish.stuck else OPENED_AGO)

    @property
    def due(self) -> datetime:
        return self.at_present - EXIT_DUE_FOR

    def client_id(self, what: str) -> str:
        return f"bot-{self.token}-{what}"

    def at(self, orders: VenueOrders) -> dict[str, Placed]:
        """What was placed at the venue, by what it is. A refusal leaves nothing there."""
        wish, account = self.wish, self.owner.account
        if self.owner.exchange != orders.venue:
            raise VenueSaysNo(f"{self.owner.exchange} takes no orders here: only {orders.venue} does")
        unit = orders.unit(account, wish.symbol, wish.side)
        entry = unit.enter(self.client_id("entry"), wish.amount, self.opened)
        placed = {"entry": entry}
        try:
            if wish.protected:
                placed["stop"] = unit.protect(self.client_id("stop"), wish.amount, self._stop(entry), self.opened)
            if wish.stuck in ("unfilled", "partial"):
                placed["exit"] = self._exit(orders, account, entry)
            elif wish.stuck == "rejected":
                placed["exit"] = self._rejected(entry)
        except VenueSaysNo:
            unit.undo(self.client_id("undone"), wish.amount, [self.client_id("stop"), self.client_id("exit")])
            raise
        return placed

    def on_paper(self, orders: VenueOrders) -> dict[str, Placed]:
        """What does not trade live has orders in the tables only, at the venue's present price."""
        wish, price = self.wish, orders.price(self.wish.symbol)
        entry = self._noted("entry", "market", "filled", average=price, filled=wish.amount)
        placed = {"entry": entry}
        if wish.protected:
            placed["stop"] = self._noted("stop", "stop_market", "open", price=self._stop(entry))
        if wish.stuck == "rejected":
            placed["exit"] = self._rejected(entry)
        elif wish.stuck in ("unfilled", "partial"):
            filled = wish.amount / 2 if wish.stuck == "partial" else ZERO
            placed["exit"] = self._noted("exit", "limit", "open", price=self._far(entry), filled=filled)
        return placed

    def _noted(
        self,
        what: str,
        kind: str,
        status: str,
        *,
        price: Decimal | None = None,
        filled: Decimal = ZERO,
        average: Decimal = ZERO,
    ) -> Placed:
        """An order that is in the tables only."""
        return Placed(
            order_id=f"paper-{self.token}-{what}",
            client_id=self.client_id(what),
            type=kind,
            status=status,
            price=price,
            filled=filled,
            average=average,
        )

    def position(self, placed: Mapping[str, Placed]) -> dict[str, Any]:
        wish, owner = self.wish, self.owner
        item: dict[str, Any] = {
            "position_id": f"pos-{self.token}",
            "strategy_id": owner.strategy_id,
            "exchange": owner.exchange,
            "account": owner.account,
            "mode": owner.mode,
            "symbol": wish.symbol,
            "side": wish.side,
            "amount": wish.amount,
            "entry_price": placed["entry"].average,
            "opened_at": stamp(self.opened),
            "status": "open",
        }
        if wish.stuck:
            item |= {"exit_signal_at": stamp(self.due), "exit_reason": "signal"}
        return item

    def order(self, what: str, placed: Placed) -> dict[str, Any]:
        entry = what == "entry"
        return {
            "position_id": f"pos-{self.token}",
            "order_id": placed.order_id,
            "client_order_id": placed.client_id,
            "strategy_id": self.owner.strategy_id,
            "side": (OPENING if entry else CLOSING)[self.wish.side].lower(),
            "type": placed.type,
            "status": placed.status,
            "amount": self.wish.amount,
            "filled": placed.filled,
            "price": placed.average or placed.price,
            "reduce_only": not entry,
            "created_at": stamp(self.due if what == "exit" else self.opened),
            "error": placed.error,
        }

    def _stop(self, entry: Placed) -> Decimal:
        return entry.average * (1 - STOP_AT if self.wish.side == "long" else 1 + STOP_AT)

    def _far(self, entry: Placed) -> Decimal:
        return entry.average * (1 + EXIT_AT if self.wish.side == "long" else 1 - EXIT_AT)

    def _exit(self, orders: VenueOrders, account: str, entry: Placed) -> Placed:
        """A reduce-only limit that rests far from the market; of a partial one somebody has taken half."""
        wish = self.wish
        unit = orders.unit(account, wish.symbol, wish.side)
        resting = unit.rest(self.client_id("exit"), wish.amount, self._far(entry), self.due)
        return unit.taken(resting, wish.amount / 2) if wish.stuck == "partial" else resting

    def _rejected(self, entry: Placed) -> Placed:
        """The venue took no such order, so it has no id there."""
        return Placed(
            order_id=f"rejected-{self.token}",
            client_id=self.client_id("exit"),
            type="limit",
            status="rejected",
            price=self._far(entry),
            error=str(Refused(errors.NO_MARGIN)),
        )
