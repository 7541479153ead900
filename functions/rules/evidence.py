"""The facts behind a group, as an incident keeps them: what, where, value, when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from functions.facts import (
    AlarmFact,
    Evidence,
    ExposureFact,
    KillSwitchFact,
    LogFact,
    ProbeFact,
    StrategyState,
)
from functions.rules import kill_switch
from functions.rules.reporting.redact import clean
from functions.rules.service_state import ServiceState
from functions.rules.situation import Situation

MOST_HEARTBEATS: Final = 5


def evidence_for(
    states: Sequence[StrategyState],
    venue: str | None,
    situation: Situation,
    service: ServiceState,
    now: datetime,
) -> tuple[Evidence, ...]:
    """Everything that was looked at, the unreadable included: what did not decide may still matter to whoever
    reads it at night."""
    return (
        *_heartbeats(states, now),
        _service(situation, service, now),
        _logs(situation.logs, now),
        *_venues(situation.exchange, venue, now),
        _probe("database", situation.database, now),
        _probe("network", situation.network, now),
        _exposure(situation.exposure, now),
        _kill_switch(situation.kill_switch, now),
        *_samples(situation.logs),
    )


def alarm_evidence(alarm: AlarmFact, now: datetime) -> Evidence:
    state = alarm.state or "unreadable"
    told = f"{state}: {alarm.reason}" if alarm.reason else state
    return Evidence("alarm", alarm.name, f"{told}; missing data: {alarm.treat_missing_data or 'unknown'}", now)


def _heartbeats(states: Sequence[StrategyState], now: datetime) -> Iterator[Evidence]:
    for state in states[:MOST_HEARTBEATS]:
        yield heartbeat_evidence(state, now)
    if len(states) > MOST_HEARTBEATS:
        yield Evidence("heartbeats", "trading state", f"{len(states) - MOST_HEARTBEATS} more are stale", now)


def heartbeat_evidence(state: StrategyState, now: datetime) -> Evidence:
    """How old it is; a report's timeline reads it (functions/rules/reporting/beat_lanes.py)."""
    return Evidence("heartbeat", state.strategy_id, _age(state, now), now)


def _age(state: StrategyState, now: datetime) -> str:
    if state.last_heartbeat is None:
        return f"unreadable: {state.heartbeat_text!r}" if state.heartbeat_text else "missing"
    return f"{int((now - state.last_heartbeat).total_seconds())} s old, status {state.status}"


def _service(situation: Situation, state: ServiceState, now: datetime) -> Evidence:
    service = situation.service
    if service is None:
        return Evidence("service", "ECS", state.why, now)
    # The last ends first: ECS lists stopped tasks for an hour, in no order.
    stopped = [t for t in service.tasks if t.last_status == "STOPPED"]
    stopped.sort(key=lambda t: t.stopped_at or now, reverse=True)
    reasons = [f"{t.stopped_reason or t.container_reason} (exit {t.exit_code})" for t in stopped[:2]]
    told = f"; stopped: {'; '.join(reasons)}" if reasons else ""
    return Evidence("service", service.service, f"{state.why}{told}", now)


def _logs(logs: LogFact | None, now: datetime) -> Evidence:
    if logs is None:
        return Evidence("log", "service log", "could not be read", now)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(logs.counts.items()) if count) or "no pattern"
    last = f"last line {logs.last_line_at:%H:%M:%S} UTC" if logs.last_line_at else "no line in the window"
    return Evidence("log", "service log", f"{counts}; {last}", logs.window_end)


def _samples(logs: LogFact | None) -> Iterator[Evidence]:
    """Lines as they stand in the log, the newest of each pattern first: a traceback tells more than its count."""
    if logs is not None:
        yield from (Evidence("log line", "service log", clean(line), logs.window_end) for line in logs.samples)


def _venues(probes: dict[str, ProbeFact], venue: str | None, now: datetime) -> Iterator[Evidence]:
    wanted = sorted(probes) if venue is None else [venue]
    for name in wanted:
        yield _probe(f"venue {name}", probes.get(name), now)


def _probe(what: str, probe: ProbeFact | None, now: datetime) -> Evidence:
    if probe is None:
        return Evidence(what, "not probed", "unknown", now)
    return Evidence(what, probe.target, f"{probe.reading}: {probe.detail} ({probe.where})", probe.at)


def _exposure(exposure: ExposureFact | None, now: datetime) -> Evidence:
    if exposure is None or exposure.unreadable:
        why = "; ".join(exposure.unreadable) if exposure else "not read"
        return Evidence("exposure", "positions and orders", f"unknown: {why}", now)
    protective = sum(order.protective for order in exposure.orders)
    told = (
        f"{len(exposure.positions)} open positions, {len(exposure.orders)} working orders "
        f"({protective} protective), {len(exposure.exits_in_flight)} exits in flight"
    )
    return Evidence("exposure", "positions and orders", told, now)


def _kill_switch(switch: KillSwitchFact | None, now: datetime) -> Evidence:
    if switch is None:
        return Evidence("kill switch", "guards", "could not be read", now)
    return Evidence("kill switch", "guards", kill_switch.told(switch) if switch.engaged else "released", now)
