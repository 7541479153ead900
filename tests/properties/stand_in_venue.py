"""The stand-in venue with the face of the twin's small venue, so that one hostile world can move either.

What it is asked for, its own desk decides: checks, reduce-only, cover, fees. `working`, `amount` and `created` are
read from its books, which no run can write to but by an order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from functions.adapters.memory.venue import MemoryVenue
from functions.venue import CLOSES, Direction, Fill, OrderStatus, Side, Unit, VenueOrder, Where
from local.platform.exchange.account import Account
from local.platform.exchange.desk import Twist
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.opening import open_position
from local.platform.exchange.orders import Order, Trigger

MAIN: Final = "main"
BTC, ID = "BTC/USDT:USDT", "BTCUSDT"
MARK: Final = Decimal(60_000)
# The largest single order at the market.
AT_ONCE: Final = Decimal(100)
MOST: Final = {"market": Decimal(120), "limit": Decimal(1_000)}
STEP: Final = Decimal("0.001")
LEAST: Final = Decimal("0.002")
STATES: Final = {"FILLED": OrderStatus.FILLED, "EXPIRED": OrderStatus.EXPIRED, "CANCELED": OrderStatus.CANCELED}


class StandInVenue(MemoryVenue):
    """`moved`: told after everything that somebody other than the runbook did there."""

    def __init__(self, exchange: Exchange, moved: Callable[[], None]) -> None:
        self.exchange, self._moved = exchange, moved
        super().__init__()

    @property
    def hedged(self) -> bool:
        return self.account.hedged

    @hedged.setter
    def hedged(self, hedged: bool) -> None:
        self.exchange.set_hedged(MAIN, hedged)

    @property
    def created(self) -> list[VenueOrder]:
        """Every plain order that was ever accepted."""
        return [self._order(one) for one in self.account.orders]

    @created.setter
    def created(self, created: list[VenueOrder]) -> None:
        """The twin's list; the venue keeps its own."""

    @property
    def account(self) -> Account:
        return self.exchange.accounts[MAIN]

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.exchange.clock() / 1_000, UTC)

    # Others move.

    def offer(self, bids: Decimal, asks: Decimal, amount: Decimal) -> None:
        """The whole book: one level on each side."""
        self.exchange.set_book(ID, [(bids, amount)], [(asks, amount)])

    def hold(self, unit: Unit, amount: str | Decimal, entry_price: str | Decimal = "60000") -> None:
        """Opened an hour ago at the market; of a position that stands there, what is missing to the amount."""
        del entry_price
        missing = Decimal(amount) - self.amount(unit)
        while missing > 0:
            part = min(missing, AT_ONCE)
            if part < LEAST:
                # Less than an order must be worth: what a larger one has left.
                self._opens(unit, part + LEAST)
                self.leave(unit, LEAST, "left", Twist(at=self._before))
            else:
                self._opens(unit, part)
            missing -= part
        self._moved()

    def _opens(self, unit: Unit, amount: Decimal) -> None:
        open_position(self.exchange, unit.account, ID, unit.side, amount, at=self._before)

    @property
    def _before(self) -> int:
        """Two hours ago."""
        return self.exchange.clock() - 7_200_000

    def rest(self, where: Where, order: VenueOrder) -> VenueOrder:
        asked = {
            "symbol": ID,
            "side": order.side.upper(),
            "type": order.type.upper(),
            "positionSide": (order.position_side or "both").upper(),
            "newClientOrderId": str(order.client_order_id),
        }
        if order.close_position:
            asked["closePosition"] = "true"
        else:
            # No single order may be larger than the venue allows.
            most = MOST["market" if order.trigger else "limit"]
            asked["quantity"] = format(min(max(order.amount - order.amount % STEP, STEP), most), "f")
            asked |= {"reduceOnly": "true"} if order.reduce_only else {}
        at = Twist(at=self.exchange.clock() - 3_600_000)
        if not order.trigger:
            asked |= {"timeInForce": "GTC", "price": _price(order.price)}
            made = self.exchange.place(where.account, asked, at)
            return self._order(made)
        asked |= {"algoType": "CONDITIONAL", "workingType": "MARK_PRICE", "triggerPrice": _price(self._at(order))}
        return self._trigger(self.exchange.place_trigger(where.account, asked, at))

    def _at(self, order: VenueOrder) -> Decimal | None:
        """A take-profit of a short waits below the market."""
        below = order.type.startswith("take") and order.side == "buy"
        return MARK / 2 if below else order.trigger_price

    def trade(
        self,
        unit: Unit,
        side: Side,
        amount: Decimal,
        price: Decimal,
        at: datetime,
        order_id: str | None = None,
        client_order_id: str | None = None,
    ) -> Fill:
        raise NotImplementedError("what moves there is said by what does it: fire, fill, enter, leave")

    def fire(self, order: VenueOrder) -> None:
        """The price that it waits for is there, and those of no other."""
        trigger = next(one for one in self.account.open_triggers(ID) if str(one.algo_id) == order.order_id)
        trigger.trigger_price = MARK
        with self.exchange.lock:
            self.exchange.triggers.fire_reached(self.account, ID)
        self._moved()

    def fill(self, order: VenueOrder, amount: Decimal) -> None:
        """Somebody takes so much of it."""
        self.exchange.fill_resting(MAIN, int(order.order_id), amount)
        self._moved()

    def enter(self, unit: Unit, amount: Decimal, client_id: str) -> None:
        while amount > 0:
            part = min(amount, AT_ONCE)
            open_position(self.exchange, unit.account, ID, unit.side, part, client_id=client_id)
            amount -= part
        self._moved()

    def leave(self, unit: Unit, amount: Decimal, client_id: str, twist: Twist | None = None) -> None:
        """At the market. Raises the venue's `Refused`."""
        asked = {
            "symbol": ID,
            "side": CLOSES[unit.side].upper(),
            "type": "MARKET",
            "positionSide": unit.side.upper() if self.hedged else "BOTH",
            "newClientOrderId": client_id,
        }
        while amount > 0:
            part = min(amount, AT_ONCE)
            self.exchange.place(unit.account, {**asked, "quantity": format(part, "f")}, twist)
            amount -= part
        self._moved()

    def change(self, where: Where, order: VenueOrder) -> None:
        """Cancels it; a fill is written down by the fill itself."""
        if order.status is OrderStatus.CANCELED:
            cancel = self.exchange.cancel_trigger if order.trigger else self.exchange.cancel
            cancel(where.account, int(order.order_id))
            self._moved()

    # What stands in its books.

    def working(self, where: Where, symbol: str | None = None) -> list[VenueOrder]:
        account = self.exchange.accounts[where.account]
        plain = [self._order(one) for one in account.open_orders(ID)]
        return [*plain, *(self._trigger(one) for one in account.open_triggers(ID))]

    def amount(self, unit: Unit) -> Decimal:
        account = self.exchange.accounts[unit.account]
        return account.closable(ID, CLOSES[unit.side].upper(), unit.side.upper() if account.hedged else "BOTH")

    def _order(self, one: Order) -> VenueOrder:
        return VenueOrder(
            order_id=str(one.order_id),
            client_order_id=one.client_id,
            symbol=BTC,
            side=_side(one.side),
            type=one.type.lower(),
            status=STATES.get(one.status, OrderStatus.OPEN),
            amount=one.amount,
            filled=one.filled,
            average=one.average or None,
            price=one.price or None,
            reduce_only=one.reduce_only,
            close_position=one.close_position,
            position_side=_direction(one.position_side),
            time_in_force=one.time_in_force,
        )

    def _trigger(self, one: Trigger) -> VenueOrder:
        return VenueOrder(
            order_id=str(one.algo_id),
            client_order_id=one.client_id,
            symbol=BTC,
            side=_side(one.side),
            type=one.type.lower(),
            status=OrderStatus.OPEN,
            amount=one.amount,
            filled=Decimal(0),
            trigger_price=one.trigger_price,
            reduce_only=one.reduce_only,
            close_position=one.close_position,
            position_side=_direction(one.position_side),
            trigger=True,
        )


def _price(price: Decimal | None) -> str:
    return format((price or MARK).quantize(Decimal("0.1")), "f")


def _side(side: str) -> Side:
    return "buy" if side == "BUY" else "sell"


def _direction(side: str) -> Direction | None:
    return None if side == "BOTH" else "long" if side == "LONG" else "short"
