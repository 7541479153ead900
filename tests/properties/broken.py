"""Adapters that are wrong on purpose, each in one way: what the search must find, or it proves nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from functions.adapters import halt_items
from functions.adapters.memory.guards import MemoryGuards
from functions.adapters.memory.halts import MemoryHalts
from functions.adapters.memory.ports import Watched
from functions.adapters.memory.trading_state import MemoryTradingState
from functions.adapters.memory.world import World, stored
from functions.facts import KillSwitchFact, Result, StoppedRecord
from functions.ports import Engage, Ports, Stop, Stopped
from tests.properties.platform import Platform, Swap

RELEASED: Final = KillSwitchFact(engaged=False)


class AsksNobody(MemoryTradingState):
    """Starts and brings back without the condition on the kill switch."""

    def _switch(self) -> KillSwitchFact:
        return RELEASED


class ClaimsTheStopped(MemoryTradingState):
    """Takes whoever was stopped before for one that this halt has stopped."""

    def stop_many(self, stops: Sequence[Stop], *, stopped_by: str, until: datetime) -> Sequence[Stopped]:
        for item in self._world.items("trading_state"):
            if item["status"] == "stopped" and "stopped_by" not in item:
                record = StoppedRecord(item["strategy_id"], "running", None, self._world.now)
                self._world.put("guards", stored(halt_items.record_item(stopped_by, record)))
                self._world.put("trading_state", {**item, "stopped_by": stopped_by})
        return super().stop_many(stops, stopped_by=stopped_by, until=until)


class SaysDone(MemoryTradingState):
    """Calls a stop done that was refused."""

    def stop_many(self, stops: Sequence[Stop], *, stopped_by: str, until: datetime) -> Sequence[Stopped]:
        super().stop_many(stops[1:], stopped_by=stopped_by, until=until)
        return [Stopped(stop.strategy_id, Result.DONE) for stop in stops]


class ReadsAsReleased(MemoryGuards):
    """Fails open."""

    def kill_switch(self) -> KillSwitchFact:
        return RELEASED


class RecordsOver(MemoryHalts):
    """Keeps what was seen last and not what was seen first."""

    def record(self, halt_id: str, records: Sequence[StoppedRecord], *, until: datetime) -> Mapping[str, str]:
        for record in records:
            self._world.put("guards", stored(halt_items.record_item(halt_id, record)))
        return {}


class ReleasesWhatever(MemoryHalts):
    """Releases whatever stops were added meanwhile."""

    def release(self, halt_id: str, *, stops: Sequence[str], **more: Any) -> bool:
        return super().release(halt_id, stops=self._switch().stops, **more)


class Narrows(MemoryHalts):
    """A second stop, of some, makes the kill switch one for those alone."""

    def engage(self, stop: Engage) -> KillSwitchFact:
        super().engage(stop)
        item = self._world.item("guards", "kill-switch") or {}
        if stop.strategy_ids:
            self._world.put("guards", {**item, "strategy_ids": set(stop.strategy_ids)})
        return self._switch()


def _with(name: str, twin: type[Any]) -> Swap:
    def swap(platform: Platform, ports: Ports) -> Ports:
        world: World = platform.world
        return replace(ports, **{name: Watched(world, name, twin(world))})

    return swap


@dataclass(frozen=True)
class Wrong:
    """`says`: what the search says of it. `day`: how its examples begin, where the moment is a rare one."""

    swap: Swap
    says: str
    day: Mapping[str, Any] = field(default_factory=dict)


BROKEN: Final[Mapping[str, Wrong]] = {
    "starts without the kill switch's condition": Wrong(
        _with("trading_state", AsksNobody),
        "start_strategy starts .* is engaged for it",
        {"before": "restart", "on": 2},
    ),
    "brings back without the kill switch's condition": Wrong(
        _with("trading_state", AsksNobody),
        "(bring_back|promote).* is engaged for it",
        {"before": "trading", "between": "trading_state.bring_back", "on": 4},
    ),
    "claims whom others had stopped": Wrong(
        _with("trading_state", ClaimsTheStopped), "did not trade before the halt", {"before": "trading"}
    ),
    "calls a stop done that was not": Wrong(_with("trading_state", SaysDone), "and it trades"),
    "reads the kill switch as released": Wrong(_with("guards", ReadsAsReleased), "is scaled up while"),
    "writes over what was recorded": Wrong(_with("halts", RecordsOver), "is not what it was", {"before": "halted"}),
    "releases in spite of another stop": Wrong(
        _with("halts", ReleasesWhatever),
        "was added to since the question",
        {"before": "trading", "on": 0, "between": "halts.release"},
    ),
    "narrows the halt by a later stop": Wrong(_with("halts", Narrows), "lets go of the kill switch"),
}
