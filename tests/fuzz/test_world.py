"""Tasks over a platform of which somebody has poisoned a few items: none breaks, none gets blind, none gets well.

The world is a stuck position of `alpha` with its order, config, lock and incident; `beta` has one too, and nobody
has touched that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.memory.world import stored
from functions.facts import AlarmFact, Check
from functions.halting import Counts, StopJob
from functions.verifying import Scope
from tests.fuzz import items
from tests.fuzz.hostile import SECRET
from tests.fuzz.lawful import Unread, fuzzed, lawfully
from tests.rules.facts import service
from tests.tasks.rig import EXECUTION, INCIDENT, MACHINE
from tests.tasks.stuck_rig import POSITION, StuckRig

RANDOM: Final = st.randoms(use_true_random=False)
OTHERS: Final = {("beta",), ("pos-2",)}


@pytest.fixture(autouse=True, scope="module")
def nobody_sleeps() -> Iterator[None]:
    """Two looks at a venue are seconds apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", lambda _: None)
        yield


def world() -> StuckRig:
    rig = StuckRig()
    rig.world.service = service()
    rig.order("o1", "open")
    rig.strategy("beta", age=3_600)
    rig.config("beta")
    rig.position("pos-2", "beta")
    rig.alarm()
    for name in (rig.settings.position_stuck_alarm, rig.settings.order_failures_alarm):
        rig.world.alarms[name] = AlarmFact(name, "ALARM", since=rig.now)
    return rig


def poison(rng: Random, rig: StuckRig) -> None:
    if rng.randrange(2):
        rig.engage(strategy_ids={"somebody"})
    if rng.randrange(2):
        rig.world.put("guards", stored({**items.RECORD, "guard_id": f"halt/{INCIDENT}/strategy/s1"}))
    stands = [(table, key) for table, all_ in rig.world.tables.items() for key in all_ if key not in OTHERS]
    for _ in range(1 + rng.randrange(2)):
        table, key = rng.choice(stands)
        rig.world.tables[table][key] = items.poisoned(rng, table, rig.world.tables[table][key])


def task(name: str, **request: Any) -> Callable[[StuckRig], Any]:
    return lambda rig: rig.work(import_module(f"functions.tasks.{name}"), **request)


def about_the_run(name: str, **more: Any) -> Callable[[StuckRig], Any]:
    return lambda rig: rig.work(import_module(f"functions.tasks.{name}"), run=rig.the_run, **more)


def checked(name: str) -> Callable[[StuckRig], Any]:
    def look(rig: StuckRig) -> Any:
        scope = Scope(child=True, strategy_ids=None, since=rig.now - timedelta(seconds=600))
        return rig.work(import_module(f"functions.tasks.{name}"), run=rig.the_run, scope=scope)

    return look


def stopping(name: str, **more: Any) -> Callable[[StuckRig], Any]:
    def stop(rig: StuckRig) -> Any:
        job = StopJob(
            order={}, execution_arn=EXECUTION, started_at=rig.now, halt_id=INCIDENT, latched=True, latch_why=None
        )
        return rig.work(import_module(f"functions.tasks.{name}"), job=job, **more)

    return stop


SEGMENT: Final = {"segment": 0, "start_key": None, "looks_left": 3, "counts": Counts()}
ENDED: Final = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": "ABORTED", "input": "{}"}
CHECKS: Final = (
    "check_alarms",
    "check_heartbeats",
    "check_incident",
    "check_logs",
    "check_orders",
    "check_positions",
    "check_signals",
)
LOOKS: Final[dict[str, Callable[[StuckRig], Any]]] = {
    **{name: checked(name) for name in CHECKS},
    "assess_position": lambda rig: rig.look(),
    "check_keys": task("check_keys"),
    "closer": task("closer", detail=ENDED),
    "delegate_positions": about_the_run("delegate_positions"),
    "detect_orders": task("detect_orders"),
    "detect_stuck": task("detect_stuck"),
    "find_stale": about_the_run("find_stale", looks_left=1),
    "open_stuck": lambda rig: rig.work(
        import_module("functions.tasks.open_stuck"),
        execution_arn=f"{EXECUTION}-2",
        started_at=rig.now,
        input={"position_id": POSITION},
    ),
    "stop_segment": stopping("stop_segment", **SEGMENT),
    "sweep_approvals": task("sweep_approvals"),
    "tell_exposure": stopping("tell_exposure"),
    "watch_halt": task("watch_halt"),
    "watcher": task("watcher"),
    "write_report": task("write_report", detail={"incident_id": INCIDENT}),
}


