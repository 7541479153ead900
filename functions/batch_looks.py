"""How a batch stands that was brought back, and whose signals were seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from functions import returning
from functions.errors import RunbookError
from functions.ports import Ports
from functions.resuming import Batch, Beats, ResumeOrder, Scope
from functions.rules.resume_look import Look, look_at, silent
from functions.rules.resume_scope import WARMUP
from functions.settings import Settings

# Strategies in one question to the log.
MOST_ASKED: Final = 200


def look_of(
    ports: Ports, settings: Settings, order: ResumeOrder, scope: Scope, batch: Batch, beats: Beats, managing: bool
) -> Look:
    """The batch as it stands now."""
    ones = returning.sight(ports, settings, order, scope, batch)
    first = returning.first_status(settings, WARMUP, managing=managing)
    return look_at(ones, since=beats.since, now=ports.clock.now(), first=first, managing=managing)


def signals_of(ports: Ports, look: Look, beats: Beats) -> tuple[tuple[str, ...], str | None]:
    """Who of those that beat was not seen to process a signal since, and why that could not be read."""
    ids = [one.strategy_id for one in look.well]
    seen: set[str] = set()
    try:
        for start in range(0, len(ids), MOST_ASKED):
            told = ports.logs.signals(beats.since - timedelta(seconds=1), ids[start : start + MOST_ASKED])
            seen |= {strategy_id for strategy_id, at in told.items() if at is not None}
    except RunbookError as error:
        return (), str(error)
    return silent(look.well, seen), None
