"""Who comes back: only what a halt has recorded, by that halt's own mark."""

from __future__ import annotations

from typing import Any

import pytest

from functions.facts import KillSwitchFact, StoppedRecord, StrategyState
from functions.rules.resume_meanwhile import hash_of, stopped_again
from functions.rules.resume_scope import (
    One,
    Stands,
    by_strategy,
    comes_back,
    forgotten,
    left_out,
    marks,
    stand,
    surely,
)
from tests.rules.facts import NOW, RELEASED, state

RECORD = StoppedRecord("a", "running", None, NOW)
RECORDS = by_strategy([("h2", [RECORD]), ("h1", [RECORD])])


def at(status: str, **more: Any) -> StrategyState:
    return state("a", status=status, **more)


def stood(seen: StrategyState | None, records: Any = None) -> One | None:
    records = RECORDS["a"] if records is None else records
    return stand("a", records, seen, halts=("h2", "h1"), trading={"running", "warmup"}, managing="paused")


@pytest.mark.parametrize(
    ("seen", "stands", "mark"),
    [
        (at("stopped", stopped_by="h1"), Stands.WAITING, ("h1",)),
        (at("stopped", stopped_by="h2"), Stands.WAITING, ("h2",)),
        (at("stopped", stopped_by="inc-x"), Stands.CHANGED, ()),
        (at("stopped"), Stands.CHANGED, ()),
        (at("stopped", started_by="h1", started_as="running"), Stands.CHANGED, ()),
        (at("paused", started_by="h1", started_as="paused"), Stands.MANAGING, ("h1",)),
        (at("paused", started_by="h1", started_as="running"), Stands.CHANGED, ("h1",)),
        (at("paused", started_by="h1"), Stands.CHANGED, ("h1",)),
        (at("paused", started_by="inc-x", started_as="paused"), Stands.CHANGED, ()),
        (at("paused"), Stands.CHANGED, ()),
        (at("warmup", started_by="h1", started_as="warmup"), Stands.BACK, ("h1",)),
        (at("running", started_by="h1", started_as="warmup"), Stands.BACK, ("h1",)),
        (at("warmup", started_by="dora"), Stands.BACK, ()),
        (at("warmup"), Stands.BACK, ()),
        (at("failed"), Stands.CHANGED, ()),
        (None, Stands.GONE, ()),
    ],
)
def test_a_recorded_strategy_stands_as_the_table_says(
    seen: StrategyState | None, stands: Stands, mark: tuple[str, ...]
) -> None:
    """Who was paused by a person, and not by a resume for its exits alone, stays paused."""
    one = stood(seen)
    assert one is not None
    assert (one.stands, one.marks, one.before, one.on_record) == (stands, mark, "running", True)
    assert comes_back(one, managing=True) is (stands is Stands.WAITING)
    assert comes_back(one, managing=False) is (stands in (Stands.WAITING, Stands.MANAGING))


def test_what_the_stop_left_on_it_stands_in_for_a_missing_record() -> None:
    one = stood(at("stopped", stopped_by="h1", status_before="running"), {})
    assert one is not None
    assert (one.stands, one.marks, one.before, one.on_record) == (Stands.WAITING, ("h1",), "running", False)
    recorded = stood(at("stopped", stopped_by="h1", status_before="warmup"))
    assert recorded is not None
    assert (recorded.before, recorded.on_record) == ("running", True)


@pytest.mark.parametrize(
    "seen",
    [
        at("stopped", stopped_by="inc-restart", status_before="running"),
        at("stopped", stopped_by="h1"),
        at("stopped", stopped_by="h1", status_before=""),
        at("running", stopped_by="h1", status_before="running"),
        None,
    ],
)
def test_nobody_comes_back_of_whom_nobody_knows_what_he_was(seen: StrategyState | None) -> None:
    assert stood(seen, {}) is None


def test_whom_nobody_recorded_is_left_out_by_name_and_forgotten_where_a_halt_stopped_it() -> None:
    states = [
        state("c", status="stopped", stopped_by="h1"),
        state("b", status="stopped", stopped_by="dora"),
        state("e", status="stopped", stopped_by="h1", status_before="running"),
        at("stopped", stopped_by="h1"),
        state("d"),
    ]
    out = left_out(states, RECORDS, ("h1",), None)
    assert [one.strategy_id for one in out] == ["b", "c"]
    assert forgotten(out, ("h1",)) == ("c",)
    assert left_out(states, RECORDS, ("h1",), ["d"]) == ()


def test_the_marks_of_those_who_are_left_are_looked_at_the_most_frequent_first() -> None:
    left = [state(n, status="stopped", stopped_by=m) for n, m in (("a", "h1"), ("b", "h2"), ("c", "h2"))]
    exits = [state(n, status="paused", started_by="h3", started_as="paused") for n in ("d", "e", "f")]
    others = [state("g", started_by="h4"), state("i", status="paused", started_by="h5", started_as="running")]
    assert marks([*left, *exits, *others, state("h", status="stopped")], "paused") == ("h3", "h2", "h1")


def test_the_halt_that_stands_and_the_one_that_was_released_last_are_halts_for_sure() -> None:
    assert surely(KillSwitchFact(engaged=True, halt_id="h3", last_halt_id="h2")) == ("h3", "h2")
    assert surely(KillSwitchFact(engaged=False, last_halt_id="h2")) == ("h2",)
    assert surely(RELEASED) == ()


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
