"""Orders that wait for a price: stops, take-profits, trailing stops."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from local.platform.exchange import checks, errors
from local.platform.exchange.account import Account
from local.platform.exchange.desk import Desk, Twist
from local.platform.exchange.errors import Refused, mandatory
from local.platform.exchange.orders import ZERO, Trigger
from local.platform.exchange.prices import Prices
from local.platform.exchange.wanted import WHILE_HELD, Wanted

FIRST_TRIGGER: Final = 1_000_001
TRAILING: Final = "TRAILING_STOP_MARKET"
CALLBACKS: Final = (Decimal("0.1"), Decimal(10))


def reached(trigger: Trigger, price: Decimal) -> bool:
    """Whether its price is there. A stop waits for the worse side, a take-profit for the better one."""
    if trigger.type == TRAILING:
        return _trailed(trigger, price)
    upwards = (trigger.side == "BUY") == trigger.type.startswith("STOP")
    return price >= trigger.trigger_price if upwards else price <= trigger.trigger_price


def follow(trigger: Trigger, price: Decimal) -> None:
    """A trailing stop becomes active at its activation price, and then remembers the best price."""
    if trigger.type != TRAILING:
        return
    selling, best = trigger.side == "SELL", trigger.peak
    if best is None:
        waits = trigger.activate_price
        if waits and (price < waits if selling else price > waits):
            return
        best = price
    trigger.peak = max(best, price) if selling else min(best, price)


def _trailed(trigger: Trigger, price: Decimal) -> bool:
    if trigger.peak is None:
        return False
    share = trigger.callback_rate / 100
    return price <= trigger.peak * (1 - share) if trigger.side == "SELL" else price >= trigger.peak * (1 + share)


class TriggerDesk:
    """The waiting orders of every account, and what becomes of them."""

    def __init__(self, desk: Desk, prices: Prices, clock: Callable[[], int]) -> None:
        self._desk, self._prices, self._clock = desk, prices, clock
        self._ids = itertools.count(FIRST_TRIGGER)

    def place(self, account: Account, wanted: Wanted, twist: Twist | None = None) -> Trigger:
        """Checks and accepts it. Raises Refused. A reduce-only one is accepted without a position too."""
        if wanted.type in ("LIMIT", "MARKET"):
            raise Refused(errors.BAD_TYPE)
        contract = self._desk.allowed(account, wanted)
        amount = ZERO
        if not wanted.close_position:
            amount = checks.check_amount(wanted, contract)
        elif wanted.amount is not None:
            raise Refused(errors.NO_AMOUNT_WITH_CLOSE)
        if wanted.priced:
            checks.check_price(wanted.price, contract)
        if wanted.type == TRAILING:
            if not CALLBACKS[0] <= wanted.callback_rate <= CALLBACKS[1]:
                raise Refused(mandatory("callbackRate"))
        else:
            if not wanted.trigger_price:
                raise Refused(mandatory("triggerPrice"))
            checks.check_price(wanted.trigger_price, contract)
        held = account.closable(wanted.symbol, wanted.side, wanted.position_side)
        if wanted.time_in_force == WHILE_HELD and held == 0:
            raise Refused(errors.NEEDS_A_POSITION)
        self._check_others(account, wanted)
        trigger = self._made(wanted, amount, twist or Twist())
        price = self._watched(trigger)
        if trigger.type != TRAILING and reached(trigger, price):
            raise Refused(errors.TRIGGERS_AT_ONCE)
        follow(trigger, price)
        account.triggers.append(trigger)
        return trigger

    def fire_reached(self, account: Account, symbol: str) -> None:
        """Sends the orders whose price is there."""
        for trigger in account.open_triggers(symbol):
            price = self._watched(trigger)
            follow(trigger, price)
            if reached(trigger, price):
                self._fire(account, trigger)

    def settle(self, account: Account) -> None:
        """A fired one whose order is filled or cancelled is over, and one that stands only while there is a
        position (GTE_GTC) when that is gone."""
        for trigger in account.open_triggers():
            held = account.closable(trigger.symbol, trigger.side, trigger.position_side)
            if trigger.time_in_force == WHILE_HELD and held == 0:
                trigger.end("EXPIRED", self._clock())
        fired = [one for one in account.triggers if one.status == "TRIGGERED"]
        over = {one.order_id for one in account.orders if not one.open} if fired else set()
        for trigger in fired:
            if trigger.order_id in over:
                trigger.end("FINISHED", self._clock())

    def cancel(self, trigger: Trigger) -> Trigger:
        trigger.end("CANCELED", self._clock())
        return trigger

    def _check_others(self, account: Account, wanted: Wanted) -> None:
        for other in account.open_triggers():
            if other.client_id == wanted.client_id:
                raise Refused(errors.DUPLICATE_ID)
            alike = (other.symbol, other.side, other.position_side, other.type) == (
                wanted.symbol,
                wanted.side,
                wanted.position_side,
                wanted.type,
            )
            if alike and other.close_position and wanted.close_position:
                raise Refused(errors.ONE_CLOSES_ALREADY)

    def _made(self, wanted: Wanted, amount: Decimal, twist: Twist) -> Trigger:
        number, now = next(self._ids), self._clock() if twist.at is None else twist.at
        return Trigger(
            algo_id=number,
            client_id=wanted.client_id or f"venue{number}",
            symbol=wanted.symbol,
            side=wanted.side,
            type=wanted.type,
            amount=amount,
            created=now,
            updated=now,
            trigger_price=wanted.trigger_price,
            price=wanted.price,
            activate_price=wanted.activate_price,
            callback_rate=wanted.callback_rate,
            time_in_force=wanted.time_in_force,
            position_side=wanted.position_side,
            reduce_only=wanted.reduce_only or wanted.close_position,
            close_position=wanted.close_position,
            working_type=wanted.working_type,
            price_protect=wanted.price_protect,
            visible_at=now + twist.lag,
        )

    def _watched(self, trigger: Trigger) -> Decimal:
        prices = self._prices
        return prices.mark(trigger.symbol) if trigger.working_type == "MARK_PRICE" else prices.last(trigger.symbol)

    def _fire(self, account: Account, trigger: Trigger) -> None:
        trigger.triggered_at = self._clock()
        symbol, side, position_side = trigger.symbol, trigger.side, trigger.position_side
        closable = account.closable(symbol, side, position_side)
        if trigger.closes and closable == 0:
            # There is nothing left that it could close.
            trigger.end("EXPIRED", trigger.triggered_at)
            return
        amount = closable if trigger.close_position else trigger.amount
        # An order of its own, under an id that nobody sent: only `actualOrderId` leads to it.
        name = f"trigger{trigger.algo_id}"
        if trigger.price:
            order = self._desk.limit(account, self._as_limit(trigger, name), amount)
        else:
            order = self._desk.market(
                account,
                symbol,
                side,
                amount,
                name,
                position_side=position_side,
                reduce_only=trigger.reduce_only and not account.hedged,
                close_position=trigger.close_position,
                orig_type=trigger.type,
            )
        trigger.order_id = order.order_id
        trigger.end("FINISHED" if not order.open else "TRIGGERED", trigger.triggered_at)

    def _as_limit(self, trigger: Trigger, client_id: str) -> Wanted:
        return replace(
            PLAIN_LIMIT,
            symbol=trigger.symbol,
            side=trigger.side,
            price=trigger.price,
            time_in_force="GTC" if trigger.time_in_force == WHILE_HELD else trigger.time_in_force,
            position_side=trigger.position_side,
            reduce_only=trigger.reduce_only,
            client_id=client_id,
        )


PLAIN_LIMIT: Final = Wanted(
    symbol="",
    side="SELL",
    type="LIMIT",
    amount=None,
    price=ZERO,
    time_in_force="GTC",
    position_side="BOTH",
    reduce_only=False,
    reduce_only_sent=False,
    close_position=False,
    client_id="",
    acknowledge=False,
    trigger_price=ZERO,
    activate_price=ZERO,
    callback_rate=ZERO,
    working_type="CONTRACT_PRICE",
    price_protect=False,
)
