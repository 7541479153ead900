"""Where orders are accepted, matched and cancelled."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from local.platform.exchange import checks, errors
from local.platform.exchange.account import Account
from local.platform.exchange.book import Book, Level
from local.platform.exchange.errors import No, Refused
from local.platform.exchange.ledger import Ledger
from local.platform.exchange.margin import Margins
from local.platform.exchange.market import CONTRACTS, UNLISTED, Contract
from local.platform.exchange.orders import Order
from local.platform.exchange.prices import Prices
from local.platform.exchange.wanted import Wanted

FIRST_ORDER: Final = 8_389_000_001
PLAIN: Final = ("LIMIT", "MARKET")


@dataclass(frozen=True)
class Twist:
    """What a fault does to one order: it shows only after `lag` milliseconds; of what it could fill at once it gets
    only the `share`; it was made at `at` (epoch milliseconds) instead of now."""

    lag: int = 0
    share: Decimal = Decimal(1)
    at: int | None = None


class Desk:
    """The plain orders of every account. Others' offers are the books; accounts do not trade with each other."""

    def __init__(
        self, prices: Prices, books: Mapping[str, Book], statuses: Mapping[str, str], clock: Callable[[], int]
    ) -> None:
        self._prices, self._books, self._statuses, self._clock = prices, books, statuses, clock
        self.ledger = Ledger(prices)
        self._order_ids = itertools.count(FIRST_ORDER)
        # What is said to a closing order where resting ones hold all of the position.
        self.covered: No = errors.NOTHING_TO_REDUCE
        # Symbols whose price has moved so many basis points away from the mark.
        self.moved: dict[str, Decimal] = {}

    def place(self, account: Account, wanted: Wanted, twist: Twist | None = None) -> Order:
        """Checks, accepts, and matches an order. Raises Refused."""
        amount, fillable = self.check(account, wanted)
        return self._accept(account, wanted, amount, fillable, twist or Twist())

    def check(self, account: Account, wanted: Wanted) -> tuple[Decimal, Decimal]:
        """Every check, and no order: its amount, and how much of that may be filled at all. Raises Refused."""
        if wanted.type not in PLAIN:
            raise Refused(errors.USE_ALGO)
        contract = self.allowed(account, wanted)
        amount = checks.check_amount(wanted, contract)
        if any(one.client_id == wanted.client_id for one in account.open_orders()):
            raise Refused(errors.DUPLICATE_ID)
        if wanted.priced:
            checks.check_price(wanted.price, contract)
            checks.check_percent_price(wanted, contract, self._prices.mark(wanted.symbol))
            self.check_moved(wanted, contract)
        return amount, self._fillable(account, wanted, amount, contract)

    def check_moved(self, wanted: Wanted, contract: Contract) -> None:
        """An entry's limit reaches as far from the mark as the price has moved. Raises Refused."""
        bps = self.moved.get(wanted.symbol)
        if bps is not None:
            checks.check_moved(wanted, contract, self._prices.mark(wanted.symbol), bps)

    def allowed(self, account: Account, wanted: Wanted) -> Contract:
        """The symbol is listed and open, the account not frozen, and the mode is the account's."""
        contract = CONTRACTS.get(wanted.symbol)
        if contract is None or self._statuses[wanted.symbol] == UNLISTED:
            raise Refused(errors.BAD_SYMBOL)
        checks.check_status(wanted, self._statuses[wanted.symbol])
        checks.check_frozen(account)
        checks.check_mode(wanted, account.hedged)
        return contract

    def _fillable(self, account: Account, wanted: Wanted, amount: Decimal, contract: Contract) -> Decimal:
        """How much of it may be filled at all."""
        mark, book = self._prices.mark(wanted.symbol), self._books[wanted.symbol]
        checks.check_notional(wanted, amount, contract, mark)
        fillable = amount
        if checks.closes(wanted):
            fillable = checks.check_reduces(wanted, amount, account, self.covered)
        price = wanted.price if wanted.priced else mark
        checks.check_margin(wanted, amount, account, Margins(account, self._prices).available, price)
        if not wanted.priced:
            best = next((level[0] for level in book.offers(wanted.side)), None)
            checks.check_counterparty(wanted.side, best, mark)
        reach = book.reach(wanted.side, fillable, wanted.price if wanted.priced else None)
        if wanted.time_in_force == "GTX" and reach:
            raise Refused(errors.NOT_A_MAKER)
        if wanted.time_in_force == "FOK" and sum(level[1] for level in reach) < amount:
            raise Refused(errors.NOT_FILLED_WHOLE)
        return fillable

    def _accept(self, account: Account, wanted: Wanted, amount: Decimal, fillable: Decimal, twist: Twist) -> Order:
        now = self._clock() if twist.at is None else twist.at
        number = next(self._order_ids)
        order = Order(
            order_id=number,
            client_id=wanted.client_id or f"venue{number}",
            symbol=wanted.symbol,
            side=wanted.side,
            type=wanted.type,
            orig_type=wanted.type,
            amount=amount,
            price=wanted.price,
            time_in_force=wanted.time_in_force,
            position_side=wanted.position_side,
            reduce_only=wanted.reduce_only,
            created=now,
            updated=now,
            visible_at=now + twist.lag,
        )
        account.orders.append(order)
        self.take(account, order, fillable, twist)
        return order

    def take(self, account: Account, order: Order, fillable: Decimal, twist: Twist) -> None:
        """Takes what the book offers inside its price; the rest stays in the book, or expires."""
        book, contract = self._books[order.symbol], CONTRACTS[order.symbol]
        wanted = fillable if twist.share >= 1 else contract.at_step(fillable * twist.share)
        reach = book.reach(order.side, wanted, order.price if order.type == "LIMIT" else None)
        at = self._clock() if twist.at is None else twist.at
        for price, amount in reach:
            self.ledger.fill(account, order, price, amount, maker=False, at=at, visible_at=at + twist.lag)
        book.use_up(order.side, reach)
        if order.open and (order.type == "MARKET" or order.time_in_force in ("IOC", "FOK")):
            order.end("EXPIRED", at)

    def match_resting(self, account: Account, symbol: str) -> None:
        """Fills what rests in the book and is reached by it now, at the order's own price."""
        for order in account.open_orders(symbol):
            fillable = order.left
            if order.closes:
                fillable = min(fillable, account.closable(symbol, order.side, order.position_side))
            reach = self._books[symbol].reach(order.side, fillable, order.price)
            self._fill_resting(account, order, reach)

    def _fill_resting(self, account: Account, order: Order, reach: list[Level]) -> None:
        now = self._clock()
        for _, amount in reach:
            self.ledger.fill(account, order, order.price, amount, maker=True, at=now, visible_at=now)
        self._books[order.symbol].use_up(order.side, reach)

    def fill_resting(self, account: Account, order: Order, amount: Decimal) -> None:
        """Somebody takes so much of a resting order at its price, whatever the book says."""
        self._fill_resting(account, order, [(order.price, min(amount, order.left))])

    def cancel(self, order: Order) -> Order:
        order.end("CANCELED", self._clock())
        return order

    def market(
        self, account: Account, symbol: str, side: str, amount: Decimal, client_id: str, **more: str | bool
    ) -> Order:
        """A market order of the venue's own making (a trigger that fired, a liquidation): only what cannot be is
        cut, nothing is refused."""
        now, number = self._clock(), next(self._order_ids)
        order = Order(
            order_id=number,
            client_id=client_id,
            symbol=symbol,
            side=side,
            type="MARKET",
            orig_type=str(more.get("orig_type", "MARKET")),
            amount=amount,
            position_side=str(more.get("position_side", "BOTH")),
            reduce_only=bool(more.get("reduce_only", False)),
            close_position=bool(more.get("close_position", False)),
            created=now,
            updated=now,
        )
        account.orders.append(order)
        closable = account.closable(symbol, side, order.position_side)
        self.take(account, order, min(amount, closable) if order.closes else amount, Twist())
        return order

    def limit(self, account: Account, wanted: Wanted, amount: Decimal) -> Order:
        """A limit order that a trigger sends: as asked for, checked only for what it may fill."""
        fillable = amount
        if checks.closes(wanted):
            fillable = min(amount, account.closable(wanted.symbol, wanted.side, wanted.position_side))
        return self._accept(account, wanted, amount, fillable, Twist())
