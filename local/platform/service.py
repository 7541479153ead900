"""The strategy service: every copy that ECS runs beats for every strategy that the table wants to trade.

A copy looks at the table every 15 platform seconds, so that a changed status is acknowledged well within 30,
and beats every 30. A strategy that begins to trade beats at once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from local.platform.bots import Bots
from local.platform.copies import Copies, Copy, side_by_side
from local.platform.faults.base import Fault, Trouble
from local.platform.faults.board import Board
from local.platform.faults.orders.base import judge
from local.platform.freqtrade.view import BotView
from local.platform.names import MANAGING, TRADING
from local.platform.pace import HEARTBEAT_EVERY, now
from local.platform.reporting import report
from local.platform.tables import Strategy
from local.platform.world import ServiceWorld

# Of the time between two beats, a beat may take this share: with thousands of strategies the period grows.
BUSY_SHARE = 0.25
HEARTBEATS_AT_ONCE = 250


class StrategyService:
    """Its threads and its routes share it: every public method takes its lock."""

    def __init__(self, world: ServiceWorld, copies: Copies, bots: Bots) -> None:
        self._world, self._copies, self._bots = world, copies, bots
        self.board = Board()
        self._lock = threading.RLock()
        # What the service believes; of a strategy whose state it cannot read, what it read last.
        self._view: dict[str, Strategy] = {}
        self._next_beat: dict[str, float] = {}
        self._joined: dict[str, set[str]] = {}
        self._first_digest: str | None = None

    def copies(self) -> Sequence[Copy]:
        """Those of the last look."""
        return self._world.copies()

    def inject(self, name: str, strategy: str | None, count: int | None) -> Fault:
        """Begins a fault between two looks. Raises BadFault."""
        with self._lock:
            self._world.configs = self._world.tables.configs()
            self._see()
            fault = self.board.inject(self._world, name, strategy, count)
            self._world.journal.send()
            return fault

    def clear(self) -> int:
        """Ends all faults and repairs what they broke. Returns how many were active."""
        with self._lock:
            cleared = self.board.clear()
            self._world.ordering.flow.rest()
            return cleared

    def stats(self, after: datetime | None = None) -> dict[str, Any]:
        """`after`: how many entry orders came later than that."""
        with self._lock:
            return {**self._world.tally.as_dict(), **self._bots.stats(after)}

    def switch(self, wanted: Mapping[str, bool]) -> None:
        """What the bots do besides beating, by the switches of bots.SWITCHES."""
        with self._lock:
            self._bots.switch(wanted)

    def bot(self, strategy_id: str) -> BotView | None:
        """The strategy's bot at this moment; None: there is no such strategy."""
        with self._lock:
            seen, copies, faults = self._view.get(strategy_id), self.copies(), self.board.active
            if seen is None:
                return None
            trades = seen.trades or self._ignores_status(strategy_id)
            state = "running" if trades else "paused" if seen.status in MANAGING else "stopped"
            able = any(self._able(copy, {strategy_id}) for copy in copies if not self._frozen(copy))
            well = able and state != "stopped"
            answers = [one.api_answers(strategy_id) for one in faults]
            return BotView(
                strategy_id,
                runs=bool(copies),
                state=state,
                analyses=well and not any(one.stops_analysis(strategy_id) for one in faults),
                has_candles=well and not any(one.stops_candles(strategy_id) for one in faults),
                broken=next((one for one in answers if one is not None), None),
            )

    def forget(self) -> None:
        """Counts begin at zero again."""
        with self._lock:
            self._world.tally.reset()
            self._bots.forget()

    def look(self) -> None:
        """One cycle: see, acknowledge, beat, write the log."""
        with self._lock:
            if self.board.active:
                self._world.configs = self._world.tables.configs()
            self._see()
            for fault in self.board.active:
                fault.tick()
            awake = [copy for copy in self.copies() if not self._frozen(copy)]
            if awake:
                self._acknowledge()
            for copy in awake:
                self._trade(copy)
                self._order(copy)
                self._beat(copy)
            if awake:
                self._manage(awake[0])
            self._world.journal.send()

    def _see(self) -> None:
        everything, killed = self._copies.all(), self._world.follower.killed
        alive = [copy for copy in everything if copy.ended is None and copy.task_arn not in killed]
        strategies = {one.strategy_id: one for one in self._world.tables.strategies()}
        first = self._world.follower.first
        changes = self._world.follower.look(alive, strategies)
        self._world.tally.interruptions.update(changes.interrupted)
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
        if self._trading():
            self._world.tally.trading(len(alive), side_by_side(everything))

    def _started(self, copy: Copy) -> None:
        self._world.tally.copies_started += 1
        self._first_digest = self._first_digest or copy.image_digest
        if copy.image_digest != self._first_digest:
            self._world.tally.copies_of_another_image += 1
        self._world.journal.event(copy.task_id, "INFO", None, "service_started", memory_mb=copy.memory_mb)

    def _acknowledge(self) -> None:
        """A stop, and whatever comes after an acknowledged stop; trading strategies are left as they are."""
        changed = [
            one
            for one in self._view.values()
            if one.acknowledged != one.status
            and (not one.trades or one.acknowledged is not None)
            and not self._blind(one.strategy_id)
            and not self._ignores_status(one.strategy_id)
        ]
        for status in sorted({one.status for one in changed}):
            ids = [one.strategy_id for one in changed if one.status == status]
            for strategy_id in self._world.tables.acknowledge(ids, status, now()):
                if status not in TRADING:
                    self._world.follower.acknowledged(strategy_id)

    def _beat(self, copy: Copy) -> None:
        begun = self._world.clock()
        trading = self._trading()
        whole = begun >= self._next_beat.get(copy.task_arn, 0.0)
        due = trading if whole else trading - self._joined.get(copy.task_arn, set())
        self._joined[copy.task_arn] = trading
        if due:
            self._beat_for(copy, sorted(due))
        if whole:
            took = self._world.clock() - begun
            every = max(self._world.pace.real(HEARTBEAT_EVERY), took / BUSY_SHARE)
            self._next_beat[copy.task_arn] = begun + every
            for fault in self.board.active:
                fault.beaten(copy)

    def _beat_for(self, copy: Copy, due: Sequence[str]) -> None:
        troubles = self._troubles(copy, due)
        well = self._written(copy, [one for one in due if one not in troubles])
        self._world.tally.beats += 1
        self._world.tally.heartbeats.update(well)
        self._world.tally.traded_without_heartbeat += sum(trouble.signals for trouble in troubles.values())
        report(self._world.journal, copy, self._world.tally.beats, well, troubles)

    def _trade(self, copy: Copy) -> None:
        if self._bots.trades:
            self._bots.place(sorted(self._able(copy, self._trading())))

    def _order(self, copy: Copy) -> None:
        """Where bots order at all: new entries, and whether somebody changed what orders were made by in vain."""
        flow = self._world.ordering.flow
        if flow.orders:
            flow.run(copy.task_id, self._able(copy, self._trading()), self._world.journal)
            judge(flow.changes(), self.board.active, self._world.tally)

    def _manage(self, copy: Copy) -> None:
        """Paused bots manage exits and take no entries; where two copies run, the first one does it."""
        trading = self._trading()
        paused = {one for one, seen in self._view.items() if seen.status in MANAGING}
        able = self._able(copy, trading | paused)
        for strategy_id, event in self._bots.manage(able, able & trading):
            self._world.journal.event(copy.task_id, "INFO", strategy_id, event)

    def _able(self, copy: Copy, strategy_ids: set[str]) -> set[str]:
        """Those that nothing keeps from trading."""
        troubles = self._troubles(copy, sorted(strategy_ids))
        return {one for one in strategy_ids if one not in troubles or troubles[one].signals}

    def _trading(self) -> set[str]:
        """Those that trade: by what the service believes, or because their bot does not care."""
        return {one for one, seen in self._view.items() if seen.trades or self._ignores_status(one)}

    def _troubles(self, copy: Copy, strategy_ids: Sequence[str]) -> dict[str, Trouble]:
        """The first trouble of each that has one."""
        troubles: dict[str, Trouble] = {}
        for strategy_id in strategy_ids:
            found = [fault.trouble(strategy_id, copy) for fault in self.board.active]
            first = next((trouble for trouble in found if trouble is not None), None)
            if first is not None:
                troubles[strategy_id] = first
        return troubles

    def _ignores_status(self, strategy_id: str) -> bool:
        return any(fault.ignores_status(strategy_id) for fault in self.board.active)

    def _written(self, copy: Copy, due: Sequence[str]) -> list[str]:
        """Heartbeats a few at a time: with thousands of strategies a task may end in the middle of its beat."""
        well: list[str] = []
        for first in range(0, len(due), HEARTBEATS_AT_ONCE):
            if not any(one.task_arn == copy.task_arn and one.ended is None for one in self._copies.all()):
                break
            well += self._world.tables.beat(due[first : first + HEARTBEATS_AT_ONCE], now())
        return well

    def _frozen(self, copy: Copy) -> bool:
        return any(fault.freezes(copy) for fault in self.board.active)

    def _blind(self, strategy_id: str) -> bool:
        return any(fault.blinds(strategy_id) for fault in self.board.active)
