"""Twin of the service's log group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from functions.adapters.log_lines import Names
from functions.adapters.logs import frequent_of, samples_of
from functions.adapters.memory.world import Line, World
from functions.facts import LogFact
from functions.rules.log_levels import ERROR_LEVEL
from functions.rules.log_patterns import PATTERNS, SIGNAL_PROCESSED, Pattern
from functions.rules.retry_after import retry_after_seconds


class MemoryLogs:
    def __init__(self, world: World) -> None:
        self._world = world

    def read(
        self,
        start: datetime,
        end: datetime,
        strategy_ids: Sequence[str],
        patterns: Sequence[Pattern] = PATTERNS,
    ) -> LogFact:
        lines = self._within(start, end)
        matching = {pattern.name: _matching(pattern, lines) for pattern in patterns}
        names = Names(strategy_ids)
        named = {name: {i for h in hits for i in names.within(h.message)} for name, hits in matching.items()}
        seen = {each: [name for name, ids in named.items() if each in ids] for each in strategy_ids}
        troubles = [matching[pattern.name] for pattern in patterns if pattern.trouble]
        said = [matching[pattern.name] for pattern in patterns if pattern.trouble and pattern != ERROR_LEVEL]
        told = [retry_after_seconds(line.message, now=line.at) for hits in said for line in hits]
        return LogFact(
            window_start=start,
            window_end=end,
            counts={name: len(hits) for name, hits in matching.items()},
            by_strategy={strategy_id: found for strategy_id, found in seen.items() if found},
            last_line_at=lines[0].at if lines else None,
            last_line_by_strategy=_last(lines, strategy_ids),
            samples=samples_of([[line.message for line in hits] for hits in troubles]),
            retry_after_seconds=max((seconds for seconds in told if seconds is not None), default=None),
            frequent=frequent_of([line.message for line in matching.get(ERROR_LEVEL.name, ())]),
        )

    def signals(self, start: datetime, strategy_ids: Sequence[str]) -> Mapping[str, datetime | None]:
        lines = _matching(SIGNAL_PROCESSED, self._within(start, self._world.now))
        last = _last(lines, strategy_ids)
        return {strategy_id: last.get(strategy_id) for strategy_id in strategy_ids}

    def first_said(self, text: str, start: datetime, strategy_id: str) -> datetime | None:
        lines = [line for line in self._within(start, self._world.now) if text in line.message]
        names = Names([strategy_id])
        return min((line.at for line in lines if names.within(line.message)), default=None)

    def _within(self, start: datetime, end: datetime) -> list[Line]:
        """Newest first."""
        lines = [line for line in self._world.lines if start <= line.at <= end]
        return sorted(lines, key=lambda line: line.at, reverse=True)


def _matching(pattern: Pattern, lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if pattern.matches(line.message)]


def _last(lines: Sequence[Line], strategy_ids: Sequence[str]) -> dict[str, datetime]:
    names, last = Names(strategy_ids), dict[str, datetime]()
    for line in lines:
        for strategy_id in names.within(line.message):
            last.setdefault(strategy_id, line.at)
    return last
