"""One page of strategies, stopped: records before stops, and whoever changed meanwhile is looked at again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final

from functions import on_the_way
from functions.errors import RunbookError
from functions.facts import Result, StoppedRecord, StrategyState
from functions.halting import Counts, StopJob
from functions.on_the_way import before_the_way
from functions.ports import Ports, Stop, Stopped
from functions.rules.halted import STOPPED, Sight, sight
from functions.rules.stop_order import StopOrder
from functions.settings import Settings
from functions.stopping import said

NEEDS: Final = (*on_the_way.NEEDS, "clock.now", "halts.record", "trading_state.get", "trading_state.stop_many")
ROUNDS: Final = 3
# A guards table that is down keeps nobody trading for longer.
RECORD_WITHIN: Final = timedelta(seconds=1.5)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one strategy. `before` is the status that it had when it was stopped."""

    strategy_id: str
    result: Result
    before: str | None
    why: str | None
    at: datetime

    def line(self) -> str:
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, sort_keys=True)


@dataclass(slots=True)
class Page:
    """`again`: the time ended with something left that another look may stop. `lately`: what the table said last
    about those that are tried again."""

    rows: list[Row] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    seen: int = 0
    already: int = 0
    again: bool = False
    lately: dict[str, str | None] = field(default_factory=dict)

    def counts(self) -> Counts:
        results = [row.result for row in self.rows]
        return Counts(
            seen=self.seen,
            done=results.count(Result.DONE) - self.already,
            already=self.already,
            not_done=results.count(Result.NOT_DONE),
            unknown=results.count(Result.UNKNOWN),
        )


