"""A small venue for the twin of the exchanges: positions, orders, a book and fills, all of it settable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import count

from functions.errors import RunbookError
from functions.venue import (
    CLOSES,
    AccountFact,
    Direction,
    Fill,
    Funding,
    Market,
    OrderStatus,
    Side,
    Trouble,
    Unit,
    Validation,
    VenueOrder,
    VenueStatus,
    Where,
)

Levels = list[tuple[Decimal, Decimal]]
BTC = "BTC/USDT:USDT"


def a_market(symbol: str = BTC) -> Market:
    return Market(
        symbol=symbol,
        active=True,
        quote="USDT",
        price_tick=Decimal("0.1"),
        amount_step=Decimal("0.001"),
        amount_least=Decimal("0.001"),
        notional_least=Decimal(5),
        limit_most=Decimal(1_000),
        market_most=Decimal(120),
        status="TRADING",
        price_down=Decimal("0.95"),
        price_up=Decimal("1.05"),
    )


@dataclass
class Held:
    """What is held in one direction."""

    amount: Decimal
    entry_price: Decimal
    liquidation_price: Decimal | None = None


@dataclass
class MemoryVenue:
    """Set any of it before a test, look at any of it afterwards. Everything is by account; books and marks are by
    symbol, the best level first.

    How it behaves, each for the next calls: `lag`: so many looks by client id find nothing. `fills_at_most`: no
    order fills more (None: what the book has). `refusals`: raised one by one by `create` and `place_again`, and
    nothing happens. `executed_but`: raised one by one after the order was executed. `down`: nobody answers.
    `validation`: whether the venue validates orders at all.
    `created` lists what reached it, in order. `hedged` and `leverage` hold for every account; without a leverage
    nobody is told what margin a position holds.
    """

    markets: dict[str, Market] = field(default_factory=lambda: {BTC: a_market()})
    marks: dict[str, Decimal] = field(default_factory=lambda: {BTC: Decimal(60_000)})
    bids: dict[str, Levels] = field(default_factory=lambda: {BTC: [(Decimal("59999.9"), Decimal(100))]})
    asks: dict[str, Levels] = field(default_factory=lambda: {BTC: [(Decimal("60000.1"), Decimal(100))]})
    hedged: bool = False
    leverage: Decimal | None = None
    held: dict[Unit, Held] = field(default_factory=dict)
    orders: list[tuple[Where, VenueOrder]] = field(default_factory=list)
    fills: list[tuple[Where, str, Fill]] = field(default_factory=list)
    funding: list[tuple[Where, str, Funding]] = field(default_factory=list)
    rates: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    accounts: dict[Where, AccountFact] = field(default_factory=dict)
    statuses: dict[str, VenueStatus] = field(default_factory=dict)
    fee_rate: Decimal = Decimal("0.0005")
    fee_asset: str = "USDT"
    lag: int = 0
    fills_at_most: Decimal | None = None
    refusals: list[RunbookError] = field(default_factory=list)
    executed_but: list[RunbookError] = field(default_factory=list)
    down: Trouble | None = None
    validation: Validation = Validation.ACCEPTED
    created: list[VenueOrder] = field(default_factory=list)
    ids: count[int] = field(default_factory=lambda: count(1), repr=False)

    def hold(self, unit: Unit, amount: str | Decimal, entry_price: str | Decimal = "60000") -> None:
        """A position that stands there."""
        self.held[unit] = Held(Decimal(amount), Decimal(entry_price))

    def rest(self, where: Where, order: VenueOrder) -> VenueOrder:
        """An order that stands there, under an id of the venue's own."""
        stands = replace(order, order_id=self.next_id())
        self.orders.append((where, stands))
        return stands

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
        """A fill of the account on the unit, whoever caused it: the position is smaller or larger by it. Of an
        order that waited for a price, the fill carries the id of the order that its trigger made, as at the real
        venue: only its client id leads to it."""
        known = next((o for where, o in self.orders if (where, o.order_id) == (unit.where, order_id)), None)
        trigger_id = known.order_id if known is not None and known.trigger else None
        if known is not None:
            client_order_id = client_order_id or known.client_order_id
        signed = -amount if side == CLOSES[unit.side] else amount
        stands = self.held.get(unit, Held(Decimal(0), price))
        left = stands.amount + signed
        if left > 0:
            self.held[unit] = replace(stands, amount=left)
        else:
            self.held.pop(unit, None)
        fill = Fill(
            fill_id=self.next_id(),
            order_id=order_id if order_id and not trigger_id else self.next_id(),
            side=side,
            amount=amount,
            price=price,
            fee=amount * price * self.fee_rate,
            fee_asset=self.fee_asset,
            at=at,
            position_side=unit.side if self.hedged else None,
            client_order_id=client_order_id,
            trigger_id=trigger_id,
        )
        self.fills.append((unit.where, unit.symbol, fill))
        return fill

    def working(self, where: Where, symbol: str | None = None) -> list[VenueOrder]:
        return [
            order
            for owner, order in self.orders
            if owner == where and symbol in (None, order.symbol) and order.status is OrderStatus.OPEN
        ]

    def change(self, where: Where, order: VenueOrder) -> None:
        """The order as it is now, in place of the one with its id."""
        self.orders = [
            (owner, order if owner == where and old.order_id == order.order_id else old)
            for owner, old in self.orders
        ]

    def amount(self, unit: Unit) -> Decimal:
        stands = self.held.get(unit)
        return stands.amount if stands else Decimal(0)

    def covered(self, unit: Unit) -> Decimal:
        """What resting orders that are no trigger orders already hold of the position."""
        resting: Sequence[VenueOrder] = self.working(unit.where, unit.symbol)
        return sum((o.left for o in resting if not o.trigger and o.reduces(unit)), Decimal(0))

    def take(self, symbol: str, side: Side, amount: Decimal, worst: Decimal | None) -> Levels:
        """Takes what the book has, not beyond the price; what is taken is gone from it."""
        levels = (self.bids if side == "sell" else self.asks).setdefault(symbol, [])
        taken: Levels = []
        left = amount if self.fills_at_most is None else min(amount, self.fills_at_most)
        while levels and left > 0:
            price, there = levels[0]
            if worst is not None and (price < worst if side == "sell" else price > worst):
                break
            part = min(there, left)
            taken.append((price, part))
            left -= part
            levels[:1] = [(price, there - part)] if there > part else []
        return taken

    def next_id(self) -> str:
        return str(next(self.ids))


def other(side: Direction) -> Direction:
    return "short" if side == "long" else "long"
