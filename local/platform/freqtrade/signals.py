"""The signals that a test wants the bots to see: by strategy, pair and candle."""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from local.platform.freqtrade.candles import opening


class Signals:
    def __init__(self) -> None:
        self._lock = Lock()
        self._known: set[tuple[str, str, str, datetime]] = set()

    def add(self, strategy_id: str, pair: str, signal: str, moment: datetime) -> datetime:
        """When the candle opened in which the moment lies."""
        at = opening(moment)
        with self._lock:
            self._known.add((strategy_id, pair, signal, at))
        return at

    def of(self, strategy_id: str, pair: str) -> list[tuple[str, datetime]]:
        with self._lock:
            return [(signal, at) for one, where, signal, at in self._known if (one, where) == (strategy_id, pair)]

    def pairs(self, strategy_id: str) -> set[str]:
        with self._lock:
            return {pair for one, pair, _, _ in self._known if one == strategy_id}

    def clear(self) -> None:
        with self._lock:
            self._known.clear()