class Stopper:
    """Works until `until`. `records`: whether the guards table is still asked; one that failed is asked no more."""

    def __init__(self, ports: Ports, settings: Settings, job: StopJob, order: StopOrder, until: datetime) -> None:
        self._ports, self._job, self._order, self._until = ports, job, order, until
        self._trading, self._known = settings.trading_statuses, settings.known_statuses
        self.records = True

    def late(self) -> bool:
        return self._ports.clock.now() >= self._until

    def page(self, states: Sequence[StrategyState]) -> Page:
        page, trading = Page(), dict[str, StrategyState]()
        between = list[StrategyState]()
        for state in states:
            if not self._order.concerns(state.strategy_id):
                continue
            page.seen += 1
            match self._sight(state):
                case Sight.TRADES:
                    trading[state.strategy_id] = state
                case Sight.HALTED:
                    self._tell(page, state.strategy_id, Result.DONE, None, "was stopped by this halt before")
                    page.already += 1
                case Sight.UNKNOWN:
                    self._nobody_knows(page, state)
                case Sight.RESTS if self._is_between(state):
                    between.append(state)
                    self._tell(page, state.strategy_id, Result.DONE, state.status_before, _between(state))
                    page.already += 1
        if self._order.dry_run:
            for one in trading.values():
                self._tell(page, one.strategy_id, Result.NOT_DONE, one.status, "dry run: would be stopped")
            return page
        self._record(page, [*trading.values(), *between])
        page.troubles += [f"{state.strategy_id} {_between(state)}" for state in between]
        for _ in range(ROUNDS):
            trading = self._round(page, trading)
        for one in trading.values():
            why = f"still {one.status} after {ROUNDS} tries ({page.lately[one.strategy_id]})"
            self._tell(page, one.strategy_id, Result.UNKNOWN, one.status, why)
        left = any(row.result is not Result.DONE for row in page.rows)
        page.again = left and self.late()
        return page

    def _sight(self, state: StrategyState) -> Sight:
        return sight(state, mark=self._job.mark, trading=self._trading, known=self._known)

    def _tell(self, page: Page, strategy_id: str, result: Result, before: str | None, why: str | None) -> None:
        page.rows.append(Row(strategy_id, result, before, why, self._ports.clock.now()))

    def _nobody_knows(self, page: Page, state: StrategyState) -> None:
        why = f"nobody knows what the status {state.status!r} means"
        self._tell(page, state.strategy_id, Result.UNKNOWN, state.status, why)

    def _is_between(self, state: StrategyState) -> bool:
        """Stopped by a run (a restart, an earlier halt) that was to start it again, and that the kill switch now
        keeps from it."""
        by_another = state.status == STOPPED and state.stopped_by not in (None, self._job.mark)
        return by_another and state.status_before in self._trading

    def _record(self, page: Page, states: Sequence[StrategyState]) -> None:
        """What cannot be recorded is stopped all the same: its own item keeps the status that it had."""
        if not states or not self.records:
            return
        now = self._ports.clock.now()
        between = {state.strategy_id: str(state.status_before) for state in states if self._is_between(state)}
        was = {**before_the_way(self._ports, states), **between}
        rows = [
            StoppedRecord(s.strategy_id, was.get(s.strategy_id, s.status), s.last_heartbeat, now) for s in states
        ]
        try:
            failed = self._ports.halts.record(self._job.mark, rows, until=min(self._until, now + RECORD_WITHIN))
        except RunbookError as error:
            failed = {row.strategy_id: said(error) for row in rows}
        self.records = len(failed) < len(rows)
        if failed:
            first = next(iter(failed.values()))
            told = f"{len(failed)} were stopped without a record of before in the guards table ({first})"
            page.troubles.append(f"{told}; their own items keep it")

    def _round(self, page: Page, trading: dict[str, StrategyState]) -> dict[str, StrategyState]:
        """Stops them, and returns those that are to be stopped once more."""
        again: dict[str, StrategyState] = {}
        for one in self._stopped(trading):
            before = trading[one.strategy_id].status
            if one.result is Result.DONE or (one.result is Result.NOT_DONE and not one.changed):
                self._tell(page, one.strategy_id, one.result, before, one.why)
            elif (state := self._looked_at_again(page, one, before)) is not None:
                again[one.strategy_id] = state
                page.lately[one.strategy_id] = one.why
        return again

    def _stopped(self, trading: dict[str, StrategyState]) -> list[Stopped]:
        """One answer for each, whatever the port did."""
        if not trading:
            return []
        stops = [Stop(state.strategy_id, state.status) for state in trading.values()]
        try:
            told = self._ports.trading_state.stop_many(stops, stopped_by=self._job.mark, until=self._until)
        except RunbookError as error:
            return [Stopped(one, Result.NOT_DONE, said(error)) for one in trading]
        answers = {one.strategy_id: one for one in told}
        return [answers.get(one, Stopped(one, Result.UNKNOWN, "there was no answer for it")) for one in trading]

    def _looked_at_again(self, page: Page, one: Stopped, before: str) -> StrategyState | None:
        """Its state where it still trades; else what became of it is told here."""
        if self.late():
            self._tell(page, one.strategy_id, Result.UNKNOWN, before, f"no time to look again ({one.why})")
            return None
        try:
            state = self._ports.trading_state.get(one.strategy_id)
        except RunbookError as error:
            self._tell(page, one.strategy_id, Result.UNKNOWN, before, f"cannot be looked at: {said(error)}")
            return None
        if state is None:
            page.already += 1
            self._tell(page, one.strategy_id, Result.DONE, before, "is gone from the trading state")
            return None
        match self._sight(state):
            case Sight.TRADES:
                return state
            case Sight.UNKNOWN:
                self._nobody_knows(page, state)
            case Sight.HALTED | Sight.RESTS as found:
                ours = found is Sight.HALTED and one.result is Result.UNKNOWN
                page.already += 0 if ours else 1
                why = one.why if ours else f"is {state.status} by somebody else meanwhile"
                self._tell(page, one.strategy_id, Result.DONE, before, why)
        return None


def _between(state: StrategyState) -> str:
    return (
        f"was {state.status_before} until {state.stopped_by} stopped it, which may not start it any more; "
        "no resume of this halt does either"
    )