@pytest.mark.parametrize("name", LOOKS)
def test_the_world_is_looked_at_where_nobody_has_poisoned_it(name: str) -> None:
    assert not isinstance(lawfully(lambda: LOOKS[name](world())), Unread)


@pytest.mark.parametrize("name", LOOKS)
@fuzzed(30)
@given(rng=RANDOM)
def test_a_task_that_meets_poison_goes_on_or_names_it_and_tells_no_secret(name: str, rng: Random) -> None:
    rig = world()
    poison(rng, rig)
    lawfully(lambda: LOOKS[name](rig))
    told = [rig.world.sent, rig.world.paged, rig.world.mails, rig.world.objects]
    assert SECRET not in str(told)


# --- nobody gets blind


@fuzzed(120)
@given(rng=RANDOM)
def test_poison_in_one_position_hides_no_other_that_is_stuck(rng: Random) -> None:
    rig = world()
    poison(rng, rig)
    found = lawfully(lambda: LOOKS["detect_stuck"](rig))
    assert not isinstance(found, Unread), "a detector that is blind raises no alarm"
    assert found.stuck >= 1


@fuzzed(120)
@given(rng=RANDOM)
def test_poison_in_one_strategy_hides_no_other_that_is_stale(rng: Random) -> None:
    rig = world()
    keys = ("strategy_config", "trading_state", "positions", "orders")
    stands = [(table, key) for table in keys for key in rig.world.tables[table] if key not in OTHERS]
    table, key = rng.choice(stands)
    rig.world.tables[table][key] = items.poisoned(rng, table, rig.world.tables[table][key])
    found = lawfully(lambda: LOOKS["find_stale"](rig))
    assert "beta" in [one.strategy_id for one in found.stale]


# --- nobody gets well

# What is not well in this world, whatever is poisoned besides `beta`.
SICK: Final = ("check_heartbeats", "check_alarms", "check_positions")


@pytest.mark.parametrize("name", SICK)
@fuzzed(50)
@given(rng=RANDOM)
def test_a_checklist_that_fails_does_not_pass_by_poison(name: str, rng: Random) -> None:
    assert LOOKS[name](world()).result is not Check.PASS
    rig = world()
    poison(rng, rig)
    found = lawfully(lambda: LOOKS[name](rig))
    assert isinstance(found, Unread) or found.result is not Check.PASS


# --- what the search has found, as it was found


@pytest.mark.parametrize("until", ["2026-01-31T04:00:00", "x", {}, [], True, "9999-12-31T23:59:59-23:59"])
def test_a_time_until_when_a_person_leaves_it_that_is_none_stops_no_watch(until: Any) -> None:
    """A time without a zone was compared with one that has it: a `TypeError`, each minute."""
    rig = world()
    rig.world.put("incidents", {**items.ENDED, "incident_id": "inc-9", "left_until": until})
    at = items.AT
    for name in ("left/alpha", "left/beta", "left/position/pos-2"):
        lock = {"guard_id": name, "owner": "a", "incident_id": "inc-9", "taken_at": at, "act_until": at}
        rig.world.put("guards", lock)
    for name in ("watcher", "detect_stuck", "detect_orders"):
        assert not isinstance(lawfully(lambda name=name: LOOKS[name](rig)), Unread)  # type: ignore[misc]  # mypy takes no default here
