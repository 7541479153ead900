"""How those stand whom a halt has stopped, read anew by every task that brings them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from functions.facts import KillSwitchFact, StrategyState
from functions.ports import Ports
from functions.resuming import Batch, ResumeOrder, Scope
from functions.rules.resume_meanwhile import stopped_again
from functions.rules.resume_scope import (
    WARMUP,
    One,
    Records,
    by_strategy,
    mark_of,
    stand,
    stands_in,
)
from functions.settings import Meaning, Settings

NEEDS: Final = ("halts.records_of", "trading_state.all", "trading_state.get")
STOPPED_NEEDS: Final = ("guards.kill_switch",)


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
