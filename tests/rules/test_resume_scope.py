"""Who comes back: only what a halt has recorded, by that halt's own mark."""

from __future__ import annotations

from typing import Any

import pytest

from functions.facts import KillSwitchFact, StoppedRecord, StrategyState
from functions.rules.resume_meanwhile import hash_of, stopped_again
from functions.rules.resume_scope import Stands, by_strategy, candidates, comes_back, left_out, stand
from tests.rules.facts import NOW, RELEASED, state

RECORD = StoppedRecord("a", "running", None, NOW)
RECORDS = by_strategy([("h2", [RECORD]), ("h1", [RECORD])])


def at(status: str, **more: Any) -> StrategyState:
    return state("a", status=status, **more)


@pytest.mark.parametrize(
    ("seen", "stands", "marks"),
    [
        (at("stopped", stopped_by="h1"), Stands.WAITING, ("h1",)),
        (at("stopped", stopped_by="h2"), Stands.WAITING, ("h2",)),
        (at("stopped", stopped_by="inc-x"), Stands.CHANGED, ()),
        (at("stopped"), Stands.CHANGED, ()),
        (at("paused"), Stands.MANAGING, ("h2", "h1")),
        (at("warmup"), Stands.BACK, ("h2", "h1")),
        (at("failed"), Stands.CHANGED, ()),
        (None, Stands.GONE, ()),
    ],
)
def test_a_recorded_strategy_stands_as_the_table_says(
    seen: StrategyState | None, stands: Stands, marks: tuple[str, ...]
) -> None:
    one = stand("a", RECORDS["a"], seen, trading={"running", "warmup"}, managing="paused")
    assert (one.stands, one.marks, one.before) == (stands, marks, "running")
    assert comes_back(one, managing=True) is (stands is Stands.WAITING)
    assert comes_back(one, managing=False) is (stands in (Stands.WAITING, Stands.MANAGING))


def test_whom_nobody_recorded_is_left_out_by_name() -> None:
    states = [state("b", status="stopped"), at("stopped", stopped_by="h1"), state("c")]
    assert left_out(states, RECORDS, None) == ("b",)
    assert left_out(states, RECORDS, ["c"]) == ()


def test_the_standing_halt_is_looked_at_first_and_then_the_marks_that_stand() -> None:
    switch = KillSwitchFact(engaged=True, halt_id="h3")
    states = [state(n, status="stopped", stopped_by=m) for n, m in (("a", "h1"), ("b", "h2"), ("c", "h2"))]
    assert candidates(switch, states) == ("h3", "h2", "h1")
    assert candidates(RELEASED, states) == ("h2", "h1")


STANDS = KillSwitchFact(
    engaged=True, halt_id="h1", stops=("x",), manage_only=True, engaged_by="ana", reason="drill"
)


@pytest.mark.parametrize(
    ("switch", "ids", "managing", "stopped"),
    [
        (RELEASED, None, False, False),
        (STANDS, None, False, True),
        (KillSwitchFact(engaged=True, released_ids=("a",)), ("a",), False, False),
        (KillSwitchFact(engaged=True, released_ids=("a",)), ("a", "b"), False, True),
        (KillSwitchFact(engaged=True, strategy_ids=("z",)), ("a",), False, False),
        (STANDS, None, True, False),
        (RELEASED, None, True, True),
        (KillSwitchFact(engaged=True, halt_id="h1", stops=("x", "y"), manage_only=True), None, True, True),
        (KillSwitchFact(engaged=True, halt_id="h1", stops=("x",)), None, True, True),
        (KillSwitchFact(engaged=True, halt_id="h2", stops=("x",), manage_only=True), None, True, True),
    ],
)
def test_sees_who_stopped_it_again(
    switch: KillSwitchFact, ids: tuple[str, ...] | None, managing: bool, stopped: bool
) -> None:
    why = stopped_again(switch, strategy_ids=ids, halt_id="h1", stops=hash_of(["x"]), managing=managing)
    assert (why is not None) is stopped


def test_the_hash_of_stops_knows_no_order() -> None:
    assert hash_of(["a", "b"]) == hash_of(["b", "a"]) != hash_of(["a"])
