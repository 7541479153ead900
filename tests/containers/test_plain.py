"""What both engines run takes the same paths as what is deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.containers.plain import inside, plain
from tests.definitions import machines

# How long something takes, and what is the default anyway.
TIMES = {"IntervalSeconds", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Seconds", "MaxConcurrency"}


def states(machine: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for state in machine["States"].values():
        yield state
        for one in inside(state):
            yield from states(one)


def without_times(value: Any) -> Any:
    if isinstance(value, list):
        return [without_times(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: without_times(one)
        for name, one in value.items()
        if name not in TIMES and (name, one) != ("ProcessorConfig", {"Mode": "INLINE"})
    }


@pytest.mark.parametrize("machine", [one.machine for one in machines()], ids=[one.name for one in machines()])
def test_nothing_but_times_and_turns_is_changed(machine: Mapping[str, Any]) -> None:
    before = without_times(machine)
    changed = plain(machine)
    assert without_times(changed) == before
    assert without_times(machine) == before, "the definition itself must stay as it is"
    for state in states(changed):
        assert state.get("Seconds", 1) == 1
        assert state["Type"] != "Map" or state["MaxConcurrency"] == 1
        for retrier in state.get("Retry", ()):
            assert retrier["IntervalSeconds"] == retrier["BackoffRate"] == 1
            assert not {"JitterStrategy", "MaxDelaySeconds"} & set(retrier)


def test_a_distributed_map_keeps_what_makes_it_one() -> None:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "One", "States": {"One": {"Type": "Pass"}}}
    found = plain({"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemProcessor": processor}}})
    assert found["States"]["Each"]["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED"}
