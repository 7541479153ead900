"""How long it took from a trouble to the end of the run that its alarm started."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.soak.record import Begun, Soaked

# They looked, and somebody else was at work or nothing was there: the end of no trouble.
OTHERS = frozenset({"duplicate", "nothing_to_do", "dry_run", "delegated"})


@dataclass(frozen=True)
class Took:
    runbook: str
    seconds: float


def times(soaked: Soaked) -> Iterator[Took]:
    """Of each trouble that raises an alarm, by the first run of its runbook that began after it and was its own.
    Troubles before the same run share it."""
    outcomes = {str(one.get("execution_arn")): str(one.get("outcome")) for one in soaked.seen.incidents}
    for trouble in soaked.notes.struck:
        if trouble.runbook is None:
            continue
        mine = [
            one
            for arn, one in soaked.begun.items()
            if one.machine == trouble.runbook
            and one.started >= trouble.at
            and (trouble.ended is None or one.started <= trouble.ended)
            and (trouble.target is None or _about(one, trouble.target))
            and outcomes.get(arn) not in OTHERS
        ]
        first = min(mine, key=lambda one: one.started, default=None)
        if first is not None and first.stopped is not None:
            yield Took(trouble.runbook, (first.stopped - trouble.at).total_seconds())


def _about(one: Begun, target: str) -> bool:
    """A run for one position is that position's; one that names none looks at all."""
    named = one.input.get("position_id")
    return named is None or named == target


def quantile(values: Sequence[float]) -> Callable[[float], float]:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(values)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]

    return at
