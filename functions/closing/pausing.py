"""Holds the strategy's entries while its position is closed, and lets them go afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from functions.closing import calls
from functions.closing.job import CloseJob, Look, Paused, Restored, Resumed, Watched
from functions.errors import Refused, RunbookError
from functions.ports import Ports
from functions.position_settings import CLOSE_WITHIN
from functions.rules.closing.entries import why_stay_paused
from functions.rules.closing.rounds import open_one
from functions.settings import Meaning, Settings

PAUSE_NEEDS: Final = (*calls.NEEDS, "closes.begin", "trading_state.get", "trading_state.pause")
RESUME_NEEDS: Final = (*calls.NEEDS, "closes.attempts", "closes.over", "trading_state.get", "trading_state.unpause")


def pause(ports: Ports, settings: Settings, job: CloseJob) -> Paused:
    """Only a strategy that trades is paused: one that takes no entries stays as it is, and is not ours to bring
    back."""
    told = [] if _mark(ports, job) else ["another close of this strategy is in progress"]
    state = ports.trading_state.get(job.strategy_id)
    if state is None:
        return Paused(status=None, ours=False, told="; ".join([*told, "it is not in the trading state table"]))
    if state.status not in settings.trading_statuses:
        return Paused(status=state.status, ours=False, told="; ".join([*told, f"{state.status}: takes no entries"]))
    word = settings.status_that(Meaning.MANAGES_EXITS)

    def do() -> str:
        if not ports.trading_state.pause(
            job.strategy_id, expected_status=state.status, status=word, paused_by=job.incident_id
        ):
            raise Refused(f"{job.strategy_id} is no longer {state.status}: somebody else changed it")
        return word

    act = f"pause/{job.strategy_id}/{job.approval_id}"
    calls.call(ports, job, act, "pause the strategy's entries", job.strategy_id, f"status {state.status}", do)
    return Paused(status=state.status, ours=True, told="; ".join([*told, word]))


def _mark(ports: Ports, job: CloseJob) -> bool:
    until = ports.clock.now() + timedelta(seconds=CLOSE_WITHIN)
    try:
        return ports.closes.begin(job.strategy_id, job.incident_id, until=until)
    except RunbookError:
        # It keeps others from starting the strategy meanwhile; without it the close is as safe.
        return True


def resume(
    ports: Ports,
    settings: Settings,
    job: CloseJob,
    look: Look | None,
    watched: Watched | None,
    restored: Restored | None,
) -> Resumed:
    """Back to what it was, where nothing speaks against it. Says how the entries stand, whoever paused them."""
    stands = ports.trading_state.get(job.strategy_id)
    if stands is None:
        ports.closes.over(job.strategy_id, job.incident_id)
        return Resumed(entries="not in the trading state table")
    word = settings.status_that(Meaning.MANAGES_EXITS)
    waiting = open_one(ports.closes.attempts(job.position_id, job.incident_id)) is not None
    if waiting:
        # The mark stays as well, until it is over by itself.
        return Resumed(entries=f"{stands.status}: an order may still be on its way")
    ports.closes.over(job.strategy_id, job.incident_id)
    if stands.status != word:
        return Resumed(entries=stands.status)
    why = why_stay_paused(look, watched, restored)
    if why:
        return Resumed(entries=f"{word}: {why}")

    def do() -> str:
        if not ports.trading_state.unpause(job.strategy_id, paused_by=job.incident_id, paused=word):
            raise Refused("it was paused by somebody else, or the kill switch is engaged for it")
        return "as before"

    act = f"unpause/{job.strategy_id}/{job.approval_id}"
    try:
        calls.call(ports, job, act, "resume the strategy's entries", job.strategy_id, f"status {word}", do)
    except Refused as refusal:
        return Resumed(entries=f"{word}: {refusal}")
    state = ports.trading_state.get(job.strategy_id)
    return Resumed(entries=state.status if state else "not known")
