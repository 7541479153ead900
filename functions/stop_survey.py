"""Every strategy that a stop concerns, judged one by one and written down line by line, for the bucket.

What is kept is one verdict and one line a strategy, and a few names, whatever their number.
"""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from threading import Lock
from types import MappingProxyType
from typing import Final

from functions.facts import Result, StoppedRecord, StrategyState
from functions.rules.stop_order import StopOrder
from functions.rules.stop_pieces import Census
from functions.rules.stop_proof import NO_SUCH, UNREAD, Frame, Verdict, gone, judge

# Of each result; the rest is counted, and whole in the bucket.
MOST_LISTED: Final = 20
# Names that somebody may have meant.
MOST_NAMES: Final = 5_000


class Survey:
    """Pages first, then `end`. `refusals`: why the run could not stop one."""

    def __init__(self, frame: Frame, order: StopOrder, refusals: Mapping[str, str] = MappingProxyType({})) -> None:
        self._frame, self._order, self._lock = frame, order, Lock()
        self._refusals, self._others, self._nobody = refusals, list[str](), list[str]()
        self._was: dict[str, tuple[str | None, datetime | None]] = {}
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
                    self._seen.append((state, self._judged(state)))
                elif len(self._others) < MOST_NAMES:
                    self._others.append(state.strategy_id)

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
            verdict = UNREAD if unread else gone(record) if record else self._no_such(strategy_id)
            self._add(strategy_id, verdict, None)
        self._seen.clear()
        self._lines.sort()

    def body(self) -> str:
        return "".join(line for _, line in self._lines)

    def census(self, unread: Sequence[str], key: str | None, *, parts: int = 0) -> Census:
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
            parts=parts,
            missing=tuple(self._nobody),
            was=tuple((one, *self._was[one]) for names in listed.values() for one, _ in names),
            key=key,
        )

    def ids(self) -> list[str]:
        """All of them, the worst first: an item keeps the first ones and counts the rest."""
        return [
            one for result in (Result.NOT_DONE, Result.UNKNOWN, Result.DONE) for one in sorted(self._ids[result])
        ]

    def _judged(self, state: StrategyState) -> Verdict:
        """Where no task of the service runs a record alone does not trade; and why it stands must not be lost."""
        verdict, frame = judge(state, self._frame), self._frame
        if frame.dry_run or verdict.result is not Result.NOT_DONE:
            return verdict
        refused = self._refusals.get(state.strategy_id)
        why = f" (write refused: {refused})" if refused else ""
        if frame.everything and frame.running == 0:
            rest = "no task of the service runs, so nothing of the service trades it"
            return replace(verdict, why=f"its record says {state.status}{why}; {rest}")
        return replace(verdict, why=f"{verdict.why}{why}")

    def _no_such(self, strategy_id: str) -> Verdict:
        meant = get_close_matches(strategy_id, self._others, n=1)
        hint = f"; did you mean {meant[0]}?" if meant else ""
        self._nobody.append(f"no strategy is called {strategy_id}{hint}")
        return replace(NO_SUCH, why=f"{NO_SUCH.why}{hint}")

    def _add(self, strategy_id: str, verdict: Verdict, state: StrategyState | None) -> None:
        result = verdict.result
        self._counts[result] += 1
        self._ids[result].append(strategy_id)
        # The first by name, whichever segment is read first.
        insort(self._listed[result], (strategy_id, verdict.why))
        del self._listed[result][MOST_LISTED:]
        before = self._before(strategy_id, state)
        ours = state is not None and state.stopped_by == self._frame.mark
        self._was[strategy_id] = before, state.stopped_at if state and ours else None
        row = {
            "strategy_id": strategy_id,
            "result": result.value,
            "before": before,
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
