"""Margin of a cross account, by the venue's brackets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from local.platform.exchange.account import Account, Position
from local.platform.exchange.ledger import profit
from local.platform.exchange.orders import ZERO
from local.platform.exchange.prices import Prices

# (notional up to, largest leverage, maintenance margin, deduction), the same for every symbol.
BRACKETS: Final = (
    (Decimal(50_000), 125, Decimal("0.004"), Decimal(0)),
    (Decimal(600_000), 100, Decimal("0.005"), Decimal(50)),
    (Decimal(3_000_000), 75, Decimal("0.0065"), Decimal(950)),
    (Decimal(12_000_000), 50, Decimal("0.01"), Decimal(11_450)),
    (Decimal(1_000_000_000), 20, Decimal("0.02"), Decimal(131_450)),
)


def brackets() -> list[dict[str, Any]]:
    """One symbol's, as `GET /fapi/v1/leverageBracket` lists them."""
    floor, listed = 0, []
    for number, (cap, leverage, ratio, deducted) in enumerate(BRACKETS, 1):
        listed.append(
            {
                "bracket": number,
                "initialLeverage": leverage,
                "notionalCap": int(cap),
                "notionalFloor": floor,
                "maintMarginRatio": float(ratio),
                "cum": float(deducted),
            }
        )
        floor = int(cap)
    return listed


def _bracket(notional: Decimal) -> tuple[Decimal, Decimal]:
    """Maintenance margin and deduction."""
    fitting = (one for one in BRACKETS if notional <= one[0])
    _, _, ratio, deducted = next(fitting, BRACKETS[-1])
    return ratio, deducted


def maintenance(position: Position, mark: Decimal) -> Decimal:
    notional = abs(position.amount) * mark
    ratio, deducted = _bracket(notional)
    return notional * ratio - deducted if notional else ZERO


def initial(account: Account, position: Position, mark: Decimal) -> Decimal:
    return abs(position.amount) * mark / account.leverage


class Margins:
    """An account's totals at the mark, in USDT."""

    def __init__(self, account: Account, prices: Prices) -> None:
        held = [one for one in account.positions.values() if one.amount]
        self.wallet, self.unrealized = account.wallet, profit(account, prices)
        self.balance = self.wallet + self.unrealized
        self.maintenance = sum((maintenance(one, prices.mark(one.symbol)) for one in held), ZERO)
        self.positions = sum((initial(account, one, prices.mark(one.symbol)) for one in held), ZERO)
        opening = (one for one in account.open_orders() if not one.closes)
        self.orders = sum((one.left * one.price / account.leverage for one in opening), ZERO)
        self.initial = self.positions + self.orders
        self.available = max(ZERO, self.balance - self.initial)


def liquidation_price(account: Account, position: Position, prices: Prices) -> Decimal:
    """Where the balance no longer covers the maintenance margin; 0 where no price does that.

    Binance's formula for a cross account, the other positions at their marks.
    """
    if position.amount == 0:
        return ZERO
    mark, amount, sign = prices.mark(position.symbol), abs(position.amount), 1 if position.amount > 0 else -1
    ratio, deducted = _bracket(amount * mark)
    whole = Margins(account, prices)
    others = whole.maintenance - maintenance(position, mark)
    rest = account.wallet - others + (whole.unrealized - position.profit(mark)) + deducted
    price = (rest - sign * amount * position.entry) / (amount * (ratio - sign))
    return max(ZERO, price)
