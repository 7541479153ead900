"""How those stand whom a halt has recorded, read anew by every task that brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from functions.facts import KillSwitchFact, StrategyState
from functions.ports import Ports
from functions.resuming import Batch, ResumeOrder, Scope
from functions.rules.resume_meanwhile import stopped_again
from functions.rules.resume_scope import WARMUP, One, Records, by_strategy, stand
from functions.settings import Meaning, Settings

NEEDS: Final = ("halts.records", "trading_state.all", "trading_state.get")
STOPPED_NEEDS: Final = ("guards.kill_switch",)


def recorded(ports: Ports, halts: Iterable[str]) -> Records:
    """What these halts have recorded; an incident that is no halt has recorded nothing."""
    return by_strategy((halt_id, ports.halts.records(halt_id)) for halt_id in halts)


def states_of(ports: Ports, order: ResumeOrder) -> Sequence[StrategyState]:
    """All, or those of the order alone."""
    if order.strategy_ids is None:
        return ports.trading_state.all()
    return [state for one in order.strategy_ids if (state := ports.trading_state.get(one)) is not None]


def ones_of(
    records: Records, states: Iterable[StrategyState], order: ResumeOrder, settings: Settings
) -> tuple[One, ...]:
    """Everybody who is recorded and asked about, by name."""
    now = {state.strategy_id: state for state in states}
    trading, managing = settings.trading_statuses, managing_status(settings)
    return tuple(
        stand(strategy_id, records[strategy_id], now.get(strategy_id), trading=trading, managing=managing)
        for strategy_id in sorted(records)
        if order.strategy_ids is None or strategy_id in order.strategy_ids
    )


def sight(ports: Ports, settings: Settings, order: ResumeOrder, scope: Scope) -> tuple[One, ...]:
    """Everybody of this resume as he stands now."""
    return ones_of(recorded(ports, scope.halts), states_of(ports, order), order, settings)


def stretch(ones: Iterable[One], batch: Batch) -> tuple[One, ...]:
    return tuple(one for one in ones if batch.after < one.strategy_id <= batch.through)


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
