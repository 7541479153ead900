"""Why one stale strategy does not beat, while the service runs (or cannot be read).

The order of the questions, and why:
1. A failing probe of the network, then of the database. They explain everything below them, and their
   remedy restarts nothing: a bot that cannot write its heartbeat may trade well, so nothing weaker may
   overrule them. The network comes first because without it the database does not answer either.
2. Memory: an end by memory within the window is hard evidence for the whole process.
3. The venue: a refusing probe (429, 418), then a failing one, then refusals in the log.
4. Troubles in the log alone - network, database, venue. A strategy that has fallen silent while the probe
   answers is past such trouble: it froze, and its old lines no longer count.
5. A task that has only just started: ECS replaced a dead one by itself, and its first heartbeat is not due
   yet. A redeploy would only make it later.
6. Silence of a running service: deadlock.
7. Else unknown, which is an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from functions.facts import ProbeFact, Reading, ServiceFact, StrategyState
from functions.rules import log_patterns
from functions.rules.log_reading import hits, is_silent
from functions.rules.plan import Cause
from functions.rules.rate_limits import RateLimits, is_refusing
from functions.rules.service_state import Doing, out_of_memory_tasks, started_lately
from functions.rules.situation import Policy, Situation


@dataclass(frozen=True, slots=True)
class Finding:
    """`venue` only where the cause is one of a venue."""

    state: StrategyState
    cause: Cause
    why: str
    venue: str | None = None


def find_cause(
    state: StrategyState,
    situation: Situation,
    *,
    doing: Doing,
    limits: RateLimits,
    policy: Policy,
    now: datetime,
) -> Finding:
    """The first cause of the order above that the facts support."""
    if failed(situation.network):
        return Finding(state, Cause.NETWORK_UNREACHABLE, "the network probe fails")
    if failed(situation.database):
        return Finding(state, Cause.DATABASE_UNREACHABLE, "the database probe fails")
    if memory_ran_out(situation, state, policy=policy, now=now):
        return Finding(state, Cause.MEMORY_EXHAUSTED, "a task or the log reports an end by memory")
    probe = situation.exchange.get(state.venue) if state.venue is not None else None
    if is_refusing(probe):
        return Finding(state, Cause.RATE_LIMITED, "the venue refuses the probe too", state.venue)
    if failed(probe):
        return Finding(state, Cause.EXCHANGE_DOWN, "the probe of the venue fails", state.venue)
    if state.venue in limits.venues or hits(situation.logs, log_patterns.RATE_LIMITED.name, state.strategy_id):
        return Finding(state, Cause.RATE_LIMITED, "the log holds refusals by rate limit", state.venue)
    silent = is_silent(situation.logs, state, now=now, silence_seconds=policy.deadlock_silence_seconds)
    found = _from_log(state, situation, probe, silent=silent is True)
    return found or _from_silence(state, doing, situation.service, silent=silent, now=now)


def memory_ran_out(situation: Situation, state: StrategyState | None, *, policy: Policy, now: datetime) -> bool:
    """`OutOfMemoryError` of a task since this strategy's last heartbeat, or in the log with its id. None: for
    the service as a whole."""
    service, logs, name = situation.service, situation.logs, log_patterns.OUT_OF_MEMORY.name
    beat = None if state is None else state.last_heartbeat
    window = policy.log_window_seconds
    if service and out_of_memory_tasks(service, now=now, window_seconds=window, last_beat=beat):
        return True
    if state is not None:
        return hits(logs, name, state.strategy_id)
    return logs is not None and (
        logs.counts.get(name, 0) > 0 or any(name in names for names in logs.by_strategy.values())
    )


def failed(probe: ProbeFact | None) -> bool:
    """Seen to fail. Not read is not failed, and not well either."""
    return probe is not None and probe.reading is Reading.FAILED


def _from_log(
    state: StrategyState, situation: Situation, venue: ProbeFact | None, *, silent: bool
) -> Finding | None:
    def told(probe: ProbeFact | None, *names: str) -> bool:
        answers = probe is not None and probe.reading is Reading.OK
        return not (silent and answers) and any(hits(situation.logs, n, state.strategy_id) for n in names)

    if told(situation.network, log_patterns.NETWORK.name):
        return Finding(state, Cause.NETWORK_UNREACHABLE, "the log holds network errors")
    if told(situation.database, log_patterns.DATABASE.name):
        return Finding(state, Cause.DATABASE_UNREACHABLE, "the log holds database errors")
    if told(venue, log_patterns.TIMEOUT.name, log_patterns.REFUSED.name):
        return Finding(state, Cause.EXCHANGE_DOWN, "the log holds timeouts or refusals", state.venue)
    return None


def _from_silence(
    state: StrategyState, doing: Doing, service: ServiceFact | None, *, silent: bool | None, now: datetime
) -> Finding:
    starting = started_lately(service, since=state.last_heartbeat, now=now) if doing is Doing.RUNNING else None
    if silent is not False and starting is not None:
        why = f"its task started {int((now - starting).total_seconds())} s ago and has had no time to beat"
        return Finding(state, Cause.DEPLOYMENT_IN_PROGRESS, why)
    if silent and doing is Doing.RUNNING:
        return Finding(state, Cause.DEADLOCK, "a task runs and the strategy writes no line")
    if silent is None:
        return Finding(state, Cause.UNKNOWN, "whether the strategy still writes lines is not known")
    why = "no known cause fits" if doing is Doing.RUNNING else "the service could not be read"
    return Finding(state, Cause.UNKNOWN, why)
