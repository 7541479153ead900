"""Who comes back: what a halt has recorded, against what stands in the trading state now.

A strategy comes back only by the mark of the halt that stopped it, and only if that halt has recorded what it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from functions.facts import KillSwitchFact, StoppedRecord, StrategyState

STOPPED: Final = "stopped"
WARMUP: Final = "warmup"
# Earlier halts that left strategies behind; more of them are not gone back to in one run.
MOST_HALTS: Final = 5

# What halts have recorded: by strategy, then by halt.
Records = Mapping[str, Mapping[str, StoppedRecord]]


class Stands(StrEnum):
    """`waiting`: stopped by a halt. `managing`: it manages exits since. `back`: it trades. `changed`: something
    else became of it since. `gone`: the table holds it no more."""

    WAITING = "waiting"
    MANAGING = "managing"
    BACK = "back"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class One:
    """A recorded strategy as it stands. `marks`: the halts that may have stopped it, the likeliest first; `before`:
    the status that it had."""

    strategy_id: str
    stands: Stands
    marks: tuple[str, ...]
    before: str
    state: StrategyState | None


def by_strategy(records: Iterable[tuple[str, Sequence[StoppedRecord]]]) -> Records:
    """Of each halt its records, turned round; the order of the halts stays."""
    turned: dict[str, dict[str, StoppedRecord]] = {}
    for halt_id, listed in records:
        for record in listed:
            turned.setdefault(record.strategy_id, {})[halt_id] = record
    return turned


def stand(
    strategy_id: str,
    records: Mapping[str, StoppedRecord],
    state: StrategyState | None,
    *,
    trading: Collection[str],
    managing: str,
) -> One:
    """`records` of this one strategy by halt, not empty; `managing` is the status of one that manages exits."""
    halts = tuple(records)
    mark = state.stopped_by if state is not None and state.status == STOPPED else None
    if mark is not None and mark in records:
        return One(strategy_id, Stands.WAITING, (mark,), records[mark].status, state)
    first = records[halts[0]]
    if state is None:
        return One(strategy_id, Stands.GONE, (), first.status, None)
    if state.status == managing:
        # Paused by whom? Only who was brought back as such comes back to trading; a person's pause stands.
        by = state.started_by if state.started_as == state.status else None
        if by is None or by not in records:
            return One(strategy_id, Stands.CHANGED, (), first.status, state)
        return One(strategy_id, Stands.MANAGING, (by,), records[by].status, state)
    if state.status in trading:
        return One(strategy_id, Stands.BACK, halts, first.status, state)
    return One(strategy_id, Stands.CHANGED, (), first.status, state)


def comes_back(one: One, *, managing: bool) -> bool:
    """Whether there is something to do for it. One that manages exits comes back to trading, not to managing."""
    return one.stands is Stands.WAITING or (one.stands is Stands.MANAGING and not managing)


def candidates(switch: KillSwitchFact, states: Iterable[StrategyState]) -> tuple[str, ...]:
    """Whose records are to be read: the halt that stands, and the marks of those who are stopped, the most frequent
    first. Not every mark is a halt's; one without records is none."""
    marks = Counter(state.stopped_by for state in states if state.status == STOPPED and state.stopped_by)
    known = [mark for mark, _ in marks.most_common(MOST_HALTS)]
    standing = [switch.halt_id] if switch.engaged and switch.halt_id else []
    return tuple(dict.fromkeys([*standing, *known]))[: MOST_HALTS + 1]


def left_out(
    states: Iterable[StrategyState], records: Records, order_ids: Collection[str] | None
) -> tuple[str, ...]:
    """Stopped, asked about, and not to be brought back: nobody recorded what they were, or somebody else stopped
    them. Sorted."""
    return tuple(
        sorted(
            state.strategy_id
            for state in states
            if state.status == STOPPED
            and (order_ids is None or state.strategy_id in order_ids)
            and state.stopped_by not in records.get(state.strategy_id, {})
        )
    )
