"""Orders that the platform's table still calls pending while the venue knows better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any, Final

from local.platform.exchange.lookup import found_order
from local.platform.exchange.market import CONTRACTS, symbol_id
from local.platform.faults.base import BadFault
from local.platform.faults.orders.base import OrderTrouble
from local.platform.holdings import Item
from local.platform.names import ORDERS_TABLE
from local.platform.ordering.before import before_trouble
from local.platform.ordering.clearing import take_away
from local.platform.ordering.config import OrderConfig
from local.platform.pace import now, stamp
from local.platform.placed import VenueSaysNo
from local.platform.seeding.tables import put_items
from local.platform.venue_orders import CLOSING
from local.platform.wish import Wish

FILLED, LOST, OPEN = "filled", "lost", "open"
VARIANTS: Final = {1: (FILLED,), 2: (LOST,), 3: (OPEN,)}
# Older than any limit for a pending order, in real seconds as every age.
PENDING_FOR: Final = timedelta(minutes=20)
# How far from the mark the exit is that rests: nobody takes it.
FAR: Final = Decimal("1.03")
NO_ORDER: Final = frozenset({"canceled", "rejected"})


@dataclass
class StuckPending(OrderTrouble):
    """A position of the strategy, and its rows. The platform learned no id of the venue, so a row's `order_id` is
    the client order id. It is over when no row is pending any more; a row that says what is not so is harm."""

    name = "orders.stuck-pending"
    about = (
        "A new position of the strategy (default: the first that trades live) has orders that stay pending in the "
        "table: its entry, which the venue filled, an exit that the venue never got, and one that rests there."
    )
    count_means = "1: only the filled entry, 2: only the exit that is unknown, 3: only the one that rests"
    leaves_traces = False

    position: Item = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    account: str = ""
    symbol: str = ""
    lent: Decimal = Decimal(0)

    def begin(self) -> None:
        if self.count is not None and self.count not in VARIANTS:
            raise BadFault(f"count: {self.count_means}")
        # No flow: nothing keeps orders from passing.
        trader = next(one for one in self.traders() if one.symbols)
        self.ill = frozenset({trader.strategy_id})
        variants = (FILLED, LOST, OPEN) if self.count is None else VARIANTS[self.count]
        self._open(trader)
        for variant in variants:
            if variant == FILLED:
                self._forget_the_fill()
            else:
                self._put(variant, f"bot-{token_hex(6)}-{variant}")

    def trouble_orders(self, _traders: Sequence[OrderConfig], /) -> None:
        """Nothing: what is sent now passes."""

    def _open(self, trader: OrderConfig) -> None:
        contract = CONTRACTS.get(symbol_id(trader.symbols[0]))
        if contract is None:
            raise BadFault(f"{self.name}: the venue does not list {trader.symbols[0]}")
        self.account, self.symbol = trader.account, contract.symbol
        amount = contract.at_step(max(trader.stake, 2 * contract.notional) / self._mark(contract.symbol))
        wish = Wish(strategy=trader.strategy_id, symbol=trader.symbols[0], amount=amount)
        before = self._wallet()
        try:
            self.position = self.world.ordering.opener.open(wish, self._before())
        except VenueSaysNo as no:
            raise BadFault(f"{self.name}: {no}") from None
        self.lent = self._wallet() - before

    def _forget_the_fill(self) -> None:
        """The entry's row as it was before the venue answered."""
        for row in self._in_table().values():
            if row.get("reduce_only") is False:
                client_id = row["client_order_id"]
                self._delete(row["order_id"])
                change = {"order_id": client_id, "status": "pending", "filled": Decimal(0), "price": None}
                put_items(self.world.ordering.aws, ORDERS_TABLE, [{**row, **change}])
                self.rows[client_id] = FILLED

    def _put(self, variant: str, client_id: str) -> None:
        item, at = self.position, now() - PENDING_FOR
        contract = CONTRACTS[symbol_id(item["symbol"])]
        price = contract.at_tick(self._mark(contract.symbol) * FAR)
        if variant == OPEN:
            unit = self.world.ordering.units.unit(item["account"], item["symbol"], item["side"])
            with self._before():
                unit.rest(client_id, item["amount"], price, at)
        row = {
            "position_id": item["position_id"],
            "order_id": client_id,
            "client_order_id": client_id,
            "strategy_id": item["strategy_id"],
            "side": CLOSING[item["side"]].lower(),
            "type": "limit",
            "status": "pending",
            "amount": item["amount"],
            "filled": Decimal(0),
            "price": price,
            "reduce_only": True,
            "created_at": stamp(at),
        }
        put_items(self.world.ordering.aws, ORDERS_TABLE, [row])
        self.rows[client_id] = variant

    def tick(self) -> None:
        found = self._in_table()
        said = {client_id: str(found[client_id].get("status")) for client_id in self.rows if client_id in found}
        if "pending" in said.values():
            return
        for client_id, variant in self.rows.items():
            status = said.get(client_id, "gone")
            if not self._true(variant, client_id, status):
                self.wrong(f"{variant} order is {status} in the table")
        self.end()

    def _true(self, variant: str, client_id: str, status: str) -> bool:
        if variant == FILLED:
            return status == "filled"
        if variant == LOST:
            return status in NO_ORDER
        order = found_order(
            self.world.venue.exchange.accounts[self.position["account"]].orders, client_id=client_id
        )
        if order is not None and order.open:
            return status == "open"
        return status in NO_ORDER

    def repair(self) -> None:
        take_away(self.world.ordering, self.position["position_id"])
        exchange = self.world.venue.exchange
        # Its margin was paid for; a venue that was reset since never got that.
        if self.account in exchange.accounts and exchange.accounts[self.account].orders:
            exchange.transfer(self.account, -self.lent)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "position_id": self.position["position_id"], "orders": dict(self.rows)}

    def _in_table(self) -> Mapping[str, Item]:
        """The position's rows by client id."""
        rows = self.world.ordering.holdings.orders(self.position["position_id"])
        return {str(row.get("client_order_id")): row for row in rows}

    def _wallet(self) -> Decimal:
        account = self.world.venue.exchange.accounts.get(self.account)
        return Decimal(0) if account is None else account.wallet

    def _before(self) -> AbstractContextManager[None]:
        return before_trouble(self.world.venue.exchange, self.account, self.symbol)

    def _mark(self, symbol: str) -> Decimal:
        return self.world.venue.exchange.prices.mark(symbol)

    def _delete(self, order_id: str) -> None:
        key = {"position_id": {"S": self.position["position_id"]}, "order_id": {"S": order_id}}
        self.world.ordering.aws.client("dynamodb").delete_item(TableName=ORDERS_TABLE, Key=key)
