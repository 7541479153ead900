"""An account at the venue: its key, its rights, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from local.platform.exchange.orders import ZERO, Order, Trigger

LEVERAGE: Final = 10
TAKER: Final = Decimal("0.0005")
MAKER: Final = Decimal("0.0002")
# What a fee costs when it is paid in BNB.
IN_BNB: Final = Decimal("0.9")


@dataclass
class Position:
    """`amount` below 0 is short; `side` is BOTH in one-way mode, else LONG or SHORT."""

    symbol: str
    side: str
    amount: Decimal = ZERO
    entry: Decimal = ZERO
    updated: int = 0

    def add(self, amount: Decimal, price: Decimal, at: int) -> Decimal:
        """Buys (above 0) or sells; turns round where more is sold than held. Returns the realised profit."""
        self.updated = at
        if self.amount * amount >= 0:
            total = self.amount + amount
            self.entry = (self.entry * abs(self.amount) + price * abs(amount)) / abs(total) if total else ZERO
            self.amount = total
            return ZERO
        closed = min(abs(amount), abs(self.amount))
        profit = (price - self.entry) * closed * (1 if self.amount > 0 else -1)
        before, self.amount = self.amount, self.amount + amount
        if self.amount == 0:
            self.entry = ZERO
        elif self.amount * before < 0:
            self.entry = price
        return profit

    def profit(self, mark: Decimal) -> Decimal:
        return (mark - self.entry) * self.amount

    def copy(self) -> Position:
        return replace(self)


@dataclass(frozen=True, kw_only=True)
class Fill:
    """One trade of ours."""

    fill_id: int
    order_id: int
    client_id: str
    symbol: str
    side: str
    position_side: str
    price: Decimal
    amount: Decimal
    fee: Decimal
    fee_asset: str
    profit: Decimal
    maker: bool
    at: int
    visible_at: int = 0


@dataclass(frozen=True)
class Income:
    """What changed the wallet: REALIZED_PNL, COMMISSION, FUNDING_FEE or TRANSFER."""

    income_id: int
    symbol: str
    kind: str
    amount: Decimal
    asset: str
    at: int
    trade_id: str = ""


@dataclass(kw_only=True)
class Rights:
    """What the key may do and how the account stands. `futures`: the key's right to futures; without it every
    signed call to them is -2015. `frozen`: the venue has locked the account."""

    reading: bool = True
    futures: bool = True
    withdrawals: bool = False
    ip_restricted: bool = True
    frozen: bool = False
    revoked: bool = False
    fees_in_bnb: bool = False


@dataclass
class Account:
    """`wallet` in USDT and `bnb` in BNB. `lagging`: positions as queries still show them, each until a time."""

    name: str
    key: str
    secret: str = field(repr=False)
    rights: Rights
    wallet: Decimal
    bnb: Decimal
    hedged: bool = False
    leverage: int = LEVERAGE
    positions: dict[tuple[str, str], Position] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    incomes: list[Income] = field(default_factory=list)
    lagging: list[tuple[int, Position]] = field(default_factory=list)
    countdowns: dict[str, int] = field(default_factory=dict)

    @property
    def can_trade(self) -> bool:
        return self.rights.futures and not self.rights.frozen

    def position(self, symbol: str, side: str) -> Position:
        """Flat where there is none."""
        return self.positions.setdefault((symbol, side), Position(symbol, side))

    def shown(self, position: Position, now: int) -> Position:
        """As a query sees it at this moment: before a fill that lags."""
        for until, before in self.lagging:
            if until > now and (before.symbol, before.side) == (position.symbol, position.side):
                return before
        return position

    def open_orders(self, symbol: str | None = None) -> list[Order]:
        return [one for one in self.orders if one.open and symbol in (None, one.symbol)]

    def open_triggers(self, symbol: str | None = None) -> list[Trigger]:
        return [one for one in self.triggers if one.open and symbol in (None, one.symbol)]

    def held(self, symbol: str, side: str, position_side: str) -> Decimal:
        """How much of a position its resting closing orders hold. Untriggered ones hold nothing."""
        resting = (one for one in self.open_orders(symbol) if one.closes)
        return sum((one.left for one in resting if (one.side, one.position_side) == (side, position_side)), ZERO)

    def closable(self, symbol: str, side: str, position_side: str) -> Decimal:
        """How much of the position an order of this side makes smaller; 0 where it would make it larger."""
        amount = self.position(symbol, position_side).amount
        return max(ZERO, amount if side == "SELL" else -amount)
