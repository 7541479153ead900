"""How those stand whom a halt has stopped, read anew by every task that brings them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from functions.errors import RunbookError
from functions.facts import KillSwitchFact, StrategyState
from functions.ports import Ports
from functions.resuming import Batch, ResumeOrder, Scope
from functions.rules.resume_meanwhile import stopped_again
from functions.rules.resume_scope import (
    MOST_HALTS,
    WARMUP,
    One,
    Records,
    by_strategy,
    mark_of,
    marks,
    stand,
    stands_in,
    surely,
)
from functions.runtime import logger
from functions.settings import Meaning, Settings

NEEDS: Final = ("halts.records_of", "trading_state.all", "trading_state.get")
STOPPED_NEEDS: Final = ("guards.kill_switch",)
HALTS_NEEDS: Final = ("halts.records_of", "incidents.get")
# Marks that are asked whether they are a halt's, and strategies of one whose records may say so.
MOST_MARKS: Final = 50
MOST_PROBED: Final = 25
# What halts: a stop, and a resume that halts again.
HALTING: Final = ("emergency-stop", "resume-trading")


def halts_of(
    ports: Ports, switch: KillSwitchFact, states: Sequence[StrategyState], settings: Settings
) -> tuple[str, ...]:
    """The standing halt first, then those that left somebody behind. A restart too leaves a mark, and is none."""
    carried, sure = marks(states, managing_status(settings)), surely(switch)
    found = [one for one in sure if one in carried or (switch.engaged and one == switch.halt_id)]
    for mark in carried[:MOST_MARKS]:
        if len(found) > MOST_HALTS:
            break
        if mark not in found and _is_halt(ports, mark, [s.strategy_id for s in states if mark_of(s) == mark]):
            found.append(mark)
    return tuple(found)


def _is_halt(ports: Ports, mark: str, strategy_ids: Sequence[str]) -> bool:
    """It has recorded somebody; or, where it could not, its incident is one that halts."""
    if ports.halts.records_of(mark, strategy_ids[:MOST_PROBED]):
        return True
    try:
        return (ports.incidents.get(mark) or {}).get("runbook") in HALTING
    except RunbookError as error:
        logger.warning("nobody knows whether a mark is a halt's", mark=mark, cause=str(error))
        return False


def recorded(ports: Ports, halts: Sequence[str], states: Iterable[StrategyState], order: ResumeOrder) -> Records:
    """What the halt that each carries has recorded of it; of those who carry none, what the first has."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    missing = set(order.strategy_ids or ())
    for state in states:
        missing.discard(state.strategy_id)
        mark = mark_of(state)
        for halt_id in halts[:1] if mark not in halts else (mark,):
            asked[str(halt_id)].append(state.strategy_id)
    for halt_id in halts[:1]:
        asked[halt_id] += sorted(missing)
    return by_strategy((halt_id, ports.halts.records_of(halt_id, ids).values()) for halt_id, ids in asked.items())


def states_of(ports: Ports, order: ResumeOrder) -> Sequence[StrategyState]:
    """All, or those of the order alone."""
    if order.strategy_ids is None:
        return ports.trading_state.all()
    return [state for one in order.strategy_ids if (state := ports.trading_state.get(one)) is not None]


def ones_of(
    records: Records, states: Iterable[StrategyState], halts: Collection[str], settings: Settings
) -> tuple[One, ...]:
    """Everybody of whom is known what he was before a halt, by name."""
    now = {state.strategy_id: state for state in states}
    trading, managing = settings.trading_statuses, managing_status(settings)
    known = {*records, *(name for name, state in now.items() if stands_in(state, halts))}
    ones = (
        stand(name, records.get(name, {}), now.get(name), halts=halts, trading=trading, managing=managing)
        for name in sorted(known)
    )
    return tuple(one for one in ones if one is not None)


def sight(
    ports: Ports, settings: Settings, order: ResumeOrder, scope: Scope, batch: Batch | None = None
) -> tuple[One, ...]:
    """Everybody of this resume, or of this batch of it, as he stands now."""
    states = [state for state in states_of(ports, order) if batch is None or _within(state.strategy_id, batch)]
    ones = ones_of(recorded(ports, scope.halts, states, order), states, scope.halts, settings)
    return ones if batch is None else tuple(one for one in ones if _within(one.strategy_id, batch))


def _within(strategy_id: str, batch: Batch) -> bool:
    return batch.after < strategy_id <= batch.through


def managing_status(settings: Settings) -> str:
    return settings.status_that(Meaning.MANAGES_EXITS)


def first_status(settings: Settings, before: str, *, managing: bool) -> str:
    """What a strategy is written to first: through warmup, where the platform knows that word."""
    if managing:
        return managing_status(settings)
    return WARMUP if WARMUP in settings.trading_statuses else before


def meanwhile(switch: KillSwitchFact, order: ResumeOrder, scope: Scope, *, managing: bool) -> str | None:
    """Who stopped trading again; None: nobody."""
    return stopped_again(
        switch,
        strategy_ids=order.strategy_ids,
        halt_id=scope.halt_id,
        stops=scope.stops,
        managing=managing,
    )
