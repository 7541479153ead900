"""Strategies that do not do as they are told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from local.platform.copies import Copy
from local.platform.faults.base import Fault, Trouble


@dataclass
class IgnoresStatus(Fault):
    name = "ignores-status"
    about = (
        "The strategy's bot trades, beats and acknowledges nothing, whatever its status says; without a strategy "
        "every one that trades now. Only the end of its task ends it."
    )
    takes_strategy = True

    bots: frozenset[str] = frozenset()

    def begin(self) -> None:
        self.bots = frozenset(self.concerned())

    def ignores_status(self, strategy_id: str, /) -> bool:
        return strategy_id in self.bots


@dataclass
class FlipsBack(Fault):
    name = "flips-back"
    about = (
        "Something writes the strategy's status back to running after each stop, without a look at the kill "
        "switch; without a strategy it does so for every one that trades now."
    )
    count_means = "how often, for each strategy (default 3)"
    takes_strategy = True
    TIMES = 3

    left: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        times = self.TIMES if self.count is None else self.count
        self.left = Counter(dict.fromkeys(self.concerned(), times))

    def tick(self) -> None:
        trading = set(self.world.trading())
        back = [one for one, times in self.left.items() if times and one not in trading]
        self.left.subtract(self.world.set_running(back))
        if not any(self.left.values()):
            self.end()


@dataclass
class NeverBeats(Fault):
    name = "never-beats"
    about = (
        "The strategy's bot writes no heartbeat, no line and no signal, whatever is done about it, until the fault "
        "is cleared; without a strategy every bot."
    )
    takes_strategy = True

    def begin(self) -> None:
        self.world.backdate(self.concerned())

    def trouble(self, strategy_id: str, _copy: Copy, /) -> Trouble | None:
        return Trouble() if self.touches(strategy_id) else None
