"""The working orders that open or increase a position, counted beside a look and within a time of its own."""

from __future__ import annotations

from threading import Thread
from typing import Final

from functions.ports import Ports
from functions.rules.stop_order import StopOrder
from functions.rules.stop_parts import entry_orders, is_of
from functions.stopping import Tried, tried

NEEDS: Final = ("orders.every_working",)
# Seconds, from when the answer is asked for.
WITHIN: Final = 10.0


class Counting:
    """Begins at once. `counted`: what an earlier look counted, which is not read again."""

    def __init__(self, ports: Ports, order: StopOrder, counted: int | None) -> None:
        self._counted, self._found = counted, list[Tried[int]]()

        def count() -> int:
            orders = entry_orders(ports.orders.every_working())
            return sum(is_of(one, order) for one in orders)

        # Nobody waits for a thread that a table keeps.
        self._thread = Thread(target=lambda: self._found.append(tried(count, tries=1)), daemon=True)
        if counted is None:
            self._thread.start()

    def answer(self, trouble: list[str]) -> int | None:
        if self._counted is not None:
            return self._counted
        self._thread.join(WITHIN)
        if self._found and self._found[0].done:
            return self._found[0].value
        why = self._found[0].why if self._found else f"no answer within {WITHIN:.0f} s"
        trouble.append(f"working orders could not be listed: {why}")
        return None
