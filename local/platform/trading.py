"""Entry orders of strategies that trade: off until a test wants them (`POST /_local/platform {"trade": true}`).

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
from local.platform.names import ORDERS_TABLE
from local.platform.pace import now, stamp
from local.platform.seeding.tables import put_items

# Whatever the number of strategies: the next ones at each look of a copy.
ENTRIES_A_LOOK = 50
REMEMBERED = 100_000


class Trader:
    """Its caller holds the service's lock."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.on = False
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
        put_items(self._aws, ORDERS_TABLE, [_entry(one) for one in chosen])
        at = now()
        self._accepted.extend((at, one) for one in chosen)
        self._last.update(dict.fromkeys(chosen, at))

    def forget(self) -> None:
        """Counts begin at zero again; whether it trades stays as it is."""
        self._accepted.clear()
        self._last.clear()

    def stats(self, after: datetime | None) -> dict[str, Any]:
        """Times are those at which the table had taken the order. `after`: also what came later than that."""
        found: dict[str, Any] = {
            "on": self.on,
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
