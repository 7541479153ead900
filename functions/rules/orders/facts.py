"""What is known about orders that fail, as frozen dataclasses. Times are aware UTC, money and prices `Decimal`.

What could not be read is `None` with the reason beside it (`*_unread`), never a default that looks healthy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from functions.facts import OrderFact
from functions.rules.orders.causes import Cause
from functions.venue import AccountFact, Book, Market, VenueOrder, VenueStatus

# No list of these facts is longer; totals stay whole.
MOST_SIGNS = 100
MOST_STUCK = 60
MOST_STRATEGIES = 100


@dataclass(frozen=True, slots=True)
class Sign:
    """Failures of one cause, code, venue and strategy among the log lines that were read (`count` of them).
    `strategy_id`, `symbol`, `venue` None: the lines do not say. `sample` is one line, cut and without secrets.
    `retry_after_seconds`: the largest told; `counts_orders`: whether the venue said that it counts orders (and not
    requests)."""

    cause: Cause
    count: int
    first_at: datetime
    last_at: datetime
    sample: str
    code: str | None = None
    venue: str | None = None
    strategy_id: str | None = None
    symbol: str | None = None
    retry_after_seconds: int | None = None
    counts_orders: bool | None = None


@dataclass(frozen=True, slots=True)
class OrderLogFact:
    """The service's log within a window. `matched`: failures by cause: exact where every matching line was read,
    else the log service's count as far as the newest are what they look like. `signs`: the newest of them, read.
    `placed`: orders that went well among the lines that were read, by strategy (under "" those of lines that name
    none), and `placed_at` the newest. `retry_after_seconds` the largest seen; `counts_orders`: the venue said that
    it counts orders (and not requests). `unread`: by pattern, why it could not be counted."""

    start: datetime
    end: datetime
    matched: dict[str, int]
    signs: tuple[Sign, ...]
    placed: dict[str, int]
    placed_at: dict[str, datetime]
    retry_after_seconds: int | None = None
    counts_orders: bool | None = None
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StuckOrder:
    """An order of the table that works for too long: `pending` beyond its limit, or an open exit. `at_venue`: what
    the venue has under its client id; None with `known` True: it knows none; `known` False: it was not asked, or
    did not answer (`why`)."""

    order: OrderFact
    strategy_id: str
    symbol: str
    venue: str | None
    account: str | None
    mode: str | None
    age_seconds: int
    is_exit: bool
    known: bool
    at_venue: VenueOrder | None
    why: str


@dataclass(frozen=True, slots=True)
class SymbolFact:
    """One symbol of a strategy's config at its venue. `known` False: the venue does not know it; None: unread
    (`why`). `renamed_to`: what the venue says that it is called now. `book` None: unread."""

    symbol: str
    known: bool | None
    market: Market | None
    book: Book | None
    why: str
    at: datetime
    renamed_to: str | None = None


@dataclass(frozen=True, slots=True)
class OrderVenueFact:
    """One account at one venue, as it was looked at. `account` None: its facts could not be read
    (`account_unread`); `held`: margin that its open positions use, by position id."""

    venue: str
    account_name: str
    status: VenueStatus
    account: AccountFact | None
    account_unread: str | None
    symbols: tuple[SymbolFact, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class TraderFact:
    """One strategy that should be able to order, by state and config. Fields of the config are None where they are
    missing or no number (`odd` names these). `overrides`: fields of which a temporary or lasting change of some
    incident stands. `account` and `mode` by config, else by the settings."""

    strategy_id: str
    status: str
    venue: str | None
    account: str | None
    mode: str | None
    stake_amount: Decimal | None
    order_type: str | None
    limit_offset_bps: Decimal | None
    order_cooldown_seconds: Decimal | None
    symbols: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything that the classifier judges. `*_unread`: why a part is unknown (None: it was read)."""

    logs: OrderLogFact | None
    logs_unread: str | None
    stuck: tuple[StuckOrder, ...]
    stuck_total: int
    stuck_unread: str | None
    venues: tuple[OrderVenueFact, ...]
    venues_unread: str | None
    traders: tuple[TraderFact, ...]
    traders_total: int
    traders_unread: str | None
