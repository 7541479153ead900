"""One pass of a look at a stop over the whole trading state: who trades is stopped again, the others are judged."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock
from typing import Final

from functions.facts import Result, StrategyState
from functions.rules.halted import STOPPED
from functions.rules.stop_order import StopOrder
from functions.rules.stop_proof import Frame, judge
from functions.stop_pages import Stopper

WORD: Final = 2**64


class Pass:
    """One reading of the whole table. `waiting`: strategies that a later look may prove stopped."""

    def __init__(self, frame: Frame, order: StopOrder) -> None:
        self._frame, self._order, self._lock = frame, order, Lock()
        self.counts = dict.fromkeys(Result, 0)
        self.traded, self.waiting, self._beats = 0, 0, 0
        self.stopped: list[str] = []
        # Stopped by this halt, before this look.
        self.marked: list[StrategyState] = []
        self.trouble: list[str] = []

    def beats(self) -> str:
        """The same as long as nobody beats, whatever a heartbeat looks like. Of whom it is known already that it
        beats without a task nothing is expected any more."""
        return f"{self._beats:016x}"

    def page(self, stopper: Stopper, states: Sequence[StrategyState]) -> None:
        concerned = [state for state in states if self._order.concerns(state.strategy_id)]
        trading = [state for state in concerned if state.status in self._frame.trading]
        rows = stopper.page(trading).rows if trading else []
        with self._lock:
            for state in concerned:
                if state.status in self._frame.trading:
                    self._heard(state)
                else:
                    self._judged(state)
            self.traded += len(trading)
            for row in rows:
                # Whoever was stopped just now is proven stopped by the next look.
                again = row.result is Result.DONE
                self.counts[Result.UNKNOWN if again else row.result] += 1
                if again:
                    self.stopped.append(row.strategy_id)
                elif not self._order.dry_run:
                    self.trouble.append(f"{row.strategy_id}: {row.result}, {row.why}")

    def _judged(self, state: StrategyState) -> None:
        if state.status == STOPPED and state.stopped_by == self._frame.mark:
            self.marked.append(state)
        verdict = judge(state, self._frame)
        self.counts[verdict.result] += 1
        self.waiting += verdict.waits
        if verdict.result is Result.DONE or verdict.waits:
            self._heard(state)

    def _heard(self, state: StrategyState) -> None:
        """A sum, because segments are read in no order."""
        said = f"{state.strategy_id}\n{state.heartbeat_text}\n{state.last_heartbeat}".encode()
        self._beats = (self._beats + int.from_bytes(blake2b(said, digest_size=8).digest())) % WORD
