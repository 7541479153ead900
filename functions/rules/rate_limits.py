"""On which addresses a venue is counting and refusing us: nothing is restarted there.

Every strategy of the service leaves by the same address, so an address is told apart by its venue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import LogFact, ProbeFact
from functions.rules.log_patterns import RATE_LIMITED
from functions.rules.situation import Situation

REFUSING: Final = frozenset({418, 429})

# Binance counts request weight by the minute; without a Retry-After this is the shortest honest pause.
SHORTEST_PAUSE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class RateLimits:
    """`venues` refuse us. `somewhere`: a refusal whose venue nobody can tell, so it may be any."""

    venues: frozenset[str]
    somewhere: bool
    retry_after_seconds: int | None

    @property
    def any(self) -> bool:
        return self.somewhere or bool(self.venues)

    @property
    def told(self) -> str:
        return "not told" if self.retry_after_seconds is None else f"{self.retry_after_seconds} s"

    def possible_on(self, venue: str | None) -> bool:
        """It cannot be ruled out: a strategy without a known venue may be on any address."""
        return self.somewhere or venue in self.venues or (venue is None and self.any)


def rate_limits(situation: Situation, *, now: datetime, nothing_runs: bool) -> RateLimits:
    """From probes and logs. While nothing runs, no request can have followed the log's last line: what the
    log says is over once that line is older than the Retry-After (at least a minute)."""
    refusing = {venue: probe for venue, probe in situation.exchange.items() if is_refusing(probe)}
    venues = set(refusing)
    waits = [probe.retry_after_seconds for probe in refusing.values()]
    somewhere = False
    logs = situation.logs
    if logs is not None and not (nothing_runs and _is_over(logs, now=now)):
        homes = _homes(situation, logs)
        venues |= {venue for venue in homes if venue is not None}
        somewhere = None in homes
        waits += [logs.retry_after_seconds] if homes else []
    return RateLimits(frozenset(venues), somewhere, max((w for w in waits if w is not None), default=None))


def is_refusing(probe: ProbeFact | None) -> bool:
    return probe is not None and probe.http_status in REFUSING


def _homes(situation: Situation, logs: LogFact) -> set[str | None]:
    """The venues of the log's refusals; None among them where one's venue is not known."""
    home = {state.strategy_id: state.venue for state in situation.stale}
    named = [s for s, names in logs.by_strategy.items() if RATE_LIMITED.name in names]
    if named:
        return {home.get(strategy_id) for strategy_id in named}
    return {None} if logs.counts.get(RATE_LIMITED.name, 0) > 0 else set()


def _is_over(logs: LogFact, *, now: datetime) -> bool:
    pause = max(logs.retry_after_seconds or 0, SHORTEST_PAUSE_SECONDS)
    return logs.last_line_at is None or logs.last_line_at + timedelta(seconds=pause) <= now
