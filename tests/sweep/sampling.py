"""The few cases that `make test` runs: of every kind of trouble one, and then whatever is drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tests.sweep.faults import Fault
from tests.sweep.places import Place
from tests.sweep.plan import cases
from tests.sweep.running import Case

Of = Callable[[Place, Fault], bool]

# Each kind has machinery of its own: the closer, keys of what was done, tokens, children, integrations, Lambda.
KINDS: Final[Mapping[str, Of]] = {
    "a stopped execution": lambda place, fault: fault.error is None,
    "an act whose answer is lost": lambda place, fault: fault.done and place.acts,
    "a callback": lambda place, fault: place.kind == "callback",
    "a child": lambda place, fault: place.kind == "child",
    "a direct integration": lambda place, fault: place.kind in ("topic", "table"),
    "a throttle by Lambda": lambda place, fault: fault.real,
}


def is_of(kind: str, case: Case) -> bool:
    return case.place is not None and case.fault is not None and KINDS[kind](case.place, case.fault)


def sample(found: Mapping[str, Mapping[str, Any]], seed: int, seconds: float) -> list[Case]:
    """Drawn with that seed, one of each kind and then others, until their scenarios would take so long with no
    fault. Raises ValueError where the time is too short for one of each."""
    drawing = random.Random(seed)
    able = [case for case in cases(found) if not case.scenario.last]
    able = drawing.sample(able, len(able))

    def cost(case: Case) -> float:
        return float(found[case.scenario.name]["seconds"])

    drawn: list[Case] = []
    left = seconds
    for kind in KINDS:
        if _has(kind, drawn):
            continue
        # Something must be left for the cheapest of each kind that comes later.
        later = [one for one in KINDS if one != kind and not _has(one, drawn)]
        kept = sum(min(cost(case) for case in able if is_of(one, case)) for one in later)
        taken = next((case for case in able if is_of(kind, case) and cost(case) <= left - kept), None)
        if taken is None:
            raise ValueError(f"{seconds:.0f} s are too short for {kind}")
        drawn.append(taken)
        left -= cost(taken)
    for case in able:
        if case not in drawn and cost(case) <= left:
            drawn.append(case)
            left -= cost(case)
    return drawn


def _has(kind: str, drawn: Sequence[Case]) -> bool:
    return any(is_of(kind, case) for case in drawn)
