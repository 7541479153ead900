"""The faults by name, and those that were injected."""

from __future__ import annotations

from typing import Any

from local.platform.faults.aws import (
    GuardsDown,
    ItemRefused,
    StatusPageDown,
    TableThrottled,
    TopicDown,
    WriteFails,
)
from local.platform.faults.base import BadFault, Fault, World
from local.platform.faults.bots import FlipsBack, IgnoresStatus, NeverBeats
from local.platform.faults.deployment import DeploymentFailed, DeploymentStuck, ImageChanged, SlowStart
from local.platform.faults.exchange import ExchangeDown, ExchangeSilent, FallbackDown, RateLimited
from local.platform.faults.orders.account import ClockSkew, NoPermission, OrdersAccountFrozen
from local.platform.faults.orders.away import OrdersMaintenance
from local.platform.faults.orders.balance import InsufficientBalance
from local.platform.faults.orders.limit import OrdersRateLimited
from local.platform.faults.orders.pending import StuckPending
from local.platform.faults.orders.price import InvalidPrice
from local.platform.faults.orders.symbols import SymbolDelisted, SymbolRenamed
from local.platform.faults.outside import DatabaseDown, DetectorDead, NetworkDown
from local.platform.faults.process import Deadlock, OutOfMemory, ServiceCrashed
from local.platform.faults.strategies import CandlesStopped, SignalsStopped, StrategyApiDown
from local.platform.faults.venue import venue_faults_by_name

CATALOGUE: dict[str, type[Fault]] = {
    fault.name: fault
    for fault in (
        ServiceCrashed,
        ExchangeDown,
        ExchangeSilent,
        FallbackDown,
        RateLimited,
        OutOfMemory,
        Deadlock,
        DatabaseDown,
        NetworkDown,
        DetectorDead,
        DeploymentStuck,
        DeploymentFailed,
        SlowStart,
        ImageChanged,
        IgnoresStatus,
        FlipsBack,
        NeverBeats,
        TableThrottled,
        WriteFails,
        ItemRefused,
        GuardsDown,
        TopicDown,
        StatusPageDown,
        SignalsStopped,
        CandlesStopped,
        StrategyApiDown,
        InsufficientBalance,
        InvalidPrice,
        OrdersRateLimited,
        OrdersMaintenance,
        SymbolDelisted,
        SymbolRenamed,
        OrdersAccountFrozen,
        NoPermission,
        ClockSkew,
        StuckPending,
    )
}
CATALOGUE.update(venue_faults_by_name())


class Board:
    """Every fault since the last clearing, in the order of injection."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    @property
    def active(self) -> list[Fault]:
        for fault in self._faults:
            if fault.active and fault.spent:
                fault.end()
        return [fault for fault in self._faults if fault.active]

    @property
    def all(self) -> list[Fault]:
        return list(self._faults)

    def inject(self, world: World, name: str, strategy: str | None, count: int | None) -> Fault:
        """Makes and begins a fault. Raises BadFault; then nothing has changed."""
        kind = CATALOGUE.get(name)
        if kind is None:
            raise BadFault(f"there is no fault {name!r}; there are: {', '.join(CATALOGUE)}")
        if strategy is not None and not kind.takes_strategy:
            raise BadFault(f"{name} concerns the whole service, not one strategy")
        if strategy is not None and strategy not in world.trading():
            raise BadFault(f"no strategy {strategy!r} trades")
        if count is not None and (kind.count_means is None or count < 0):
            raise BadFault(f"count: {kind.count_means or 'this fault takes none'}")
        if any(fault.name == name and fault.strategy == strategy for fault in self.active):
            raise BadFault(f"{name} is active already")
        fault = kind(world, strategy, count)
        if fault.leaves_traces and not any(one.leaves_traces for one in self.active):
            world.put_behind()
        fault.begin()
        self._faults.append(fault)
        return fault

    def clear(self) -> int:
        """Ends every fault and repairs what it broke. Returns how many were active."""
        active = self.active
        for fault in active:
            fault.end()
        # What one broke for good may be out of reach while another stands.
        for fault in active:
            fault.repair()
        self._faults.clear()
        return len(active)


def catalogue() -> list[dict[str, Any]]:
    """What can be injected, for people to read."""
    return [
        {"name": name, "about": kind.about, "strategy": kind.takes_strategy, "count": kind.count_means}
        for name, kind in CATALOGUE.items()
    ]
