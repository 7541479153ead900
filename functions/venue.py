"""What the runbooks know about an exchange, as frozen dataclasses.

Amounts are in base units (BTC, not contracts) and never negative; money and prices are in the quote currency, all
`Decimal`; times are aware UTC. A symbol is the unified one of ccxt (`BTC/USDT:USDT`). What could not be read is
`None`, never a default that looks healthy. Source: EXCHANGE.md and the venues' documentation of the fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from functions.facts import Reading

Direction = Literal["long", "short"]
Side = Literal["buy", "sell"]

# What reduces a position of a direction.
CLOSES: Final[dict[Direction, Side]] = {"long": "sell", "short": "buy"}


class Row(StrEnum):
    """What a venue's error means, by class *and* code. The first five are the rows of the manual runbook."""

    INSUFFICIENT_BALANCE = "insufficient_balance"
    INVALID_PRICE = "invalid_price"
    RATE_LIMITED = "rate_limited"
    MAINTENANCE = "maintenance"
    INVALID_SYMBOL = "invalid_symbol"
    KEY = "key"
    FROZEN = "frozen"
    CLOCK = "clock"
    # -2022, -4118: a reduce-only order that would not reduce. Never final: the position may be flat, or resting
    # orders may cover it.
    NOTHING_TO_REDUCE = "nothing_to_reduce"
    NO_SUCH_ORDER = "no_such_order"
    DUPLICATE_ID = "duplicate_id"
    UNREACHABLE = "unreachable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a venue said, or did not say. `kind` is ccxt's class, `code` the venue's own, raw; `text` is cut and
    without secrets. `retry_after` in seconds. Carried by the error words as `error.trouble`."""

    row: Row
    kind: str
    code: str | None
    text: str
    retry_after: int | None = None

    def told(self) -> str:
        return f"{self.row.value} ({self.kind}{f' {self.code}' if self.code else ''}): {self.text}"


@dataclass(frozen=True, slots=True)
class Where:
    """A venue and the account there, whose key is used."""

    venue: str
    account: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of truth: the net position of (venue, account, symbol, position side)."""

    venue: str
    account: str
    symbol: str
    side: Direction

    @property
    def where(self) -> Where:
        return Where(self.venue, self.account)

    @property
    def guard_id(self) -> str:
        """The lock of everything that changes it."""
        return f"unit/{self.venue}/{self.account}/{self.symbol}/{self.side}"


@dataclass(frozen=True, slots=True)
class VenuePosition:
    """What the venue holds in the unit's direction: `amount` 0 is flat. `opposite` is what it holds the other way
    (in one-way mode the net position turned round). `hedged`: the account's position mode. `margin`: the initial
    margin that it holds, in the quote; None: the venue does not say."""

    unit: Unit
    amount: Decimal
    opposite: Decimal
    hedged: bool
    at: datetime
    entry_price: Decimal | None = None
    mark_price: Decimal | None = None
    liquidation_price: Decimal | None = None
    unrealized: Decimal | None = None
    margin: Decimal | None = None


class OrderStatus(StrEnum):
    OPEN = "open"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class VenueOrder:
    """An order as the venue has it. `type` is the venue's own word in lower case (`limit`, `market`, `stop_market`,
    `take_profit_market`, `trailing_stop_market` ...). `trigger`: it is an order that waits for a price, which the
    venue lists and cancels apart. `reduce_only` None: not said. `position_side`: `long`, `short`, or None in
    one-way mode. `parameters`: what else must be said to place the very same order again, by the venue's names."""

    order_id: str
    client_order_id: str | None
    symbol: str
    side: Side
    type: str
    status: OrderStatus
    amount: Decimal
    filled: Decimal
    average: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    reduce_only: bool | None = None
    close_position: bool = False
    position_side: Direction | None = None
    trigger: bool = False
    time_in_force: str | None = None
    created_at: datetime | None = None
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def left(self) -> Decimal:
        return self.amount - self.filled

    @property
    def final(self) -> bool:
        """Nothing more will be filled of it."""
        return self.status not in (OrderStatus.OPEN, OrderStatus.UNKNOWN)

    def reduces(self, unit: Unit) -> bool | None:
        """Whether it can only make the unit smaller; None where that cannot be told apart."""
        if self.side != CLOSES[unit.side]:
            return False
        if self.close_position or self.reduce_only:
            return True
        if self.position_side is not None:
            return self.position_side == unit.side
        return None

    def protects(self, unit: Unit) -> bool:
        """Rests at the venue, waits for a price, and can only make the unit smaller."""
        return self.trigger and self.reduces(unit) is True


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be sent. `price` None: at any price (market). Always reduces: in hedge mode by its position side,
    else reduce-only. Immediate-or-cancel where it has a price."""

    client_order_id: str
    unit: Unit
    amount: Decimal
    price: Decimal | None
    hedged: bool


class Validation(StrEnum):
    """`NOT_OFFERED`: the venue has no way to validate an order without placing it, so nothing was asked."""

    ACCEPTED = "accepted"
    NOT_OFFERED = "not_offered"


@dataclass(frozen=True, slots=True)
class ProbeOrder:
    """The order by which it is tested that orders can be placed: a limit order that is refused rather than filled
    at once (post-only), far from the market. It is not reduce-only, so whoever sends it, and not only validates
    it, must have been allowed to. In hedge mode a purchase is of the long side, a sale of the short one."""

    client_order_id: str
    symbol: str
    side: Side
    amount: Decimal
    price: Decimal
    hedged: bool


@dataclass(frozen=True, slots=True)
class Market:
    """A symbol's rules; `active` False: not TRADING. Amounts in base units. `limit_most` and `market_most`: the
    largest single order; None: no limit known. `price_down` and `price_up`: what a limit order's price may be, in
    parts of the mark (0.95, 1.05); None: no such bound known."""

    symbol: str
    active: bool
    quote: str
    price_tick: Decimal
    amount_step: Decimal
    amount_least: Decimal
    notional_least: Decimal | None = None
    limit_most: Decimal | None = None
    market_most: Decimal | None = None
    status: str | None = None
    price_down: Decimal | None = None
    price_up: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Price and amount by level, the best first."""

    symbol: str
    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade of ours. `fee` is what was paid (below 0: a rebate) in `fee_asset`. `client_order_id`: of its
    order; where a trigger made that order, of the one that waited for a price, and `trigger_id` is then the venue's
    id of that one. `forced`: the venue closed it (a liquidation, auto-deleveraging)."""

    fill_id: str
    order_id: str
    side: Side
    amount: Decimal
    price: Decimal
    fee: Decimal | None
    fee_asset: str | None
    at: datetime
    position_side: Direction | None = None
    client_order_id: str | None = None
    trigger_id: str | None = None
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Funding:
    """One funding payment: above 0 received, below 0 paid."""

    amount: Decimal
    asset: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountFact:
    """The account and its key; None: the venue did not say. `frozen_why`: which answer says so. `clock_skew`:
    seconds by which our clock is ahead of the venue's."""

    where: Where
    at: datetime
    can_trade: bool | None = None
    can_withdraw: bool | None = None
    ip_restricted: bool | None = None
    frozen: bool | None = None
    frozen_why: str | None = None
    hedged: bool | None = None
    quote: str | None = None
    equity: Decimal | None = None
    available: Decimal | None = None
    margin_ratio: Decimal | None = None
    clock_skew: Decimal | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VenueStatus:
    """Whether the venue answers. `until`: the planned end of its maintenance where it gives one."""

    venue: str
    reading: Reading
    detail: str
    at: datetime
    trouble: Trouble | None = None
    until: datetime | None = None
