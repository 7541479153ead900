"""One small entry at the stand-in venue, left again at once, and the rows that the platform writes of it.

Entry and exit happen under the venue's lock, so nobody ever sees the position; what the trip cost in fees and
spread is given back, and of what it left in the account's lists only the newest is kept: bots that trade for a
whole night must neither ruin an account nor fill it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from local.platform.exchange.account import Account
from local.platform.exchange.errors import Refused
from local.platform.exchange.market import CONTRACTS, Contract, symbol_id
from local.platform.exchange.orders import ZERO, Order
from local.platform.exchange.venue import Venue
from local.platform.exchange.wanted import wanted
from local.platform.ordering.config import OrderConfig
from local.platform.ordering.door import Said, objections
from local.platform.pace import stamp

PREFIX: Final = "flow-"
# Of these trips, in the orders and fills of an account.
KEPT: Final = 200
OPPOSITE: Final = {"BUY": "SELL", "SELL": "BUY"}


@dataclass
class Trip:
    """One entry that is tried. `symbol` unified; `status` as the orders table has it; `said`: why the venue refused
    it; `left`: the price at which it was left."""

    strategy_id: str
    symbol: str
    client_id: str
    type: str
    created: datetime
    side: str = "buy"
    status: str = "pending"
    amount: Decimal = ZERO
    price: Decimal = ZERO
    filled: Decimal = ZERO
    said: Said | None = None
    error: str | None = None
    left: Decimal = ZERO

    def entry(self) -> dict[str, Any]:
        return self._row(
            self.client_id,
            side=self.side,
            type=self.type,
            status=self.status,
            filled=self.filled,
            price=self.price,
            error=self.error,
            reduce_only=False,
        )

    def exit(self) -> dict[str, Any]:
        return self._row(
            f"{self.client_id}-exit",
            side=OPPOSITE[self.side.upper()].lower(),
            type="market",
            status="filled",
            filled=self.filled,
            price=self.left,
            error=None,
            reduce_only=True,
        )

    def _row(self, order_id: str, **more: Any) -> dict[str, Any]:
        return {
            "position_id": self.client_id,
            "order_id": order_id,
            "client_order_id": order_id,
            "strategy_id": self.strategy_id,
            "amount": self.filled if more["reduce_only"] else self.amount,
            "created_at": stamp(self.created),
            **more,
        }


def travel(venue: Venue, trip: Trip, config: OrderConfig, *, turn: int, too_many: bool) -> None:
    """Tries it. `turn`: which of several objections it is told."""
    exchange = venue.exchange
    with exchange.lock:
        exchange.tick()
        account, contract = exchange.accounts.get(config.account), CONTRACTS.get(symbol_id(trip.symbol))
        if account is None:
            _refuse(trip, Said(401, -2015, "Invalid API-key, IP, or permissions for action."))
            return
        params = _params(venue, account, contract, trip, config)
        against = objections(venue, account, wanted(params), too_many)
        if against:
            _refuse(trip, against[turn % len(against)])
            return
        try:
            _there_and_back(venue, account, trip, params)
        except Refused as refused:
            _refuse(trip, Said(refused.no.status, refused.no.code, refused.no.text))


def _params(
    venue: Venue, account: Account, contract: Contract | None, trip: Trip, config: OrderConfig
) -> dict[str, str]:
    """The order as the bot sends it, priced at the mark that it knows; it goes the way the account already stands,
    so that it always opens."""
    symbol, sides = symbol_id(trip.symbol), {"positionSide": "LONG"} if account.hedged else {}
    there = account.positions.get((symbol, "BOTH"))
    held = ZERO if there is None or account.hedged else there.amount
    side = "SELL" if held < 0 else "BUY"
    trip.side = side.lower()
    common = {"symbol": symbol, "side": side, "newClientOrderId": trip.client_id, **sides}
    if contract is None:
        # The bot knows no sizes of what the venue does not list.
        return {**common, "type": "MARKET", "quantity": "1"}
    mark = venue.exchange.prices.mark(symbol)
    beyond = config.offset / 10_000 * (1 if side == "BUY" else -1)
    trip.price = contract.at_tick(mark * (1 + beyond))
    trip.amount = contract.at_step(config.stake / mark)
    if config.market:
        return {**common, "type": "MARKET", "quantity": str(trip.amount)}
    limit = {"type": "LIMIT", "timeInForce": "GTC", "price": str(trip.price)}
    return {**common, **limit, "quantity": str(trip.amount)}


def _there_and_back(venue: Venue, account: Account, trip: Trip, params: Mapping[str, str]) -> None:
    exchange, wallet, bnb, booked = venue.exchange, account.wallet, account.bnb, len(account.incomes)
    side = params.get("positionSide", "BOTH")
    before = account.position(params["symbol"], side).copy()
    order = exchange.place(account.name, params)
    if order.open:
        exchange.cancel(account.name, order.order_id)
    trip.filled, trip.price = order.filled, order.average or order.price
    trip.status = "canceled" if order.left else "filled"
    if order.filled:
        trip.left = _out(venue, account, order, f"{trip.client_id}-exit").average
    account.positions[params["symbol"], side] = before
    account.wallet, account.bnb = wallet, bnb
    del account.incomes[booked:]
    _forget_old(account)


def _out(venue: Venue, account: Account, order: Order, client_id: str) -> Order:
    """At the market, by the venue's own hand: it is never refused."""
    return venue.exchange.desk.market(
        account,
        order.symbol,
        OPPOSITE[order.side],
        order.filled,
        client_id,
        position_side=order.position_side,
        reduce_only=order.position_side == "BOTH",
    )


def _forget_old(account: Account) -> None:
    ours = [one for one in account.orders if one.client_id.startswith(PREFIX)]
    if len(ours) > 2 * KEPT:
        gone = {one.order_id for one in ours[:-KEPT]}
        account.orders[:] = [one for one in account.orders if one.order_id not in gone]
        account.fills[:] = [one for one in account.fills if one.order_id not in gone]


def _refuse(trip: Trip, said: Said) -> None:
    trip.said, trip.status = said, "rejected"
    trip.error = f"{said.code} {said.text}"
