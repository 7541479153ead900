"""Twin of the trading state table."""

from __future__ import annotations

from collections.abc import Sequence

from functions.adapters import items
from functions.adapters.memory.world import World
from functions.adapters.values import text_of
from functions.errors import Broken
from functions.facts import StrategyState

ACKNOWLEDGED = "acknowledged_status"


class MemoryTradingState:
    def __init__(self, world: World) -> None:
        self._world = world

    def all(self) -> Sequence[StrategyState]:
        return [items.strategy_of(item, ACKNOWLEDGED) for item in self._world.items("trading_state")]

    def get(self, strategy_id: str) -> StrategyState | None:
        item = self._world.item("trading_state", strategy_id)
        return items.strategy_of(item, ACKNOWLEDGED) if item else None

    def stop(self, strategy_id: str, *, expected_status: str, stopped_by: str) -> bool:
        if expected_status == "stopped":
            raise Broken(f"{strategy_id}: a stopped strategy cannot be stopped: the mark would claim it")
        item = self._world.item("trading_state", strategy_id) or {}
        if item.get("status") != expected_status:
            return item.get("status") == "stopped" and item.get("stopped_by") == stopped_by
        mark = {"stopped_by": stopped_by, "stopped_at": text_of(self._world.now)}
        self._world.put("trading_state", {**item, **mark, "status": "stopped", "status_before": expected_status})
        return True

    def start(self, strategy_id: str, *, stopped_by: str, status: str) -> bool:
        item = self._world.item("trading_state", strategy_id) or {}
        if item.get("status") != "stopped" or item.get("stopped_by") != stopped_by:
            return item.get("status") == status and item.get("started_by") == stopped_by
        switch = items.kill_switch_of(self._world.item("guards", items.KILL_SWITCH))
        if switch.engaged and (switch.strategy_ids is None or strategy_id in switch.strategy_ids):
            return False
        for mark in ("stopped_by", "stopped_at", "status_before"):
            item.pop(mark, None)
        started = {"started_by": stopped_by, "started_at": text_of(self._world.now)}
        self._world.put("trading_state", {**item, **started, "status": status})
        return True
