"""The twins together, as the ports that a task is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from functions.adapters.memory.alarms import MemoryAlarms
from functions.adapters.memory.approvals import MemoryApprovals
from functions.adapters.memory.closes import MemoryCloses
from functions.adapters.memory.config import MemoryStrategyConfig
from functions.adapters.memory.exchange import MemoryExchange
from functions.adapters.memory.guards import MemoryGuards
from functions.adapters.memory.halts import MemoryHalts
from functions.adapters.memory.incidents import MemoryIncidents
from functions.adapters.memory.log_queries import MemoryLogQueries
from functions.adapters.memory.logs import MemoryLogs
from functions.adapters.memory.outside import (
    MemoryAnnouncements,
    MemoryCallbacks,
    MemoryClock,
    MemoryExecutions,
    MemoryMailer,
    MemoryMeasures,
    MemoryNotifier,
    MemoryProbes,
    MemoryRegistry,
    MemoryReports,
    MemoryStatusPage,
)
from functions.adapters.memory.reporting import MemoryHistories, MemoryPictures
from functions.adapters.memory.scaling import MemoryScaling
from functions.adapters.memory.service import MemoryService
from functions.adapters.memory.strategies import MemoryStrategyApi
from functions.adapters.memory.task_definitions import MemoryTaskDefinitions
from functions.adapters.memory.trades import MemoryOrders, MemoryPositions
from functions.adapters.memory.trading_state import MemoryTradingState
from functions.adapters.memory.world import World
from functions.ports import Ports


class Watched:
    """A twin whose calls are written down, each one a step by itself as a conditional write of DynamoDB is, and
    which raises what the world's `trouble` and `item_trouble` say."""

    def __init__(self, world: World, name: str, twin: object) -> None:
        self._world, self._name, self._twin = world, name, twin

    def __getattr__(self, method: str) -> Callable[..., Any]:
        inner = getattr(self._twin, method)

        def call(*args: Any, **kwargs: Any) -> Any:
            what = f"{self._name}.{method}"
            self._world.calls.append(what)
            if first := self._world.meanwhile.pop(what, None):
                first()
            if what in self._world.trouble:
                raise self._world.trouble[what]
            if args and isinstance(args[0], str) and (what, args[0]) in self._world.item_trouble:
                raise self._world.item_trouble[what, args[0]]
            with self._world.lock:
                return inner(*args, **kwargs)

        return call


def twins(world: World) -> Ports:
    """Every port, over one world."""
    made: dict[str, object] = {
        "clock": MemoryClock(world),
        "trading_state": MemoryTradingState(world),
        "strategy_config": MemoryStrategyConfig(world),
        "strategy_api": MemoryStrategyApi(world),
        "positions": MemoryPositions(world),
        "orders": MemoryOrders(world),
        "service": MemoryService(world),
        "registry": MemoryRegistry(world),
        "task_definitions": MemoryTaskDefinitions(world),
        "logs": MemoryLogs(world),
        "log_queries": MemoryLogQueries(world),
        "alarms": MemoryAlarms(world),
        "probes": MemoryProbes(world),
        "exchange": MemoryExchange(world),
        "closes": MemoryCloses(world),
        "incidents": MemoryIncidents(world),
        "guards": MemoryGuards(world),
        "halts": MemoryHalts(world),
        "scaling": MemoryScaling(world),
        "status_page": MemoryStatusPage(world),
        "executions": MemoryExecutions(world),
        "approvals": MemoryApprovals(world),
        "callbacks": MemoryCallbacks(world),
        "mailer": MemoryMailer(world),
        "notifier": MemoryNotifier(world),
        "reports": MemoryReports(world),
        "measures": MemoryMeasures(world),
        "histories": MemoryHistories(world),
        "pictures": MemoryPictures(world),
        "announcements": MemoryAnnouncements(world),
    }
    return Ports(**cast(Any, {name: Watched(world, name, twin) for name, twin in made.items()}))
