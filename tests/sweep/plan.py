"""Which scenario each fault is tried in: the shortest one that walks its state with nothing mocked.

`walks.json` says what each scenario walked when `python -m tests.sweep --walks` last ran; a state that none walked
is a hole, by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.sweep.faults import FOR_EVER, Fault, faults_of
from tests.sweep.places import Place, places
from tests.sweep.running import Case
from tests.sweep.scenarios import BY_NAME, SCENARIOS, Scenario

WALKS: Final = Path(__file__).with_name("walks.json")

# Why no scenario walks them yet.
HOLES: Final[Mapping[str, str]] = {
    "close-position/RestoreAndGoOn": "reached only where a function died after it had taken the protection off; "
    "walked with mocked answers (tests/paths)",
}


def walks() -> dict[str, dict[str, Any]]:
    """By scenario: `seconds`, `outcome` (where it is known), and `walked`, a list of `machine/state`."""
    found: dict[str, dict[str, Any]] = json.loads(WALKS.read_text(encoding="utf-8"))
    return found


def written(found: Mapping[str, Mapping[str, Any]]) -> None:
    """States alone that a fault can strike; whole seconds, for a run never takes as long again."""
    sites = {str(place) for place in places()}
    kept = {
        name: {
            "seconds": round(one["seconds"]),
            "outcome": one["outcome"],
            "walked": sorted(sites & set(one["walked"])),
        }
        for name, one in sorted(found.items())
    }
    WALKS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def scenario_for(place: Place, found: Mapping[str, Mapping[str, Any]]) -> Scenario | None:
    """One that can be reset before one that cannot, then one that ends well with no fault (what ends badly anyway
    shows little), then one of the machine itself, then the shortest; None where none walks it."""
    able = [BY_NAME[name] for name, one in found.items() if name in BY_NAME and str(place) in one["walked"]]
    # A state that is broken on the way to another place cannot be tried in that scenario.
    able = [one for one in able if (place.machine, place.state) not in one.before]

    def cost(one: Scenario) -> tuple[bool, bool, bool, bool, int]:
        narrow, ends_well = one.refused or bool(one.before), found[one.name].get("outcome") == "resolved"
        return one.last, not ends_well, narrow, one.runbook != place.machine, int(found[one.name]["seconds"])

    return min(able, key=cost, default=None)


def holes(found: Mapping[str, Mapping[str, Any]]) -> list[Place]:
    return [place for place in places() if scenario_for(place, found) is None]


def cases(found: Mapping[str, Mapping[str, Any]]) -> list[Case]:
    """Every fault of every place that a scenario walks; those that no reset takes away come last."""
    made = [
        Case(scenario, place, fault)
        for place in places()
        if (scenario := scenario_for(place, found)) is not None
        for fault in faults_of(place)
    ]
    return sorted(made, key=lambda case: case.scenario.last)


def plain() -> list[Case]:
    """The scenarios as they are."""
    return [Case(one) for one in sorted(SCENARIOS, key=lambda one: one.last)]


def ordered(made: Sequence[Case]) -> list[Case]:
    """Acts first, and of each the worst faults: a sweep that is ended early has tried what can do harm."""

    def harm(case: Case) -> tuple[bool, bool, int]:
        if case.place is None or case.fault is None:
            return case.scenario.last, True, 0
        return case.scenario.last, not case.place.acts, worst_first(case.fault)

    return sorted(made, key=harm)


def worst_first(fault: Fault) -> int:
    """What was done and said otherwise, what was cut off, what stays away, and then the rest."""
    return 0 if fault.done else 1 if fault.error is None else 2 if fault.attempts == FOR_EVER else 3
