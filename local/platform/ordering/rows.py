"""The rows of the flow in the orders table: `pending` before an order is sent, then what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from local.platform.aws import Aws
from local.platform.names import ORDERS_TABLE
from local.platform.ordering.trip import Trip
from local.platform.seeding.tables import ITEMS_A_BATCH, put_items

# Of each strategy: a stand-in that runs for a night must not fill the table.
ROWS_KEPT = 40


class Rows:
    """The keys of what was written, so that old ones go again."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._written: dict[str, deque[tuple[str, str]]] = {}

    def pending(self, trips: Sequence[Trip]) -> None:
        put_items(self._aws, ORDERS_TABLE, [trip.entry() for trip in trips])

    def done(self, trips: Sequence[Trip]) -> None:
        items = [trip.entry() for trip in trips] + [trip.exit() for trip in trips if trip.filled]
        put_items(self._aws, ORDERS_TABLE, items)
        gone: list[tuple[str, str]] = []
        for item in items:
            known = self._written.setdefault(item["strategy_id"], deque())
            known.append((item["position_id"], item["order_id"]))
            while len(known) > ROWS_KEPT:
                gone.append(known.popleft())
        self._delete(gone)

    def forget(self) -> None:
        """All of them go."""
        self._delete([key for known in self._written.values() for key in known])
        self._written.clear()

    def _delete(self, keys: Iterable[tuple[str, str]]) -> None:
        waiting = [
            {"DeleteRequest": {"Key": {"position_id": {"S": position_id}, "order_id": {"S": order_id}}}}
            for position_id, order_id in keys
        ]
        for first in range(0, len(waiting), ITEMS_A_BATCH):
            self._aws.client("dynamodb").batch_write_item(
                RequestItems={ORDERS_TABLE: waiting[first : first + ITEMS_A_BATCH]}
            )
