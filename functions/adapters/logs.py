"""The service's log group: error patterns, the last line, and who processed a signal when.

One query for each pattern whatever the number of strategies; the strategies' own last lines come from
queries that name many of them at once and narrow down to those not yet seen. The cost is bounded by the
window, the row limit and one deadline; past the deadline nothing is told rather than something half.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from functions.adapters.aws import Aws
from functions.adapters.insights import DEADLINE_SECONDS, Answer, Insights, Query
from functions.adapters.log_lines import MOST_SAMPLES, Names, chunks, escaped, insights_regex, sample
from functions.errors import Transient
from functions.facts import LogFact
from functions.ports import Clock
from functions.rules.log_levels import ERROR_LEVEL, frequent
from functions.rules.log_patterns import PATTERNS, SIGNAL_PROCESSED, Pattern
from functions.rules.retry_after import retry_after_seconds

ROWS: Final = 1_000


class InsightsLogs:
    def __init__(self, aws: Aws, log_group: str, clock: Clock) -> None:
        self._insights, self._clock = Insights(aws, log_group), clock

    def read(
        self,
        start: datetime,
        end: datetime,
        strategy_ids: Sequence[str],
        patterns: Sequence[Pattern] = PATTERNS,
    ) -> LogFact:
        deadline = time.monotonic() + DEADLINE_SECONDS
        queries = [Query((pattern.regex,), start, end, ROWS) for pattern in patterns]
        *found, newest = self._insights.ask([*queries, Query((), start, end, 1)], deadline)
        answers = {pattern.name: _seen(pattern, one) for pattern, one in zip(patterns, found, strict=True)}
        by_strategy: dict[str, list[str]] = {}
        for pattern in patterns:
            named = self._named(answers[pattern.name], pattern.regex, start, strategy_ids, deadline)
            for strategy_id in named:
                by_strategy.setdefault(strategy_id, []).append(pattern.name)
        troubles = [answers[pattern.name] for pattern in patterns if pattern.trouble]
        # What no pattern names is no venue's answer.
        said = [answers[pattern.name] for pattern in patterns if pattern.trouble and pattern != ERROR_LEVEL]
        told = [retry_after_seconds(row.message, now=row.at) for each in said for row in each.rows]
        errors = answers.get(ERROR_LEVEL.name)
        return LogFact(
            window_start=start,
            window_end=end,
            counts={name: answer.matched for name, answer in answers.items()},
            by_strategy=by_strategy,
            last_line_at=newest.rows[0].at if newest.rows else None,
            last_line_by_strategy=self._last((), start, end, strategy_ids, deadline),
            samples=samples_of([[row.message for row in each.rows] for each in troubles]),
            retry_after_seconds=max((seconds for seconds in told if seconds is not None), default=None),
            frequent=frequent_of([row.message for row in errors.rows] if errors else ()),
        )

    def signals(self, start: datetime, strategy_ids: Sequence[str]) -> Mapping[str, datetime | None]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        end = self._clock.now()
        last = self._last((SIGNAL_PROCESSED.regex,), start, end, strategy_ids, deadline)
        return {strategy_id: last.get(strategy_id) for strategy_id in strategy_ids}

    def first_said(self, text: str, start: datetime, strategy_id: str) -> datetime | None:
        query = Query((escaped(text), insights_regex([strategy_id])), start, self._clock.now(), ROWS)
        (answer,) = self._insights.ask([query], time.monotonic() + DEADLINE_SECONDS)
        names = Names([strategy_id])
        return min((row.at for row in answer.rows if names.within(row.message)), default=None)

    def _named(
        self, answer: Answer, regex: str, start: datetime, strategy_ids: Sequence[str], deadline: float
    ) -> list[str]:
        """The strategies that the pattern was seen with, in the order they were asked for."""
        names = Names(strategy_ids)
        seen = {each for row in answer.rows for each in names.within(row.message)}
        if answer.rows and answer.matched > len(answer.rows):
            missing = [each for each in strategy_ids if each not in seen]
            seen |= set(self._last((regex,), start, answer.rows[-1].at, missing, deadline))
        return [each for each in dict.fromkeys(strategy_ids) if each in seen]

    def _last(
        self,
        filters: tuple[str, ...],
        start: datetime,
        end: datetime,
        strategy_ids: Sequence[str],
        deadline: float,
    ) -> dict[str, datetime]:
        """When each strategy was last named in a line that matches; others are left out."""
        last: dict[str, datetime] = {}
        for chunk in chunks(strategy_ids):
            left, until = chunk, end
            while left:
                if time.monotonic() > deadline:
                    raise Transient("the log could not be read for so many strategies in time")
                query = Query((*filters, insights_regex(left)), start, until, ROWS)
                (answer,) = self._insights.ask([query], deadline)
                names = Names(left)
                for row in answer.rows:
                    for strategy_id in names.within(row.message):
                        last.setdefault(strategy_id, row.at)
                if answer.matched <= len(answer.rows):
                    break
                # Every row names one that was left, so each turn leaves fewer.
                fewer = [each for each in left if each not in last]
                if len(fewer) == len(left):
                    raise Transient("the log's answer names none of the strategies that were asked for")
                left, until = fewer, answer.rows[-1].at
        return last


def _seen(pattern: Pattern, answer: Answer) -> Answer:
    """Without the rows that a second look takes for no match. What lies beyond the rows was counted by the
    expression alone, and counts."""
    if pattern.look is None:
        return answer
    rows = tuple(row for row in answer.rows if pattern.look(row.message))
    return Answer(answer.matched - len(answer.rows) + len(rows), rows)


def frequent_of(messages: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """The messages that come most often, as they may stand in an incident."""
    return tuple((sample(message), count) for message, count in frequent(messages))


def samples_of(troubles: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The newest line of each pattern first, then the next ones; each line once."""
    longest = max(map(len, troubles), default=0)
    lines = [each[n] for n in range(longest) for each in troubles if n < len(each)]
    return tuple(dict.fromkeys(map(sample, lines[: 4 * MOST_SAMPLES])))[:MOST_SAMPLES]
