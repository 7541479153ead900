"""Entry orders of strategies that trade: off until a test wants them (`POST /_local/platform {"trade": true}`, and
`{"trade_at_venue": true}` where they are to rest at the stand-in venue too).

A bot replaces its own entry with each new one, so a strategy has at most one in the orders table; the last one
stays there, open, when the bot is stopped: nobody cancels what a bot leaves behind but whoever stopped it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any

from local.platform.aws import Aws
from local.platform.exchange.exchange import Exchange
from local.platform.holdings import Holdings, Owner
from local.platform.names import ORDERS_TABLE
from local.platform.pace import now, stamp
from local.platform.placed import VenueSaysNo
from local.platform.seeding.tables import put_items
from local.platform.venue_orders import VenueOrders

# Whatever the number of strategies: the next ones at each look of a copy.
ENTRIES_A_LOOK = 50
REMEMBERED = 100_000
# An entry waits this far below the last price.
BELOW = Decimal("0.99")


class Trader:
    """Its caller holds the service's lock."""

    def __init__(self, aws: Aws, exchange: Exchange) -> None:
        self._aws, self._holdings, self._orders = aws, Holdings(aws), VenueOrders(exchange)
        self.on = self.at_venue = False
        self._owners: dict[str, Owner] = {}
        self._resting: dict[str, str] = {}
        self._turn = 0
        self._accepted: deque[tuple[datetime, str]] = deque(maxlen=REMEMBERED)
        self._last: dict[str, datetime] = {}

    def place(self, strategy_ids: Sequence[str]) -> None:
        """A new entry order for the next ones of these, which trade now."""
        if not self.on or not strategy_ids:
            return
        first = self._turn % len(strategy_ids)
        chosen = [*strategy_ids[first:], *strategy_ids[:first]][:ENTRIES_A_LOOK]
        self._turn = first + len(chosen)
        put_items(self._aws, ORDERS_TABLE, [self._entry(one) for one in chosen])
        at = now()
        self._accepted.extend((at, one) for one in chosen)
        self._last.update(dict.fromkeys(chosen, at))

    def _entry(self, strategy_id: str) -> dict[str, Any]:
        entry = _entry(strategy_id)
        return entry | self._offered(strategy_id, entry["client_order_id"]) if self.at_venue else entry

    def _offered(self, strategy_id: str, client_id: str) -> dict[str, Any]:
        """What the item says besides once the order rests at the venue, in place of the one before."""
        if strategy_id not in self._owners:
            self._owners = self._holdings.owners()
        owner = self._owners.get(strategy_id)
        if owner is None:
            return {}
        said = {"symbol": owner.symbol, "exchange": owner.exchange, "account": owner.account}
        if owner.mode != "live" or owner.exchange != self._orders.venue:
            return said
        try:
            unit = self._orders.unit(owner.account, owner.symbol, "long")
            unit.cancel([self._resting.pop(strategy_id, "")])
            price = self._orders.price(owner.symbol) * BELOW
            made = unit.offer(client_id, unit.contract.at_step(owner.stake / price), price)
        except VenueSaysNo as no:
            return {**said, "status": "rejected", "error": str(no)}
        self._resting[strategy_id] = client_id
        return {**said, "amount": made.amount, "price": made.price}

    def forget(self) -> None:
        """Counts begin at zero again; whether it trades stays as it is."""
        self._accepted.clear()
        self._last.clear()

    def stats(self, after: datetime | None) -> dict[str, Any]:
        """Times are those at which the table had taken the order. `after`: also what came later than that."""
        found: dict[str, Any] = {
            "on": self.on,
            "at_venue": self.at_venue,
            "entry_orders": len(self._accepted),
            "last_entry_order_at": stamp(self._accepted[-1][0]) if self._accepted else None,
            "last_entry_order_of": {one: stamp(at) for one, at in self._last.items()},
        }
        if after is not None:
            found["entry_orders_after"] = sum(at > after for at, _ in self._accepted)
        return found


def _entry(strategy_id: str) -> dict[str, Any]:
    return {
        "position_id": f"entry-{strategy_id}",
        "order_id": "1-entry",
        "client_order_id": f"bot-{token_hex(8)}",
        "strategy_id": strategy_id,
        "side": "buy",
        "type": "limit",
        "status": "open",
        "reduce_only": False,
        "amount": Decimal("0.01"),
        "filled": Decimal(0),
        "price": Decimal("60000"),
        "created_at": stamp(now()),
    }
