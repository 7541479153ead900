"""Twin of the exchanges, over the small venue of the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from functions.adapters.memory.venue import other
from functions.adapters.memory.world import World
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import Reading
from functions.venue import (
    CLOSES,
    AccountFact,
    Book,
    Direction,
    Fill,
    Funding,
    Market,
    NewOrder,
    OrderStatus,
    ProbeOrder,
    Row,
    Trouble,
    Unit,
    Validation,
    VenueOrder,
    VenuePosition,
    VenueStatus,
    Where,
)


class MemoryExchange:
    def __init__(self, world: World) -> None:
        self._world, self._venue = world, world.venue

    def status(self, venue: str) -> VenueStatus:
        if self._venue.down is not None:
            told = self._venue.down.told()
            return VenueStatus(venue, Reading.FAILED, told, self._world.now, self._venue.down)
        set_to = self._venue.statuses.get(venue)
        return set_to or VenueStatus(venue, Reading.OK, "it answers", self._world.now)

    def account(self, where: Where) -> AccountFact:
        self._answers()
        return self._venue.accounts.get(where) or AccountFact(
            where=where,
            at=self._world.now,
            can_trade=True,
            can_withdraw=False,
            ip_restricted=True,
            frozen=False,
            hedged=self._venue.hedged,
            quote="USDT",
            equity=Decimal(100_000),
            available=Decimal(90_000),
            margin_ratio=Decimal("0.02"),
            clock_skew=Decimal("0.01"),
        )

    def market(self, where: Where, symbol: str) -> Market:
        del where
        self._answers()
        if symbol not in self._venue.markets:
            raise said(Refused, Row.INVALID_SYMBOL, "BadSymbol", None, f"no market symbol {symbol}")
        return self._venue.markets[symbol]

    def symbols(self, where: Where) -> Sequence[str]:
        del where
        self._answers()
        return sorted(symbol for symbol, market in self._venue.markets.items() if market.active)

    def book(self, where: Where, symbol: str) -> Book:
        self.market(where, symbol)
        bids, asks = self._venue.bids.get(symbol, []), self._venue.asks.get(symbol, [])
        return Book(symbol, tuple(bids), tuple(asks), self._world.now)

    def position(self, unit: Unit) -> VenuePosition:
        self.market(unit.where, unit.symbol)
        return self._held(unit)

    def _held(self, unit: Unit) -> VenuePosition:
        stands, mark = self._venue.held.get(unit), self._venue.marks.get(unit.symbol)
        opposite = self._venue.amount(replace(unit, side=other(unit.side)))
        fact = VenuePosition(
            unit, self._venue.amount(unit), opposite, self._venue.hedged, self._world.now, mark_price=mark
        )
        if stands is None:
            return fact if opposite else replace(fact, mark_price=None)
        sign = 1 if unit.side == "long" else -1
        return replace(
            fact,
            entry_price=stands.entry_price,
            liquidation_price=stands.liquidation_price,
            unrealized=None if mark is None else (mark - stands.entry_price) * stands.amount * sign,
            margin=None
            if mark is None or not self._venue.leverage
            else stands.amount * mark / self._venue.leverage,
        )

    def positions(self, where: Where) -> Sequence[VenuePosition]:
        self._answers()
        held = [unit for unit, stands in self._venue.held.items() if unit.where == where and stands.amount]
        # One in a symbol that is listed no more hides no other.
        return [self._held(unit) for unit in sorted(held, key=lambda unit: (unit.symbol, unit.side))]

    def orders(self, where: Where, symbol: str | None) -> Sequence[VenueOrder]:
        self._answers()
        if symbol is not None:
            self.market(where, symbol)
        return self._venue.working(where, symbol)

    def order(self, where: Where, symbol: str, client_order_id: str) -> VenueOrder | None:
        self.market(where, symbol)
        if self._venue.lag > 0:
            self._venue.lag -= 1
            return None
        found = [
            order
            for owner, order in self._venue.orders
            if owner == where and order.symbol == symbol and order.client_order_id == client_order_id
        ]
        return found[-1] if found else None

    def fills(self, where: Where, symbol: str, since: datetime) -> Sequence[Fill]:
        self.market(where, symbol)
        return [f for w, s, f in self._venue.fills if (w, s) == (where, symbol) and f.at >= since]

    def funding(self, where: Where, symbol: str, since: datetime) -> Sequence[Funding]:
        self.market(where, symbol)
        return [f for w, s, f in self._venue.funding if (w, s) == (where, symbol) and f.at >= since]

    def rate(self, where: Where, asset: str, quote: str, at: datetime) -> Decimal | None:
        del where, at
        self._answers()
        return Decimal(1) if asset == quote else self._venue.rates.get((asset, quote))

    def create(self, where: Where, order: NewOrder) -> VenueOrder:
        return self._sent(where, order.unit.symbol, order.client_order_id, lambda: self._execute(where, order))

    def validate(self, where: Where, order: ProbeOrder) -> Validation:
        self._answers()
        if self._venue.validation is Validation.NOT_OFFERED:
            return Validation.NOT_OFFERED
        self._may_trade(where, order.symbol)
        if self._venue.refusals:
            raise self._venue.refusals.pop(0)
        self._fits_as_probe(order)
        return Validation.ACCEPTED

    def probe(self, where: Where, order: ProbeOrder) -> VenueOrder:
        def rest() -> VenueOrder:
            self._may_trade(where, order.symbol)
            self._fits_as_probe(order)
            position_side: Direction = "long" if order.side == "buy" else "short"
            made = VenueOrder(
                order_id="",
                client_order_id=order.client_order_id,
                symbol=order.symbol,
                side=order.side,
                type="limit",
                status=OrderStatus.OPEN,
                amount=order.amount,
                filled=Decimal(0),
                price=order.price,
                reduce_only=False,
                position_side=position_side if order.hedged else None,
                time_in_force="GTX",
                created_at=self._world.now,
            )
            return self._venue.rest(where, made)

        return self._sent(where, order.symbol, order.client_order_id, rest)

    def place_again(self, where: Where, order: VenueOrder, client_order_id: str) -> VenueOrder:
        def put_back() -> VenueOrder:
            again = replace(
                order,
                client_order_id=client_order_id,
                status=OrderStatus.OPEN,
                amount=order.left,
                filled=Decimal(0),
                average=None,
                created_at=self._world.now,
            )
            return self._venue.rest(where, again)

        return self._sent(where, order.symbol, client_order_id, put_back)

    def cancel(self, where: Where, order: VenueOrder) -> bool:
        self._answers()
        for stands in self._venue.working(where, order.symbol):
            if stands.order_id == order.order_id:
                self._venue.change(where, replace(stands, status=OrderStatus.CANCELED))
                return True
        return False

    def _sent(
        self, where: Where, symbol: str, client_order_id: str, execute: Callable[[], VenueOrder]
    ) -> VenueOrder:
        """As the real one: the market is looked at first, and a duplicate of a working order proves nothing."""
        self._answers()
        if not self.market(where, symbol).active:
            raise said(Refused, Row.INVALID_SYMBOL, "OperationRejected", "-4141", "Symbol is closed.")
        if self._venue.refusals:
            raise self._venue.refusals.pop(0)
        if any(one.client_order_id == client_order_id for one in self._venue.working(where)):
            raise said(Uncertain, Row.DUPLICATE_ID, "InvalidOrder", "-4116", "ClientOrderId is duplicated.")
        made = execute()
        self._venue.created.append(made)
        if self._venue.executed_but:
            raise self._venue.executed_but.pop(0)
        return made

    def _execute(self, where: Where, order: NewOrder) -> VenueOrder:
        """Immediate-or-cancel, and never more than what is held and not yet covered."""
        unit, side = order.unit, CLOSES[order.unit.side]
        self._fits(order, self._venue.markets[unit.symbol])
        held, covered = self._venue.amount(unit), self._venue.covered(unit)
        free = held - covered
        if free <= 0 or (order.hedged and order.amount > held):
            raise said(Refused, Row.NOTHING_TO_REDUCE, "InvalidOrder", "-2022", "ReduceOnly Order is rejected.")
        if covered and order.amount > free:
            raise said(Refused, Row.NOTHING_TO_REDUCE, "OperationRejected", "-4118", "ReduceOnly Order Failed.")
        order_id = self._venue.next_id()
        taken = self._venue.take(unit.symbol, side, min(order.amount, free), order.price)
        for price, amount in taken:
            self._venue.trade(unit, side, amount, price, self._world.now, order_id, order.client_order_id)
        filled = sum((amount for _, amount in taken), Decimal(0))
        cost = sum((price * amount for price, amount in taken), Decimal(0))
        position_side: Direction | None = unit.side if order.hedged else None
        made = VenueOrder(
            order_id=order_id,
            client_order_id=order.client_order_id,
            symbol=unit.symbol,
            side=side,
            type="market" if order.price is None else "limit",
            status=OrderStatus.FILLED if filled == order.amount else OrderStatus.EXPIRED,
            amount=order.amount,
            filled=filled,
            average=cost / filled if filled else None,
            price=order.price,
            reduce_only=not order.hedged,
            position_side=position_side,
            time_in_force=None if order.price is None else "IOC",
            created_at=self._world.now,
        )
        self._venue.orders.append((where, made))
        return made

    def _may_trade(self, where: Where, symbol: str) -> None:
        if not self.market(where, symbol).active:
            raise said(Refused, Row.INVALID_SYMBOL, "OperationRejected", "-4141", "Symbol is closed.")
        account = self._venue.accounts.get(where)
        if account is not None and account.frozen:
            raise said(Refused, Row.FROZEN, "InvalidOrder", "-2010", "This account may not place orders.")

    def _fits_as_probe(self, order: ProbeOrder) -> None:
        market, mark = self._venue.markets[order.symbol], self._venue.marks.get(order.symbol)
        side: Direction = "long" if order.side == "buy" else "short"
        unit = Unit("", "", order.symbol, side)
        self._fits(NewOrder(order.client_order_id, unit, order.amount, order.price, order.hedged), market)
        if market.notional_least is not None and order.amount * order.price < market.notional_least:
            raise said(Refused, Row.INVALID_PRICE, "InvalidOrder", "-4164", "Order's notional is too small.")
        if mark is not None and market.price_up is not None and market.price_down is not None:
            # A purchase is bound above, a sale below.
            buys = order.side == "buy"
            if order.price > mark * market.price_up if buys else order.price < mark * market.price_down:
                raise said(Refused, Row.INVALID_PRICE, "BadRequest", "-4016" if buys else "-4024", "Beyond.")
        offers = self._venue.asks if order.side == "buy" else self._venue.bids
        best = next((price for price, _ in offers.get(order.symbol, [])), None)
        if best is not None and (order.price >= best if order.side == "buy" else order.price <= best):
            raise said(Refused, Row.INVALID_PRICE, "OrderImmediatelyFillable", "-5022", "It would take.")

    def _fits(self, order: NewOrder, market: Market) -> None:
        """The venue's filters."""
        most = market.market_most if order.price is None else market.limit_most
        if order.price is not None and order.price % market.price_tick:
            raise said(Refused, Row.INVALID_PRICE, "BadRequest", "-4014", "Price not increased by tick size.")
        if order.amount % market.amount_step:
            raise said(Refused, Row.INVALID_PRICE, "BadRequest", "-1111", "Precision is over the maximum.")
        if order.amount < market.amount_least or (most is not None and order.amount > most):
            raise said(Refused, Row.INVALID_PRICE, "BadRequest", "-4005", "Quantity is not inside its limits.")

    def _answers(self) -> None:
        """A venue that is down was not reached: nothing happened there."""
        if self._venue.down is not None:
            raise Transient(self._venue.down.told()).of(self._venue.down)


def said(word: type[RunbookError], row: Row, kind: str, code: str | None, text: str) -> RunbookError:
    """The error as the adapter raises it."""
    trouble = Trouble(row, kind, code, text)
    return word(trouble.told()).of(trouble)
