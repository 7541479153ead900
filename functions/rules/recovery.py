"""Whether the strategies beat again since their remedy took effect, and whether they go on beating."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.facts import StrategyState
from functions.rules.heartbeats import Heartbeats, is_impossible


@dataclass(frozen=True, slots=True)
class RecoveryLook:
    """`recovered` and `missing` share out everything wanted. `again`: another look may still find them."""

    recovered: tuple[str, ...]
    missing: tuple[str, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class MonitorLook:
    """One look at every strategy of the service.

    `own` are the cured that fail: stale, gone from the table, or no longer trading. `others` are all else
    that is stale, with whatever stands under a status that nobody knows.
    """

    beating: int
    trading: int
    own: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def well(self) -> bool:
        return not self.own and not self.others


def judge_recovery(
    wanted: Mapping[str, datetime],
    states: Iterable[StrategyState],
    looks_left: int,
    *,
    now: datetime | None = None,
) -> RecoveryLook:
    """`wanted` maps a strategy to the moment its remedy took effect. Only a heartbeat *newer* than that moment
    counts: one that the old task wrote proves nothing. With `now`, one from the future proves nothing either.
    """
    beats = {state.strategy_id: state.last_heartbeat for state in states}
    recovered: list[str] = []
    missing: list[str] = []
    for strategy_id, effect_at in sorted(wanted.items()):
        heartbeat = beats.get(strategy_id)
        newer = heartbeat is not None and heartbeat > effect_at
        sane = heartbeat is not None and (now is None or not is_impossible(heartbeat, now=now))
        (recovered if newer and sane else missing).append(strategy_id)
    return RecoveryLook(tuple(recovered), tuple(missing), bool(missing) and looks_left > 0)


def judge_monitor_look(beats: Heartbeats, *, own: Collection[str]) -> MonitorLook:
    """`beats` of all strategies (no `only`), `own` the ids that this run cured."""
    beating = {state.strategy_id for state in beats.beating}
    stale = {state.strategy_id for state in (*beats.stale, *beats.stale_besides)}
    unknown = {state.strategy_id for state in beats.unknown_status}
    failing_own = set(own) - beating
    others = (stale | unknown) - set(own)
    trading = len(beating) + len(stale)
    return MonitorLook(len(beating), trading, tuple(sorted(failing_own)), tuple(sorted(others)))
