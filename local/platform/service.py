"""The strategy service: every copy that ECS runs beats for every strategy that the table wants to trade.

A copy looks at the table every 15 platform seconds, so that a changed status is acknowledged well within 30,
and beats every 30. A strategy that begins to trade beats at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from local.platform.copies import Copies, Copy, side_by_side
from local.platform.detector import Detector
from local.platform.ecs import EcsControl
from local.platform.exchange.venue import Venue
from local.platform.faults.base import Fault, Trouble
from local.platform.faults.board import Board
from local.platform.follow import Follower
from local.platform.journal import Journal
from local.platform.pace import BACKDATED_BY, HEARTBEAT_EVERY, Pace, now
from local.platform.reporting import report
from local.platform.tables import Config, Strategy, Tables
from local.platform.tally import Tally

# Of the time between two beats, a beat may take this share: with thousands of strategies the period grows.
BUSY_SHARE = 0.25


class StrategyService:
    """Also the world of the faults (faults.base.World)."""

    def __init__(
        self,
        pace: Pace,
        tables: Tables,
        copies: Copies,
        journal: Journal,
        venue: Venue,
        detector: Detector,
        ecs: EcsControl,
        tally: Tally,
    ) -> None:
        self.pace, self.tally, self.journal = pace, tally, journal
        self.venue, self.detector, self.ecs = venue, detector, ecs
        self.board = Board()
        self.lock = threading.RLock()
        self._tables, self._copies = tables, copies
        self._follower = Follower()
        self._configs: dict[str, Config] = {}
        # What the service believes; of a strategy whose state it cannot read, what it read last.
        self._view: dict[str, Strategy] = {}
        self._next_beat: dict[str, float] = {}
        self._joined: dict[str, set[str]] = {}
        self._first_digest: str | None = None

    # The world, as faults see it.

    def clock(self) -> float:
        return time.monotonic()

    def copies(self) -> Sequence[Copy]:
        return list(self._follower.copies.values())

    def trading(self) -> Sequence[str]:
        return [one.strategy_id for one in self._follower.strategies.values() if one.trades]

    def config(self, strategy_id: str) -> Config:
        return self._configs.get(strategy_id, Config())

    def backdate(self, strategy_ids: Collection[str]) -> None:
        self._tables.beat(list(strategy_ids), now() - timedelta(seconds=BACKDATED_BY))

    def lose_copies(self) -> None:
        self.journal.send()
        self._follower.killed |= self._follower.copies.keys()
        self._follower.copies = {}

    def crash(self, *, reason: str, exit_code: int, container_reason: str | None) -> None:
        self.lose_copies()
        self.ecs.crash(reason, exit_code, container_reason)

    # What the threads and the routes call.

    def inject(self, name: str, strategy: str | None, count: int | None) -> Fault:
        """Begins a fault between two looks. Raises BadFault."""
        with self.lock:
            self._configs = self._tables.configs()
            self._see()
            fault = self.board.inject(self, name, strategy, count)
            self.journal.send()
            return fault

    def clear(self) -> int:
        """Ends all faults and repairs what they broke. Returns how many were active."""
        with self.lock:
            return self.board.clear()

    def stats(self) -> dict[str, Any]:
        with self.lock:
            return self.tally.as_dict()

    def forget(self) -> None:
        """Counts begin at zero again."""
        with self.lock:
            self.tally.reset()

    def look(self) -> None:
        """One cycle: see, acknowledge, beat, write the log."""
        with self.lock:
            if self.board.active:
                self._configs = self._tables.configs()
            self._see()
            for fault in self.board.active:
                fault.tick()
            awake = [copy for copy in self.copies() if not self._frozen(copy)]
            if awake:
                self._acknowledge()
            for copy in awake:
                self._beat(copy)
            self.journal.send()

    def _see(self) -> None:
        everything = self._copies.all()
        alive = [copy for copy in everything if copy.ended is None and copy.task_arn not in self._follower.killed]
        strategies = {one.strategy_id: one for one in self._tables.strategies()}
        first = self._follower.first
        changes = self._follower.look(alive, strategies)
        self.tally.interruptions.update(changes.interrupted)
        for strategy_id, acknowledged in changes.restarted:
            for fault in self.board.active:
                fault.restarted(strategy_id, acknowledged)
        for copy in changes.new_copies:
            self._started(copy)
            if not first:
                for fault in self.board.active:
                    fault.redeployed(copy)
        self._view = {
            strategy_id: self._view.get(strategy_id, one) if self._blind(strategy_id) else one
            for strategy_id, one in strategies.items()
        }
        if any(one.trades for one in self._view.values()):
            self.tally.trading(len(alive), side_by_side(everything))

    def _started(self, copy: Copy) -> None:
        self.tally.copies_started += 1
        self._first_digest = self._first_digest or copy.image_digest
        if copy.image_digest != self._first_digest:
            self.tally.copies_of_another_image += 1
        self.journal.event(copy.task_id, "INFO", None, "service_started", memory_mb=copy.memory_mb)

    def _acknowledge(self) -> None:
        """A stop, and whatever comes after an acknowledged stop; trading strategies are left as they are."""
        changed = [
            one
            for one in self._view.values()
            if one.acknowledged != one.status
            and (not one.trades or one.acknowledged is not None)
            and not self._blind(one.strategy_id)
        ]
        self._tables.acknowledge(changed, now())
        for one in changed:
            if not one.trades:
                self._follower.acknowledged(one.strategy_id)

    def _beat(self, copy: Copy) -> None:
        begun = self.clock()
        trading = {one.strategy_id for one in self._view.values() if one.trades}
        whole = begun >= self._next_beat.get(copy.task_arn, 0.0)
        due = trading if whole else trading - self._joined.get(copy.task_arn, set())
        self._joined[copy.task_arn] = trading
        if due:
            self._beat_for(copy, sorted(due))
        if whole:
            took = self.clock() - begun
            self._next_beat[copy.task_arn] = begun + max(self.pace.real(HEARTBEAT_EVERY), took / BUSY_SHARE)
            for fault in self.board.active:
                fault.beaten(copy)

    def _beat_for(self, copy: Copy, due: Sequence[str]) -> None:
        troubles: dict[str, Trouble] = {}
        for strategy_id in due:
            found = [fault.trouble(strategy_id, copy) for fault in self.board.active]
            first = next((trouble for trouble in found if trouble is not None), None)
            if first is not None:
                troubles[strategy_id] = first
        well = [one for one in due if one not in troubles]
        self._tables.beat(well, now())
        self.tally.beats += 1
        self.tally.heartbeats.update(well)
        self.tally.traded_without_heartbeat += sum(trouble.signals for trouble in troubles.values())
        report(self.journal, copy, self.tally.beats, well, troubles)

    def _frozen(self, copy: Copy) -> bool:
        return any(fault.freezes(copy) for fault in self.board.active)

    def _blind(self, strategy_id: str) -> bool:
        return any(fault.blinds(strategy_id) for fault in self.board.active)
