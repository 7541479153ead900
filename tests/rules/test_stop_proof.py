"""When a strategy is proven stopped, and when nobody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.facts import Result, StoppedRecord, StrategyState
from functions.rules.stop_proof import Frame, gone, judge
from tests.rules.facts import NOW, ago, state

MARK = "inc-1"


def frame(**more: Any) -> Frame:
    """A full stop that began 60 s ago; its service has run no task for 20 s, and nobody has beaten for 15 s."""
    given: dict[str, Any] = {
        "now": NOW,
        "since": ago(60),
        "mark": MARK,
        "everything": True,
        "trading": {"running", "warmup"},
        "manages": {"paused"},
        "known": {"running", "warmup", "paused", "stopped", "failed", "terminated"},
        "stale_after": timedelta(seconds=120),
        "settles": timedelta(seconds=60),
        "slack": timedelta(seconds=10),
        "running": 0,
        "gone_at": ago(20),
        "quiet_since": ago(15),
        **more,
    }
    return Frame(**given)


def part(**more: Any) -> Frame:
    return frame(everything=False, running=None, **more)


def ours(age: float | None = 90, **more: Any) -> StrategyState:
    return state("a", age=age, **{"status": "stopped", "stopped_by": MARK, **more})


@pytest.mark.parametrize("status", ["running", "warmup"])
@pytest.mark.parametrize("within", [frame(), frame(running=1), frame(running=None), part()])
def test_a_status_that_trades_is_never_stopped(status: str, within: Frame) -> None:
    found = judge(state("a", age=None, status=status, stopped_by=MARK, acknowledged_status="stopped"), within)
    assert found.result is Result.NOT_DONE


@pytest.mark.parametrize("status", ["", "napping"])
def test_a_status_that_nobody_knows_is_unknown(status: str) -> None:
    assert judge(ours(status=status), frame()).result is Result.UNKNOWN


FULL: list[tuple[str, StrategyState, dict[str, Any], Result]] = [
    ("no task runs", ours(), {}, Result.DONE),
    ("no task runs, and it has never beaten", ours(None), {}, Result.DONE),
    ("its heartbeat cannot be read", ours(None, heartbeat_text="1772334000"), {}, Result.UNKNOWN),
    ("nor where ECS tells nothing", ours(None, heartbeat_text="1772334000"), {"running": None}, Result.UNKNOWN),
    ("it beat just now and may beat again", ours(25), {"quiet_since": None}, Result.UNKNOWN),
    ("it has been silent for a minute", ours(60), {"quiet_since": None}, Result.DONE),
    ("it beat after everybody was silent", ours(4), {"quiet_since": ago(15), "gone_at": ago(10)}, Result.UNKNOWN),
    ("no task was ever there, and it beat", ours(90), {"gone_at": None}, Result.UNKNOWN),
    ("no task was ever there, nor a beat for long", ours(181), {"gone_at": None}, Result.DONE),
    ("its last beat was while the task ended", ours(25), {}, Result.DONE),
    ("its last beat was written late", ours(11), {}, Result.DONE),
    ("it beats although no task runs", ours(5), {}, Result.UNKNOWN),
    ("it beat from the future", ours(-600), {}, Result.UNKNOWN),
    ("paused, and no task runs", ours(status="paused", stopped_by=None), {}, Result.DONE),
    ("a task still runs", ours(acknowledged_status="stopped"), {"running": 1}, Result.UNKNOWN),
    ("stopped long before, silent", ours(3600, stopped_by=None), {"running": 1}, Result.DONE),
    ("stopped before, and beats", ours(5, stopped_by=None), {"running": 1}, Result.UNKNOWN),
    ("paused, and a task runs", ours(status="paused", stopped_by=None), {"running": 1}, Result.UNKNOWN),
    ("ECS tells nothing, its bot does", ours(acknowledged_status="stopped"), {"running": None}, Result.DONE),
    ("ECS tells nothing, nor does its bot", ours(), {"running": None}, Result.UNKNOWN),
    ("ECS tells nothing of a paused one", ours(status="paused"), {"running": None}, Result.UNKNOWN),
]


@pytest.mark.parametrize(("strategy", "given", "result"), [row[1:] for row in FULL], ids=[row[0] for row in FULL])
def test_in_a_full_stop_the_table_and_the_tasks_prove_it(
    strategy: StrategyState, given: dict[str, Any], result: Result
) -> None:
    assert judge(strategy, frame(**given)).result is result


PART: list[tuple[str, StrategyState, dict[str, Any], Result]] = [
    ("acknowledged, no beat since", ours(acknowledged_status="stopped"), {}, Result.DONE),
    ("acknowledged, never beaten", ours(None, acknowledged_status="stopped"), {}, Result.DONE),
    ("acknowledged, and beats on", ours(10, acknowledged_status="stopped"), {}, Result.UNKNOWN),
    ("acknowledged, last beat over", ours(70, acknowledged_status="stopped"), {"since": ago(80)}, Result.DONE),
    ("an acknowledgement of something else", ours(acknowledged_status="running"), {}, Result.UNKNOWN),
    ("silent for less than counts as stale", ours(70), {}, Result.UNKNOWN),
    ("silent since it was stopped", ours(130), {"since": ago(120)}, Result.DONE),
    ("stopped just now, and never beaten", ours(None), {}, Result.UNKNOWN),
    ("beat after the stop, silent since", ours(125), {"since": ago(300)}, Result.DONE),
    ("paused takes no entries", ours(5, status="paused", stopped_by=None), {}, Result.DONE),
    ("stopped by somebody, silent", ours(121, stopped_by="inc-2"), {}, Result.DONE),
    ("stopped by somebody, and beats", ours(5, stopped_by="inc-2"), {}, Result.UNKNOWN),
    ("failed, never beaten", ours(None, status="failed", stopped_by=None), {}, Result.DONE),
    ("a heartbeat that cannot be read", ours(None, heartbeat_text="soon"), {"since": ago(300)}, Result.UNKNOWN),
    (
        "such a one, acknowledged",
        ours(None, heartbeat_text="soon", acknowledged_status="stopped"),
        {},
        Result.UNKNOWN,
    ),
]


@pytest.mark.parametrize(("strategy", "given", "result"), [row[1:] for row in PART], ids=[row[0] for row in PART])
def test_in_a_partial_stop_the_bot_proves_it(
    strategy: StrategyState, given: dict[str, Any], result: Result
) -> None:
    assert judge(strategy, part(**given)).result is result


@pytest.mark.parametrize(
    ("strategy", "within", "waits"),
    [
        (ours(25), frame(quiet_since=None), True),
        (ours(5), frame(), False),
        (ours(90), frame(gone_at=None), False),
        (ours(None, heartbeat_text="soon"), frame(), False),
        (ours(), frame(running=1), True),
        (ours(70), part(), True),
        (ours(status="napping"), frame(), False),
    ],
)
def test_says_what_time_alone_may_prove(strategy: StrategyState, within: Frame, waits: bool) -> None:
    found = judge(strategy, within)
    assert (found.result, found.waits) == (Result.UNKNOWN, waits)


def test_says_by_whom_it_was_stopped() -> None:
    assert judge(ours(stopped_by="inc-other"), frame()).why.startswith("stopped, by inc-other")
    assert judge(ours(), frame()).why.startswith("stopped by this halt")


def test_what_stands_in_an_item_makes_no_verdict_longer_than_a_line() -> None:
    long = "x" * 10_000
    strange = [ours(status=long), ours(stopped_by=long), ours(None, heartbeat_text=long)]
    whys = [judge(one, frame()).why for one in strange]
    assert max(map(len, [*whys, gone(StoppedRecord("a", long, None, NOW)).why])) < 300


def test_a_dry_run_says_what_it_would_do() -> None:
    assert judge(state("a", status="running"), frame(dry_run=True)).why == "is running: dry run: would be stopped"
    assert judge(ours(), frame(dry_run=True)).result is Result.DONE


def test_whose_item_was_deleted_is_unknown() -> None:
    found = gone(StoppedRecord("a", "running", None, NOW))
    assert (found.result, "deleted" in found.why) == (Result.UNKNOWN, True)


@given(
    some.sampled_from(["running", "warmup", "paused", "stopped", "failed", "", "napping"]),
    some.one_of(some.none(), some.integers(-600, 4000)),
    some.sampled_from([None, "stopped", "running", "paused"]),
    some.sampled_from([None, MARK, "inc-2"]),
    some.booleans(),
    some.sampled_from([None, 0, 1]),
)
def test_nothing_that_runs_is_ever_called_stopped(
    status: str, age: int | None, acknowledged: str | None, by: str | None, everything: bool, running: int | None
) -> None:
    given_frame = frame(everything=everything, running=running if everything else None)
    found = judge(state("a", age=age, status=status, acknowledged_status=acknowledged, stopped_by=by), given_frame)
    if found.result is Result.DONE:
        assert status in given_frame.known
        assert status not in given_frame.trading
        beats = age is not None and age < 10
        assert not beats or (status == "paused" and not everything)
        assert not (everything and running and by == MARK)
