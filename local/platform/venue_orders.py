"""What a bot does at the stand-in venue, in its own words: symbols are unified, sides long and short.

It speaks to the venue inside of its process, past the HTTP face: the faults of the venue are for those who are
tested, and a bot's own orders must not use them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from local.platform.exchange.desk import Twist
from local.platform.exchange.errors import Refused
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.market import CONTRACTS, Contract, symbol_id
from local.platform.exchange.orders import ZERO, Order
from local.platform.names import VENUE
from local.platform.placed import Placed, VenueSaysNo, placed

OPENING: Final = {"long": "BUY", "short": "SELL"}
CLOSING: Final = {"long": "SELL", "short": "BUY"}


@dataclass(frozen=True)
class VenueOrders:
    exchange: Exchange
    venue: str = VENUE

    def unit(self, account: str, symbol: str, side: str) -> Unit:
        """Raises VenueSaysNo where the venue knows no such account or symbol."""
        contract = _contract(symbol)
        if account not in self.exchange.accounts:
            known = ", ".join(self.exchange.accounts) or "none yet"
            raise VenueSaysNo(f"the venue knows no account {account!r}; it knows {known}")
        return Unit(self.exchange, account, contract, side)

    def price(self, symbol: str) -> Decimal:
        """The last one. Raises VenueSaysNo where there is no such symbol."""
        return self.exchange.prices.last(_contract(symbol).symbol)


@dataclass(frozen=True)
class Unit:
    """One account's position of one symbol and direction."""

    exchange: Exchange
    account: str
    contract: Contract
    side: str

    def enter(self, client_id: str, amount: Decimal, at: datetime | None = None) -> Placed:
        """At the market, whole. Raises VenueSaysNo; what was filled then is given back."""
        order = self._send(client_id, OPENING, amount, {"type": "MARKET"}, at)
        if order.left:
            if order.filled:
                self._send(f"{client_id}-undone", CLOSING, order.filled, {"type": "MARKET", **_REDUCES}, at)
            raise VenueSaysNo(f"the book offers {order.filled} {self.contract.base}, not {amount}")
        return placed(order)

    def offer(self, client_id: str, amount: Decimal, price: Decimal) -> Placed:
        """A limit entry that may rest."""
        return placed(self._send(client_id, OPENING, amount, self._limit(price)))

    def leave(self, client_id: str, amount: Decimal) -> Placed:
        """At the market, reduce-only."""
        return placed(self._send(client_id, CLOSING, amount, {"type": "MARKET", **_REDUCES}))

    def rest(self, client_id: str, amount: Decimal, price: Decimal, at: datetime) -> Placed:
        """A reduce-only limit that nobody takes now."""
        return placed(self._send(client_id, CLOSING, amount, {**self._limit(price), **_REDUCES}, at))

    def taken(self, resting: Placed, amount: Decimal) -> Placed:
        """So much of it, in whole steps, was taken by somebody."""
        step = self.contract.at_step(amount)
        if step <= ZERO:
            raise VenueSaysNo(f"{amount} {self.contract.base} is less than one step: no part of it can be filled")
        return placed(self.exchange.fill_resting(self.account, int(resting.order_id), step))

    def protect(self, client_id: str, amount: Decimal, price: Decimal, at: datetime) -> Placed:
        """A reduce-only stop at the market."""
        wanted = {
            "algoType": "CONDITIONAL",
            "symbol": self.contract.symbol,
            "side": CLOSING[self.side],
            "type": "STOP_MARKET",
            "quantity": str(amount),
            "triggerPrice": self._price(price),
            "workingType": "MARK_PRICE",
            "clientAlgoId": client_id,
            **self._by_mode(_REDUCES),
        }
        try:
            trigger = self.exchange.place_trigger(self.account, wanted, _made(at))
        except Refused as no:
            raise VenueSaysNo(f"the venue refuses the protective stop: {no}") from None
        return Placed(
            order_id=str(trigger.algo_id),
            client_id=client_id,
            type="stop_market",
            status="open",
            price=trigger.trigger_price,
        )

    def undo(self, client_id: str, amount: Decimal, placed: Iterable[str]) -> None:
        """Gives back what an opening did before it failed; `placed`: client ids of what may rest."""
        self.cancel(placed)
        self._send(client_id, CLOSING, amount, {"type": "MARKET", **_REDUCES})

    def cancel(self, client_ids: Iterable[str]) -> list[str]:
        """Those of them that still worked, triggers too. Returns their client ids."""
        wanted, gone = set(client_ids), []
        with self.exchange.lock:
            account = self.exchange.accounts[self.account]
            for order in account.open_orders(self.contract.symbol):
                if order.client_id in wanted:
                    self.exchange.cancel(self.account, order.order_id)
                    gone.append(order.client_id)
            for trigger in account.open_triggers(self.contract.symbol):
                if trigger.client_id in wanted:
                    self.exchange.cancel_trigger(self.account, trigger.algo_id)
                    gone.append(trigger.client_id)
        return gone

    def held(self) -> Decimal:
        """What stands there in this direction, of all owners."""
        with self.exchange.lock:
            account = self.exchange.accounts[self.account]
            if account.hedged:
                return abs(account.position(self.contract.symbol, self.side.upper()).amount)
            return account.closable(self.contract.symbol, CLOSING[self.side], "BOTH")

    def _send(
        self,
        client_id: str,
        sides: Mapping[str, str],
        amount: Decimal,
        how: Mapping[str, str],
        at: datetime | None = None,
    ) -> Order:
        wanted = {
            "symbol": self.contract.symbol,
            "side": sides[self.side],
            "quantity": str(amount),
            "newClientOrderId": client_id,
            **self._by_mode(how),
        }
        try:
            return self.exchange.place(self.account, wanted, None if at is None else _made(at))
        except Refused as no:
            raise VenueSaysNo(f"the venue refuses {client_id}: {no}") from None

    def _by_mode(self, how: Mapping[str, str]) -> dict[str, str]:
        """In hedge mode an order names its side, and may not say that it reduces."""
        if not self.exchange.accounts[self.account].hedged:
            return dict(how)
        return {"positionSide": self.side.upper(), **{name: how[name] for name in how if name not in _REDUCES}}

    def _limit(self, price: Decimal) -> dict[str, str]:
        return {"type": "LIMIT", "timeInForce": "GTC", "price": self._price(price)}

    def _price(self, price: Decimal) -> str:
        return str(self.contract.at_tick(price))


_REDUCES: Final = {"reduceOnly": "true"}


def _contract(symbol: str) -> Contract:
    contract = CONTRACTS.get(symbol_id(symbol))
    if contract is None:
        raise VenueSaysNo(f"the venue lists no {symbol}; it has {', '.join(CONTRACTS)}")
    return contract


def _made(at: datetime) -> Twist:
    return replace(Twist(), at=int(at.timestamp() * 1000))
