"""What changed between two looks at the table and at ECS: interruptions, restarts, new copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from local.platform.copies import Copy
from local.platform.tables import Strategy


@dataclass(frozen=True)
class Changes:
    """`restarted`: back to trading after a stop, and whether the service had acknowledged that stop."""

    interrupted: tuple[str, ...] = ()
    restarted: tuple[tuple[str, bool], ...] = ()
    new_copies: tuple[Copy, ...] = ()


@dataclass
class Follower:
    """Remembers the last look. A copy that a fault killed interrupts nobody: nobody did it."""

    copies: dict[str, Copy] = field(default_factory=dict)
    strategies: dict[str, Strategy] = field(default_factory=dict)
    killed: set[str] = field(default_factory=set)
    _stops: dict[str, bool] = field(default_factory=dict)
    _seen_copies: set[str] = field(default_factory=set)

    def look(self, copies: Sequence[Copy], strategies: Mapping[str, Strategy]) -> Changes:
        interrupted: list[str] = []
        for _ in self.copies.keys() - {copy.task_arn for copy in copies} - self.killed:
            interrupted += [one.strategy_id for one in self.strategies.values() if one.trades]
        restarted = []
        for one in strategies.values():
            before = self.strategies.get(one.strategy_id)
            if before is not None and before.trades and not one.trades:
                interrupted.append(one.strategy_id)
                self._stops[one.strategy_id] = False
            elif one.trades and one.strategy_id in self._stops:
                restarted.append((one.strategy_id, self._stops.pop(one.strategy_id)))
        new = tuple(copy for copy in copies if copy.task_arn not in self._seen_copies)
        self._seen_copies |= {copy.task_arn for copy in new}
        self.copies = {copy.task_arn: copy for copy in copies}
        self.strategies = dict(strategies)
        return Changes(tuple(interrupted), tuple(restarted), new)

    def acknowledged(self, strategy_id: str) -> None:
        """The service has taken over the stop of this strategy."""
        if strategy_id in self._stops:
            self._stops[strategy_id] = True

    @property
    def first(self) -> bool:
        """No copy has been seen yet."""
        return not self._seen_copies
