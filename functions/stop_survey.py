"""Every strategy that a stop concerns, judged one by one and written down line by line, for the bucket.

What is kept is one verdict and one line a strategy, and a few names, whatever their number.
"""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Final

from functions.facts import Result, StoppedRecord, StrategyState
from functions.rules.stop_order import StopOrder
from functions.rules.stop_pieces import Census
from functions.rules.stop_proof import NO_SUCH, UNREAD, Frame, Verdict, gone, judge

# Of each result; the rest is counted, and whole in the bucket.
MOST_LISTED: Final = 20


class Survey:
    """Pages first, then `end`."""

    def __init__(self, frame: Frame, order: StopOrder) -> None:
        self._frame, self._order, self._lock = frame, order, Lock()
        self._records: Mapping[str, StoppedRecord] = {}
        self._seen: list[tuple[StrategyState, Verdict]] = []
        self._counts = dict.fromkeys(Result, 0)
        self._listed: dict[Result, list[tuple[str, str]]] = {result: [] for result in Result}
        self._lines: list[tuple[str, str]] = []
        self._ids: dict[Result, list[str]] = {result: [] for result in Result}

    def page(self, _: int, states: Sequence[StrategyState]) -> None:
        with self._lock:
            for state in states:
                if self._order.concerns(state.strategy_id):
                    self._seen.append((state, judge(state, self._frame)))

    def seen(self) -> list[str]:
        """Whom the pages held, by name."""
        return [state.strategy_id for state, _ in self._seen]

    def missing(self) -> list[str]:
        """Who was asked for by name, and whom no page held."""
        return sorted(set(self._order.strategy_ids or ()).difference(self.seen()))

    def end(self, records: Mapping[str, StoppedRecord], unread: Sequence[str]) -> None:
        """`records`: what strategies were before this halt stopped them, as far as that could be read. Whom no page
        held: deleted since, or never there; nobody knows where a part was not read."""
        self._records = records
        for state, verdict in self._seen:
            self._add(state.strategy_id, verdict, state)
        recorded = {one for one in records if self._order.concerns(one)}
        for strategy_id in sorted({*self.missing(), *recorded.difference(self.seen())}):
            record = records.get(strategy_id)
            verdict = UNREAD if unread else gone(record) if record else NO_SUCH
            self._add(strategy_id, verdict, None)
        self._seen.clear()
        self._lines.sort()

    def body(self) -> str:
        return "".join(line for _, line in self._lines)

    def census(self, unread: Sequence[str], key: str | None) -> Census:
        """`key`: where `body` was stored, None where it could not be."""
        listed = {result: tuple(names) for result, names in self._listed.items()}
        return Census(
            done=self._counts[Result.DONE],
            not_done=self._counts[Result.NOT_DONE],
            unknown=self._counts[Result.UNKNOWN],
            stopped=listed[Result.DONE],
            not_stopped=listed[Result.NOT_DONE],
            nobody_knows=listed[Result.UNKNOWN],
            unread=tuple(unread),
            key=key,
        )

    def ids(self) -> list[str]:
        """All of them, the worst first: an item keeps the first ones and counts the rest."""
        return [
            one for result in (Result.NOT_DONE, Result.UNKNOWN, Result.DONE) for one in sorted(self._ids[result])
        ]

    def _add(self, strategy_id: str, verdict: Verdict, state: StrategyState | None) -> None:
        result = verdict.result
        self._counts[result] += 1
        self._ids[result].append(strategy_id)
        # The first by name, whichever segment is read first.
        insort(self._listed[result], (strategy_id, verdict.why))
        del self._listed[result][MOST_LISTED:]
        row = {
            "strategy_id": strategy_id,
            "result": result.value,
            "before": self._before(strategy_id, state),
            "now": state.status if state else None,
            "why": verdict.why,
            "at": self._frame.now.isoformat(),
        }
        self._lines.append((strategy_id, f"{json.dumps(row)}\n"))

    def _before(self, strategy_id: str, state: StrategyState | None) -> str | None:
        """None: nobody knows. Whom this halt did not stop is what it was."""
        record = self._records.get(strategy_id)
        if record is not None or state is None:
            return record.status if record else None
        return state.status_before if state.stopped_by == self._frame.mark else state.status
