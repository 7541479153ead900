"""Whether one strategy may be stopped, and started again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from functions.facts import KillSwitchFact, StrategyState
from functions.rules.heartbeats import is_fresh
from functions.rules.kill_switch import why_not_restart


@dataclass(frozen=True, slots=True)
class MayRestart:
    """`status` is the strategy's present trading status, the one that it comes back to; "" where refused."""

    allowed: bool
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class MayStart:
    """`already`: it trades again by our own earlier try. `leave`: it is not ours to start."""

    action: Literal["start", "already", "leave"]
    reason: str


def may_restart(
    state: StrategyState | None,
    *,
    strategy_id: str,
    kill_switch: KillSwitchFact | None,
    now: datetime,
    stale_after_seconds: int,
    trading_statuses: Collection[str],
    expected_status: str | None = None,
) -> MayRestart:
    """Looked at right before the stop: what was stale when the run looked may beat again by now, and a
    healthy strategy is not interrupted. `expected_status` (None: any trading one) is what it had then."""
    refusal = why_not_restart(kill_switch, strategy_id) or _why_not(state, trading_statuses, expected_status)
    if refusal or state is None:
        return MayRestart(False, "", refusal or "it is no longer in the trading state table")
    if is_fresh(state.last_heartbeat, now=now, stale_after_seconds=stale_after_seconds):
        return MayRestart(False, "", "it beats again by itself")
    return MayRestart(True, state.status, f"it is {state.status} and stale")


def may_start(
    state: StrategyState | None,
    *,
    strategy_id: str,
    kill_switch: KillSwitchFact | None,
    incident_id: str,
    status: str,
) -> MayStart:
    """Still stopped, still ours, kill switch read and not engaged for it. `status` is its own prior one. The
    write itself holds the same conditions in one transaction; this says why it would not be tried."""
    if state is None:
        return MayStart("leave", "it is no longer in the trading state table")
    if state.status == status and state.stopped_by is None:
        return MayStart("already", f"it is {status} again")
    if state.status != "stopped" or state.stopped_by != incident_id:
        by = state.stopped_by or "somebody else"
        return MayStart("leave", f"it is {state.status} by {by}, so it is not ours to start")
    refusal = why_not_restart(kill_switch, strategy_id)
    return MayStart("leave", refusal) if refusal else MayStart("start", f"stopped by us, back to {status}")


def _why_not(
    state: StrategyState | None, trading_statuses: Collection[str], expected_status: str | None
) -> str | None:
    if state is None:
        return "it is no longer in the trading state table"
    if state.status not in trading_statuses:
        return f"it is {state.status} now, which does not trade"
    if expected_status is not None and state.status != expected_status:
        return f"it was {expected_status} and is {state.status} now: somebody else changed it"
    return None
