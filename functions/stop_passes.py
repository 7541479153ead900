"""One pass of a look at a stop over the whole trading state: who trades is stopped again, the others are judged."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from functions.facts import Result, StrategyState
from functions.rules.stop_order import StopOrder
from functions.rules.stop_proof import Frame, judge
from functions.stop_pages import Stopper


class Pass:
    """One reading of the whole table. `waiting`: strategies that a later look may prove stopped."""

    def __init__(self, frame: Frame, order: StopOrder) -> None:
        self._frame, self._order, self._lock = frame, order, Lock()
        self.counts = dict.fromkeys(Result, 0)
        self.traded, self.waiting = 0, 0
        self.stopped: list[str] = []
        self.trouble: list[str] = []

    def page(self, stopper: Stopper, states: Sequence[StrategyState]) -> None:
        concerned = [state for state in states if self._order.concerns(state.strategy_id)]
        trading = [state for state in concerned if state.status in self._frame.trading]
        rows = stopper.page(trading).rows if trading else []
        with self._lock:
            for state in concerned:
                if state.status not in self._frame.trading:
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
        result = judge(state, self._frame).result
        self.counts[result] += 1
        self.waiting += result is Result.UNKNOWN and state.status in self._frame.known
