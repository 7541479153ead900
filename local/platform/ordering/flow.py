"""Who orders when: every bot that trades live, every 15 platform seconds and no faster than its cooldown."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any, Final

from local.platform.aws import Aws
from local.platform.exchange.venue import Venue
from local.platform.holdings import Holdings, Item
from local.platform.journal import Journal
from local.platform.ordering.config import REMEDIES, OrderConfig
from local.platform.ordering.rows import Rows
from local.platform.ordering.score import Score
from local.platform.ordering.timetable import Timetable
from local.platform.ordering.trip import PREFIX, Trip, travel
from local.platform.ordering.words import tell
from local.platform.pace import Pace, now

# Where more strategies trade, only the first ones order.
BOTS_AT_MOST: Final = 100


@dataclass(frozen=True)
class Due:
    """An order that should have been sent at `at` (monotonic real seconds). `trip` None: it only counts."""

    at: float
    config: OrderConfig
    turn: int = 0
    trip: Trip | None = None


class Flow:
    """Off until a fault of orders or a test wants it. Its caller holds the service's lock.

    `on`: all of them, by `POST /_local/platform`. `plain`: log lines are plain text instead of JSON.
    """

    def __init__(self, aws: Aws, venue: Venue, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self._holdings, self._rows = Holdings(aws), Rows(aws)
        self._venue, self._timetable, self._clock = venue, Timetable(pace), clock
        self.on = self.plain = False
        self._wanted: set[str | None] = set()
        self._items: dict[str, Item] = {}
        self._turns: dict[str, int] = {}
        self._scores: dict[str, Score] = {}
        self._changed: list[tuple[str, str]] = []

    @property
    def orders(self) -> bool:
        """Whether anybody does."""
        return self.on or bool(self._wanted)

    def start(self, strategy: str | None) -> None:
        """A fault wants this strategy's, or everybody's (None)."""
        self._wanted.add(strategy)

    def switch(self, on: bool) -> None:
        self.on = on
        self._end_unless_wanted()

    def rest(self) -> None:
        """No fault wants it any more; whether it is on stays as it is."""
        self._wanted.clear()
        self._end_unless_wanted()

    def _end_unless_wanted(self) -> None:
        if not self.orders:
            self._items, self._changed = {}, []
            self._timetable.forget()
            self._rows.forget()

    def traders(self, able: Collection[str]) -> list[OrderConfig]:
        """Of these, those that trade live at the venue and have a config, whether they order now or not."""
        configs = [OrderConfig.of(item) for one, item in self._holdings.configs().items() if one in able]
        return sorted((one for one in configs if one.live), key=lambda one: one.strategy_id)

    def run(self, task_id: str, able: Collection[str], journal: Journal) -> None:
        """The next orders of these, which nothing keeps from trading, in one copy of the service."""
        if not self.orders:
            return
        items = self._holdings.configs()
        self._note_changes(items)
        configs = [OrderConfig.of(item) for one, item in sorted(items.items()) if one in able]
        due = self._due([one for one in configs if one.live and one.symbols and self._concerns(one.strategy_id)])
        if not due:
            return
        trips = [one.trip for one in due if one.trip is not None]
        self._rows.pending(trips)
        for one in due:
            limit = self._venue.order_limit
            too_many = limit is not None and limit.sent(one.at)
            if one.trip is not None:
                travel(self._venue, one.trip, one.config, turn=one.turn, too_many=too_many)
                self._scores.setdefault(one.config.strategy_id, Score()).add(one.trip)
        self._rows.done(trips)
        tell(journal, task_id, trips, plain=self.plain)

    def changes(self) -> list[tuple[str, str]]:
        """(strategy, field) of the config fields of remedies that were changed since the last call."""
        found, self._changed = self._changed, []
        return found

    def forget(self) -> None:
        """Counts begin at zero again."""
        self._scores.clear()

    def stats(self) -> dict[str, Any]:
        return {
            "on": self.orders,
            "plain": self.plain,
            "strategies": {one: score.as_dict() for one, score in sorted(self._scores.items())},
        }

    def _concerns(self, strategy_id: str) -> bool:
        return self.on or None in self._wanted or strategy_id in self._wanted

    def _due(self, configs: Sequence[OrderConfig]) -> list[Due]:
        """In the order in which they should have been sent."""
        present, due = self._clock(), list[Due]()
        for config in configs[:BOTS_AT_MOST]:
            times = self._timetable.due(config.strategy_id, float(config.cooldown), present)
            due += [Due(one, config) for one in times.counted]
            due += [self._sent(one, config, present) for one in times.sent]
        return sorted(due, key=lambda one: one.at)

    def _sent(self, at: float, config: OrderConfig, present: float) -> Due:
        turn = self._turns[config.strategy_id] = self._turns.get(config.strategy_id, -1) + 1
        trip = Trip(
            config.strategy_id,
            config.symbols[turn % len(config.symbols)],
            f"{PREFIX}{token_hex(8)}",
            "market" if config.market else "limit",
            now() - timedelta(seconds=present - at),
        )
        return Due(at, config, turn, trip)

    def _note_changes(self, items: Mapping[str, Item]) -> None:
        before, self._items = self._items, dict(items)
        self._changed += [
            (strategy_id, name)
            for strategy_id, item in items.items()
            for name in REMEDIES
            if strategy_id in before and item.get(name) != before[strategy_id].get(name)
        ]
