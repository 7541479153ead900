"""Who comes back: what a halt has recorded, against what stands in the trading state now.

A strategy comes back only by the mark of the halt that stopped it, and only if it is known what it was: by the
halt's record, or, where that could not be written, by the status that the stop left on the strategy itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from functions.facts import KillSwitchFact, StoppedRecord, StrategyState

STOPPED: Final = "stopped"
WARMUP: Final = "warmup"
# Earlier halts that left strategies behind; more of them are not gone back to in one run.
MOST_HALTS: Final = 5

# What strategies were before: by strategy, then by halt.
Records = Mapping[str, Mapping[str, str]]


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
    """A recorded strategy as it stands. `marks`: the halt that it carries, empty where it carries none of these;
    `before`: the status that it had. `on_record`: the halt's record says so, not the strategy alone."""

    strategy_id: str
    stands: Stands
    marks: tuple[str, ...]
    before: str
    state: StrategyState | None
    on_record: bool = True


def by_strategy(records: Iterable[tuple[str, Iterable[StoppedRecord]]]) -> Records:
    """Of each halt its records, turned round; the order of the halts stays."""
    turned: dict[str, dict[str, str]] = {}
    for halt_id, listed in records:
        for record in listed:
            turned.setdefault(record.strategy_id, {})[halt_id] = record.status
    return turned


def mark_of(state: StrategyState) -> str | None:
    """Who stopped it; where it is not stopped, who brought it back."""
    return state.stopped_by if state.status == STOPPED else state.started_by


def stands_in(state: StrategyState, halts: Collection[str]) -> bool:
    """What the stop left on it says what it was."""
    return state.status == STOPPED and state.stopped_by in halts and bool(state.status_before)


def stand(
    strategy_id: str,
    records: Mapping[str, str],
    state: StrategyState | None,
    *,
    halts: Collection[str],
    trading: Collection[str],
    managing: str,
) -> One | None:
    """`records` of this one strategy by halt; `managing` is the status of one that manages exits. None: it is not
    known what it was, or was no business of these halts."""
    if state is not None and stands_in(state, halts) and state.stopped_by not in records:
        mark, before = str(state.stopped_by), str(state.status_before)
        return One(strategy_id, Stands.WAITING, (mark,), before, state, on_record=False)
    if not records:
        return None
    mark_now = mark_of(state) if state is not None else None
    first = next(iter(records.values()))
    if state is None:
        return One(strategy_id, Stands.GONE, (), first, None)
    if mark_now is None or mark_now not in records:
        # Stopped, paused or started by somebody else: no business of ours, and left so.
        stands = Stands.BACK if state.status in trading else Stands.CHANGED
        return One(strategy_id, stands, (), first, state)
    one = One(strategy_id, Stands.CHANGED, (mark_now,), records[mark_now], state)
    if state.status == STOPPED:
        return _as(one, Stands.WAITING)
    if state.status in trading:
        return _as(one, Stands.BACK)
    # Paused by whom? Only who was brought back as such comes back to trading; a person's pause stands.
    return _as(one, Stands.MANAGING) if state.status == managing == state.started_as else one


def _as(one: One, stands: Stands) -> One:
    return One(one.strategy_id, stands, one.marks, one.before, one.state)


def comes_back(one: One, *, managing: bool) -> bool:
    """Whether there is something to do for it. One that manages exits comes back to trading, not to managing."""
    return one.stands is Stands.WAITING or (one.stands is Stands.MANAGING and not managing)


def surely(switch: KillSwitchFact) -> tuple[str, ...]:
    """The halt that stands, and the one that was released last."""
    standing = switch.halt_id if switch.engaged else None
    return tuple(dict.fromkeys(one for one in (standing, switch.last_halt_id) if one))


def marks(states: Iterable[StrategyState], managing: str) -> tuple[str, ...]:
    """What those carry who are stopped, or were brought back to manage their exits alone; the most frequent first.
    Not every mark is a halt's."""
    left = (
        mark_of(state)
        for state in states
        if state.status == STOPPED or (state.status == managing and state.started_as == managing)
    )
    return tuple(mark for mark, _ in Counter(filter(None, left)).most_common())


def left_out(
    states: Iterable[StrategyState], records: Records, halts: Collection[str], order_ids: Collection[str] | None
) -> tuple[StrategyState, ...]:
    """Stopped, asked about, and not to be brought back: nobody knows what they were, or somebody else stopped them.
    Sorted by name."""
    return tuple(
        sorted(
            (
                state
                for state in states
                if state.status == STOPPED
                and (order_ids is None or state.strategy_id in order_ids)
                and state.stopped_by not in records.get(state.strategy_id, {})
                and not stands_in(state, halts)
            ),
            key=lambda state: state.strategy_id,
        )
    )


def forgotten(out: Iterable[StrategyState], halts: Collection[str]) -> tuple[str, ...]:
    """Of those left out, whom one of these halts stopped: nobody knows what they were, so a person must."""
    return tuple(state.strategy_id for state in out if state.stopped_by in halts)
