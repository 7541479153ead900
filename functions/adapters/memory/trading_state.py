"""Twin of the trading state table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from functions.adapters import items
from functions.adapters.close_items import closing_key, in_progress, incidents_of, next_one
from functions.adapters.memory.world import World
from functions.adapters.stop_marks import carries, changed, handed_to, unpaused_by_us
from functions.adapters.values import text_of
from functions.errors import Broken, Uncertain
from functions.facts import KillSwitchFact, Result, StrategyState
from functions.ports import Stop, Stopped
from functions.rules.kill_switch import halts

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
        if halts(self._switch(), strategy_id) or self._closing(strategy_id):
            return False
        self._start(item, stopped_by, status)
        return True

    def segment(self, number: int, of: int, start_key: str | None) -> tuple[Sequence[StrategyState], str | None]:
        mine = sorted(key for (key,) in self._world.tables["trading_state"] if crc32(key.encode()) % of == number)
        left = [key for key in mine if start_key is None or key > start_key]
        page = [items.strategy_of(self._item(key), ACKNOWLEDGED) for key in left[: self._world.page]]
        return page, page[-1].strategy_id if len(left) > len(page) else None

    def stop_many(self, stops: Sequence[Stop], *, stopped_by: str, until: datetime) -> Sequence[Stopped]:
        del until  # nothing is throttled in memory
        return [self._stop_one(stop, stopped_by) for stop in stops]

    def bring_back(
        self, strategy_id: str, *, halt_id: str, expected: Sequence[str], status: str, managing: bool
    ) -> bool:
        item = self._item(strategy_id)
        if item.get("status") not in expected or not carries(item, halt_id):
            stands = item.get("status") == status and item.get("started_by") == halt_id
            return stands and "stopped_by" not in item
        switch = self._switch()
        guard = self._world.item("guards", items.KILL_SWITCH) or {}
        again = strategy_id in guard.get("stopped_since", ())
        manages = managing and switch.manage_only and switch.halt_id == halt_id and not again
        if (halts(switch, strategy_id) and not manages) or self._closing(strategy_id):
            return False
        self._start(item, halt_id, status)
        return True

    def pause(self, strategy_id: str, *, expected_status: str, status: str, paused_by: str) -> bool:
        if expected_status == status:
            raise Broken(f"{strategy_id}: is {status} already: the mark would claim it")
        item = self._item(strategy_id)
        if item.get("status") != expected_status:
            return item.get("status") == status and item.get("paused_by") == paused_by
        for name in ("unpaused_by", "unpaused_at", "unpaused_as"):
            item.pop(name, None)
        mark = {"paused_by": paused_by, "paused_at": text_of(self._world.now), "paused_from": expected_status}
        self._world.put("trading_state", {**item, **mark, "status": status})
        return True

    def unpause(self, strategy_id: str, *, paused_by: str, paused: str) -> bool:
        item = self._item(strategy_id)
        mine = item.get("status") == paused and item.get("paused_by") == paused_by
        if not mine or "paused_from" not in item:
            return unpaused_by_us(item, paused_by)
        if halts(self._switch(), strategy_id) or self._closing(strategy_id):
            return False
        status = item.pop("paused_from")
        for name in ("paused_by", "paused_at"):
            item.pop(name)
        mark = {"unpaused_by": paused_by, "unpaused_at": text_of(self._world.now), "unpaused_as": status}
        self._world.put("trading_state", {**item, **mark, "status": status})
        return True

    def hand_over(self, strategy_id: str, *, paused_by: str, paused: str) -> str | None:
        item, mark = self._item(strategy_id), self._world.item("guards", closing_key(strategy_id))
        to = next_one((incidents_of(mark) if mark else None) or {}, paused_by, self._world.now)
        if to is None or handed_to(item, to, paused):
            return to
        if not handed_to(item, paused_by, paused) or "paused_from" not in item:
            return None
        self._world.put("trading_state", {**item, "paused_by": to})
        return to

    def _closing(self, strategy_id: str) -> bool:
        return in_progress(self._world.item("guards", closing_key(strategy_id)), self._world.now)

    def _stop_one(self, stop: Stop, stopped_by: str) -> Stopped:
        trouble = self._world.item_trouble.get(("trading_state.stop_many", stop.strategy_id))
        if trouble is not None:
            result = Result.UNKNOWN if isinstance(trouble, Uncertain) else Result.NOT_DONE
            return Stopped(stop.strategy_id, result, str(trouble))
        if self.stop(stop.strategy_id, expected_status=stop.expected_status, stopped_by=stopped_by):
            item = self._item(stop.strategy_id)
            item.pop(ACKNOWLEDGED, None)
            self._world.put("trading_state", item)
            return Stopped(stop.strategy_id, Result.DONE)
        return changed(stop)

    def _item(self, strategy_id: str) -> dict[str, Any]:
        return self._world.item("trading_state", strategy_id) or {}

    def _switch(self) -> KillSwitchFact:
        return items.kill_switch_of(self._world.item("guards", items.KILL_SWITCH))

    def _start(self, item: dict[str, Any], mark: str, status: str) -> None:
        for name in ("stopped_by", "stopped_at", "status_before"):
            item.pop(name, None)
        started = {"started_by": mark, "started_at": text_of(self._world.now), "started_as": status}
        self._world.put("trading_state", {**item, **started, "status": status})
