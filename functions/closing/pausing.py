"""Holds the strategy's entries while its position is closed, and lets them go afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from functions.closing import calls
from functions.closing.job import CloseJob, Look, Paused, Restored, Resumed, Watched
from functions.errors import Refused, RunbookError
from functions.ports import Ports
from functions.rules.closing.away import LONGEST_WAIT
from functions.rules.closing.entries import why_stay_paused
from functions.rules.closing.rounds import open_one
from functions.rules.left_behind import PAUSE, RESUME
from functions.settings import Meaning, Settings

PAUSE_NEEDS: Final = (*calls.NEEDS, "closes.begin", "trading_state.get", "trading_state.pause")
RESUME_NEEDS: Final = (
    *calls.NEEDS,
    "closes.attempts",
    "closes.over",
    "trading_state.get",
    "trading_state.hand_over",
    "trading_state.unpause",
)
# Longer than a close takes whose venue answers; prolonged by every look while it is waited for one, and longer than
# the longest wait between two of them with all tries of the look after it.
MARKED: Final = timedelta(seconds=LONGEST_WAIT, minutes=15)
# Another close may begin or end between any two of our calls.
ROUNDS: Final = 3


def pause(ports: Ports, settings: Settings, job: CloseJob) -> Paused:
    """Only a strategy that trades is paused: one that takes no entries stays as it is. Where another close has
    paused it, the last of them to end brings it back."""
    told = [] if mark(ports, job) else ["another close of this strategy is in progress"]
    state = ports.trading_state.get(job.strategy_id)
    if state is None:
        return Paused(status=None, ours=False, told="; ".join([*told, "it is not in the trading state table"]))
    word = settings.status_that(Meaning.MANAGES_EXITS)
    trades = state.status in settings.trading_statuses
    if not trades and not (told and state.status == word and state.paused_by not in (None, job.incident_id)):
        return Paused(status=state.status, ours=False, told="; ".join([*told, f"{state.status}: takes no entries"]))

    def do() -> str:
        if not trades:
            # The pause may be handed to this close: it is this incident's matter, too.
            return f"{word} already, by {state.paused_by}"
        if not ports.trading_state.pause(
            job.strategy_id, expected_status=state.status, status=word, paused_by=job.incident_id
        ):
            raise Refused(f"{job.strategy_id} is no longer {state.status}: somebody else changed it")
        return word

    act = f"pause/{job.strategy_id}/{job.approval_id}"
    after = calls.call(ports, job, act, PAUSE, job.strategy_id, f"status {state.status}", do)
    return Paused(status=state.status, ours=trades, told="; ".join([*told, after]))


def mark(ports: Ports, job: CloseJob) -> bool:
    """That a close is in progress, from now on for `MARKED`. False: so is another."""
    until = ports.clock.now() + MARKED
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
    """Back to what it was, where nothing speaks against it. Says how the entries stand, whoever paused them, and
    whether nobody but a person ends a pause of this incident's."""
    stands = ports.trading_state.get(job.strategy_id)
    if stands is None:
        ports.closes.over(job.strategy_id, job.incident_id)
        return Resumed(entries="not in the trading state table", pause_stands=False)
    word = settings.status_that(Meaning.MANAGES_EXITS)
    ours = stands.status == word and stands.paused_by == job.incident_id
    waiting = open_one(ports.closes.attempts(job.position_id, job.incident_id)) is not None
    if waiting:
        # The mark stays as well, until it is over by itself.
        return Resumed(entries=f"{stands.status}: an order may still be on its way", pause_stands=ours)
    ports.closes.over(job.strategy_id, job.incident_id)
    if stands.status != word:
        return Resumed(entries=stands.status, pause_stands=False)
    why = why_stay_paused(look, watched, restored)
    if why:
        return Resumed(entries=f"{word}: {why}", pause_stands=ours)

    def do() -> str:
        return _let_go(ports, job, word)

    act = f"unpause/{job.strategy_id}/{job.approval_id}"
    try:
        entries = calls.call(ports, job, act, RESUME, job.strategy_id, f"status {stands.status}", do)
    except Refused as refusal:
        return Resumed(entries=f"{word}: {refusal}", pause_stands=_ours(ports, job, word))
    return Resumed(entries=entries, pause_stands=False)


def _let_go(ports: Ports, job: CloseJob, word: str) -> str:
    """How the entries stand where this incident's pause stands no more; `Refused` where it does, or a person's."""
    for _ in range(ROUNDS):
        state = ports.trading_state.get(job.strategy_id)
        if state is None or state.status != word:
            return state.status if state else "not in the trading state table"
        if state.paused_by is None:
            raise Refused("it was paused by somebody else")
        if ports.trading_state.unpause(job.strategy_id, paused_by=job.incident_id, paused=word):
            continue
        to = ports.trading_state.hand_over(job.strategy_id, paused_by=job.incident_id, paused=word)
        if to is not None:
            return f"{word}: the close of incident {to} goes on, and ends the pause"
        if state.paused_by != job.incident_id:
            return f"{word} by incident {state.paused_by}"
    raise Refused("the kill switch is engaged for it, or somebody changes it all the time")


def _ours(ports: Ports, job: CloseJob, word: str) -> bool | None:
    """Whether the pause of this incident stands; None: not known."""
    try:
        state = ports.trading_state.get(job.strategy_id)
    except RunbookError:
        return None
    return state is not None and state.status == word and state.paused_by == job.incident_id
