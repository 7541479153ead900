"""What fills, fees and funding do to an account."""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from local.platform.exchange.account import IN_BNB, MAKER, TAKER, Account, Fill, Income, Position
from local.platform.exchange.orders import ZERO, Order
from local.platform.exchange.prices import Prices

BNB: Final = "BNBUSDT"
PLACES: Final = Decimal("0.00000001")
FIRST_FILL: Final = 700_000_001
FIRST_INCOME: Final = 9_000_000_001


class Ledger:
    """Books what happens, with ids that count up over all accounts."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._fill_ids = itertools.count(FIRST_FILL)
        self._income_ids = itertools.count(FIRST_INCOME)

    def fill(
        self,
        account: Account,
        order: Order,
        price: Decimal,
        amount: Decimal,
        *,
        maker: bool,
        at: int,
        visible_at: int,
    ) -> Fill:
        """So much of the order at that price."""
        position = account.position(order.symbol, order.position_side)
        if visible_at > at:
            account.lagging.append((visible_at, position.copy()))
        profit = position.add(amount if order.side == "BUY" else -amount, price, at)
        fee, asset = self._fee(account, price * amount, maker)
        order.filled, order.cost, order.updated = order.filled + amount, order.cost + price * amount, at
        order.status = "FILLED" if order.left == 0 else "PARTIALLY_FILLED"
        fill = Fill(
            fill_id=next(self._fill_ids),
            order_id=order.order_id,
            client_id=order.client_id,
            symbol=order.symbol,
            side=order.side,
            position_side=order.position_side,
            price=price,
            amount=amount,
            fee=fee,
            fee_asset=asset,
            profit=profit,
            maker=maker,
            at=at,
            visible_at=visible_at,
        )
        account.fills.append(fill)
        self.book(account, order.symbol, "COMMISSION", -fee, asset, at, str(fill.fill_id))
        if profit:
            self.book(account, order.symbol, "REALIZED_PNL", profit, "USDT", at, str(fill.fill_id))
        return fill

    def funding(self, account: Account, position: Position, rate: Decimal, at: int) -> Income | None:
        """Above 0 the long side pays. None where the position is flat."""
        if position.amount == 0:
            return None
        paid = position.amount * self._prices.mark(position.symbol) * rate
        return self.book(account, position.symbol, "FUNDING_FEE", -paid, "USDT", at)

    def book(
        self, account: Account, symbol: str, kind: str, amount: Decimal, asset: str, at: int, trade_id: str = ""
    ) -> Income:
        """Into the wallet, and written down."""
        amount = amount.quantize(PLACES, ROUND_HALF_UP)
        if asset == "BNB":
            account.bnb += amount
        else:
            account.wallet += amount
        income = Income(next(self._income_ids), symbol, kind, amount, asset, at, trade_id)
        account.incomes.append(income)
        return income

    def _fee(self, account: Account, cost: Decimal, maker: bool) -> tuple[Decimal, str]:
        """In USDT, or in BNB where the account pays so and has enough of it."""
        fee = cost * (MAKER if maker else TAKER)
        in_bnb = fee * IN_BNB / self._prices.last(BNB)
        if account.rights.fees_in_bnb and account.bnb >= in_bnb:
            return in_bnb.quantize(PLACES, ROUND_HALF_UP), "BNB"
        return fee.quantize(PLACES, ROUND_HALF_UP), "USDT"


def profit(account: Account, prices: Prices) -> Decimal:
    """What all positions would bring at the mark."""
    return sum((one.profit(prices.mark(one.symbol)) for one in account.positions.values()), ZERO)
