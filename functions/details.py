"""Cuts long lists for the state and keeps them whole in S3 as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import AlarmFact, StrategyState
from functions.ports import Ports
from functions.rules.heartbeats import Heartbeats
from functions.runtime import logger


def with_venues(
    ports: Ports, states: Sequence[StrategyState], without_config: str | None
) -> tuple[StrategyState, ...]:
    """The same states with the exchange of each, from the strategy config; `without_config` where it names none."""
    if not states:
        return ()
    venues = ports.strategy_config.venues([state.strategy_id for state in states])
    return tuple(replace(state, venue=venues.get(state.strategy_id) or without_config) for state in states)


def keep_whole(ports: Ports, run: Run, name: str, rows: Sequence[Any]) -> str | None:
    """Keeps a list that is too long for the state: one JSON object a line. Returns its key; None where it cannot
    be stored (then what is cut is counted, and not listed anywhere)."""
    key = f"incidents/{run.incident_id}/{name}.jsonl"
    body = "\n".join(json.dumps(asdict(row), default=str, sort_keys=True) for row in rows)
    try:
        ports.reports.put(key, body + "\n", "application/jsonl")
    except RunbookError as error:
        logger.warning("details cannot be stored", key=key, cause=str(error))
        return None
    return key


def told(beats: Heartbeats, alarm: AlarmFact) -> str:
    """One sentence for the incident."""
    ids = ", ".join(state.strategy_id for state in beats.stale[:5])
    more = f" and {len(beats.stale) - 5} more" if len(beats.stale) > 5 else ""
    odd = [f"{state.strategy_id}: {state.status or 'none'}" for state in beats.unknown_status[:5]]
    unknown = f"; {len(beats.unknown_status)} with a status that nobody knows ({', '.join(odd)})" if odd else ""
    stale = f"{len(beats.stale)} stale ({ids}{more})" if beats.stale else "none stale"
    return f"{stale}, {len(beats.beating)} beating{unknown}; alarm {alarm.name} is {alarm.state or 'unreadable'}"
