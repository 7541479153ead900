"""Twins of the positions and orders tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from functions.adapters import items
from functions.adapters.memory.world import World
from functions.facts import OpenPositions, OrderCorrection, OrderFact, PositionFact


class MemoryPositions:
    def __init__(self, world: World) -> None:
        self._world = world

    def open_of(self, strategy_ids: Sequence[str]) -> Sequence[PositionFact]:
        return [
            items.position_of(item)
            for item in self._world.items("positions")
            if item.get("strategy_id") in strategy_ids and item.get("status") != "closed"
        ]

    def every_open(self) -> Sequence[PositionFact]:
        return [items.position_of(i) for i in self._world.items("positions") if i.get("status") != "closed"]

    def each_open(self) -> OpenPositions:
        return items.positions_of(i for i in self._world.items("positions") if i.get("status") != "closed")

    def by_id(self, position_ids: Sequence[str]) -> Mapping[str, PositionFact | None]:
        found = {key: self._world.item("positions", key) for key in position_ids}
        return {key: items.position_of(item) if item else None for key, item in found.items()}

    def close(
        self,
        position_id: str,
        *,
        amount: Decimal,
        exit_price: Decimal | None,
        closed_at: datetime,
        manually: bool,
        closed_by: str,
    ) -> bool:
        item = self._world.item("positions", position_id) or {}
        if item.get("amount") != amount or item.get("status") == "closed":
            return items.closed_by_us(item, closed_by)
        fields = items.closing(exit_price, closed_at, manually=manually, closed_by=closed_by)
        self._world.put("positions", {**item, **fields})
        return True


class MemoryOrders:
    def __init__(self, world: World) -> None:
        self._world = world

    def working(self, position_ids: Sequence[str]) -> Sequence[OrderFact]:
        return [
            items.order_of(item)
            for item in self._world.items("orders")
            if item["position_id"] in position_ids and item.get("status") in items.WORKING
        ]

    def of(self, position_id: str) -> Sequence[OrderFact]:
        mine = [item for item in self._world.items("orders") if item["position_id"] == position_id]
        return items.oldest_first(map(items.order_of, mine))

    def correct(self, seen: OrderFact, correction: OrderCorrection, *, corrected_by: str, at: datetime) -> bool:
        item = self._world.item("orders", seen.position_id, seen.order_id) or {}
        if not item or item.get("status") != seen.status or items.number(item.get("filled")) != seen.filled:
            return items.corrected_by_us(item, correction, corrected_by)
        fields = items.correcting(seen, correction, corrected_by=corrected_by, at=at)
        self._world.put("orders", {**item, **fields})
        return True

    def every_working(self) -> Sequence[OrderFact]:
        return [items.order_of(i) for i in self._world.items("orders") if i.get("status") in items.WORKING]
