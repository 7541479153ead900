"""The kill switch as a stop engages it and a way back releases it, and what a halt writes down before it stops."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Broken
from functions.facts import ScalingFact, ServiceRecord, StoppedRecord
from functions.ports import Engage
from tests.adapters.aws_rig import AwsRig
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

LATER = NOW + timedelta(minutes=5)
UNTIL = NOW + timedelta(seconds=5)
SWITCH = "kill-switch"


def stop(number: int, *strategy_ids: str) -> Engage:
    """The `number`-th stop: of these strategies, of all where none is named."""
    at = NOW + timedelta(minutes=number)
    return Engage(f"inc-{number}", f"arn:{number}", f"reason {number}", f"who {number}", at, strategy_ids or None)


def released(rig: Rig, stops: list[str], *strategy_ids: str) -> bool:
    return rig.ports.halts.release("inc-1", stops=stops, strategy_ids=strategy_ids or None, by="ana", at=LATER)


def test_a_stop_engages_for_all_and_what_it_says_stands_there(rig: Rig) -> None:
    fact = rig.ports.halts.engage(stop(1))
    assert rig.item("guards", SWITCH) == {
        "guard_id": SWITCH,
        "engaged": True,
        "halt_id": "inc-1",
        "reason": "reason 1",
        "engaged_by": "who 1",
        "engaged_at": "2026-01-31T03:01:00.000000Z",
        "stops": {"arn:1"},
    }
    assert fact == rig.ports.guards.kill_switch()
    assert (fact.engaged, fact.halt_id, fact.strategy_ids, fact.stops) == (True, "inc-1", None, ("arn:1",))


@pytest.mark.parametrize("ids", [(), ("s1",)])
def test_a_stop_that_is_said_twice_is_one_stop(rig: Rig, ids: tuple[str, ...]) -> None:
    once = rig.ports.halts.engage(stop(1, *ids))
    before = rig.item("guards", SWITCH)
    again = rig.ports.halts.engage(stop(1, *ids))
    assert again == once
    after = rig.item("guards", SWITCH) or {}
    assert {name: value for name, value in after.items() if name != "stopped_since"} == before


def test_a_second_stop_adds_itself_and_keeps_what_the_first_one_said(rig: Rig) -> None:
    first = rig.ports.halts.engage(stop(1))
    second = rig.ports.halts.engage(stop(2))
    assert second.stops == ("arn:1", "arn:2")
    assert (second.halt_id, second.reason, second.engaged_by, second.engaged_at) == (
        first.halt_id,
        first.reason,
        first.engaged_by,
        first.engaged_at,
    )


def test_stops_of_some_widen_and_never_narrow(rig: Rig) -> None:
    assert rig.ports.halts.engage(stop(1, "s1", "s2")).strategy_ids == ("s1", "s2")
    assert rig.ports.halts.engage(stop(2, "s2", "s3")).strategy_ids == ("s1", "s2", "s3")
    assert rig.ports.halts.engage(stop(3)).strategy_ids is None
    fact = rig.ports.halts.engage(stop(4, "s1"))
    assert (fact.strategy_ids, fact.stops) == (None, ("arn:1", "arn:2", "arn:3", "arn:4"))


def test_a_stop_of_all_takes_every_exception_away_and_one_of_some_its_own(rig: Rig) -> None:
    rig.ports.halts.engage(stop(1))
    assert released(rig, ["arn:1"], "s1", "s2")
    assert rig.ports.halts.allow_managing("inc-1", stops=["arn:1"], by="ana", at=LATER)
    fact = rig.ports.halts.engage(stop(2, "s1"))
    assert (fact.released_ids, fact.manage_only, fact.service_up) == (("s2",), True, True)
    fact = rig.ports.halts.engage(stop(3))
    assert (fact.released_ids, fact.manage_only, fact.service_up) == ((), False, False)


@pytest.mark.parametrize(
    "stood",
    [
        {"engaged": False, "last_halt_id": "inc-0", "released_by": "bo"},
        {"engaged": False, "halt_id": "inc-0", "reason": "old", "stops": {"arn:0"}, "strategy_ids": {"s9"}},
        {"engaged": False, "released_ids": {"s1"}, "manage_only": True, "service_up": True},
    ],
)
@pytest.mark.parametrize("ids", [(), ("s1",)])
def test_a_stop_after_a_release_is_a_halt_of_its_own(rig: Rig, stood: dict[str, Any], ids: tuple[str, ...]) -> None:
    """One that was released by hand too, whatever was left standing there."""
    rig.put("guards", {"guard_id": SWITCH, **stood})
    fact = rig.ports.halts.engage(stop(1, *ids))
    assert (fact.halt_id, fact.reason, fact.stops) == ("inc-1", "reason 1", ("arn:1",))
    assert (fact.strategy_ids, fact.released_ids) == (ids or None, ())
    assert (fact.manage_only, fact.service_up) == (False, False)


@pytest.mark.parametrize("stood", [{}, {"engaged": True, "reason": "by hand"}, {"engaged": "no"}])
def test_what_was_engaged_by_hand_gets_an_id_by_the_first_stop(rig: Rig, stood: dict[str, Any]) -> None:
    rig.put("guards", {"guard_id": SWITCH, **stood})
    fact = rig.ports.halts.engage(stop(1))
    assert (fact.engaged, fact.halt_id, fact.stops) == (True, "inc-1", ("arn:1",))
    assert fact.reason == stood.get("reason", "reason 1")


def test_a_list_written_by_hand_widens_to_all(rig: Rig) -> None:
    """Nothing can be added to it in one write."""
    rig.put("guards", {"guard_id": SWITCH, "engaged": True, "halt_id": "inc-0", "strategy_ids": ["s9"]})
    fact = rig.ports.halts.engage(stop(1, "s1"))
    assert (fact.engaged, fact.strategy_ids, fact.halt_id) == (True, None, "inc-0")


def test_an_item_that_a_stop_does_not_fit_into_is_engaged_for_all(aws_rig: AwsRig) -> None:
    """One whose `stops` are no set; one that would grow beyond 400 kB."""
    for stood in ({"stops": "arn:0"}, {"strategy_ids": {f"{n:04d}{'x' * 200}" for n in range(2000)}}):
        aws_rig.reset(NOW)
        aws_rig.put("guards", {"guard_id": SWITCH, "engaged": True, "halt_id": "inc-0", **stood})
        fact = aws_rig.ports.halts.engage(stop(1, *(f"{n:03d}{'y' * 250}" for n in range(100))))
        assert (fact.engaged, fact.strategy_ids, fact.halt_id) == (True, None, "inc-0")
        assert fact.stops == ("arn:1",)


def test_a_release_by_the_answer_that_was_asked_for_takes_the_halt_away(rig: Rig) -> None:
    rig.ports.halts.engage(stop(1))
    rig.ports.halts.engage(stop(2, "s1"))
    for _ in range(2):
        assert released(rig, ["arn:2", "arn:1"])
    assert rig.item("guards", SWITCH) == {
        "guard_id": SWITCH,
        "engaged": False,
        "last_halt_id": "inc-1",
        "released_by": "ana",
        "released_at": "2026-01-31T03:05:00.000000Z",
    }
    fact = rig.ports.guards.kill_switch()
    assert (fact.engaged, fact.last_halt_id, fact.released_by) == (False, "inc-1", "ana")
    again = rig.ports.halts.engage(stop(3))
    assert (again.engaged, again.halt_id, again.last_halt_id) == (True, "inc-3", "inc-1")


@pytest.mark.parametrize("ids", [(), ("s1",)])
def test_with_a_stop_added_meanwhile_nothing_is_released_nor_allowed(rig: Rig, ids: tuple[str, ...]) -> None:
    rig.ports.halts.engage(stop(1))
    rig.ports.halts.engage(stop(2))
    before = rig.item("guards", SWITCH)
    assert not released(rig, ["arn:1"], *ids)
    assert not rig.ports.halts.allow_managing("inc-1", stops=["arn:1"], by="ana", at=LATER)
    assert not rig.ports.halts.allow_service("inc-1", stops=["arn:1"])
    assert rig.item("guards", SWITCH) == before


@pytest.mark.parametrize("ids", [(), ("s1",)])
def test_another_halt_or_none_is_not_released(rig: Rig, ids: tuple[str, ...]) -> None:
    assert not released(rig, ["arn:1"], *ids)
    rig.ports.halts.engage(stop(2))
    before = rig.item("guards", SWITCH)
    assert not released(rig, ["arn:2"], *ids)
    assert rig.item("guards", SWITCH) == before


def test_some_come_back_while_the_rest_stays_halted(rig: Rig) -> None:
    rig.ports.halts.engage(stop(1))
    for _ in range(2):
        assert released(rig, ["arn:1"], "s1")
    assert released(rig, ["arn:1"], "s2")
    fact = rig.ports.guards.kill_switch()
    assert (fact.engaged, fact.strategy_ids, fact.released_ids) == (True, None, ("s1", "s2"))
    assert rig.ports.halts.allow_service("inc-1", stops=["arn:1"])
    assert rig.ports.guards.kill_switch().service_up


def test_the_last_one_of_a_list_releases_the_switch_and_never_widens_it(rig: Rig) -> None:
    rig.ports.halts.engage(stop(1, "s1", "s2"))
    for _ in range(2):
        assert released(rig, ["arn:1"], "s1")
    fact = rig.ports.guards.kill_switch()
    assert (fact.engaged, fact.strategy_ids) == (True, ("s2",))
    for _ in range(2):
        assert released(rig, ["arn:1"], "s2", "s3")
    assert not rig.ports.guards.kill_switch().engaged
    assert "strategy_ids" not in (rig.item("guards", SWITCH) or {})


def test_managing_is_allowed_once_and_said_by_whom(rig: Rig) -> None:
    rig.ports.halts.engage(stop(1))
    for _ in range(2):
        assert rig.ports.halts.allow_managing("inc-1", stops=["arn:1"], by="ana", at=LATER)
    item = rig.item("guards", SWITCH) or {}
    assert (item["managed_by"], item["managed_at"]) == ("ana", "2026-01-31T03:05:00.000000Z")
    fact = rig.ports.guards.kill_switch()
    assert (fact.engaged, fact.manage_only, fact.service_up) == (True, True, True)


def test_records_of_sixty_strategies_are_kept_and_never_written_over(rig: Rig) -> None:
    first = [StoppedRecord(f"s{n}", "running", NOW if n % 2 else None, NOW) for n in range(60)]
    assert rig.ports.halts.record("inc-1", first, until=UNTIL) == {}
    second = [StoppedRecord(f"s{n}", "paused", None, LATER) for n in range(61)]
    assert rig.ports.halts.record("inc-1", second, until=UNTIL) == {}
    rig.ports.halts.record("inc-10", [StoppedRecord("s1", "paused", None, NOW)], until=UNTIL)
    kept = {record.strategy_id: record for record in rig.ports.halts.records("inc-1")}
    assert kept == {record.strategy_id: record for record in [*first, second[60]]}
    assert rig.item("guards", "halt/inc-1/strategy/s1") == {
        "guard_id": "halt/inc-1/strategy/s1",
        "halt_id": "inc-1",
        "strategy_id": "s1",
        "status": "running",
        "last_heartbeat": "2026-01-31T03:00:00.000000Z",
        "recorded_at": "2026-01-31T03:00:00.000000Z",
    }


def test_records_are_read_by_their_keys_of_one_halt_alone(rig: Rig) -> None:
    records = [StoppedRecord(f"s{n}", "running", NOW, NOW) for n in range(130)]
    rig.ports.halts.record("inc-1", records, until=UNTIL)
    rig.ports.halts.record("inc-2", [StoppedRecord("other", "paused", None, NOW)], until=UNTIL)
    asked = [record.strategy_id for record in records[:120]]
    found = rig.ports.halts.records_of("inc-1", [*asked, "s5", "other", "nobody"])
    assert found == {record.strategy_id: record for record in records[:120]}


def test_no_records_are_none(rig: Rig) -> None:
    assert rig.ports.halts.records_of("inc-1", []) == rig.ports.halts.records_of("inc-1", ["s1"]) == {}
    assert rig.ports.halts.record("inc-1", [], until=UNTIL) == {}
    assert list(rig.ports.halts.records("inc-1")) == []


@pytest.mark.parametrize(
    "record",
    [
        ServiceRecord(3, ScalingFact(1, 4, False, True, False), NOW),
        ServiceRecord(0, None, NOW),
        ServiceRecord(1, None, NOW, "application-autoscaling: AccessDenied"),
    ],
)
def test_the_service_is_recorded_as_the_first_stop_found_it(rig: Rig, record: ServiceRecord) -> None:
    assert rig.ports.halts.service_record("inc-1") is None
    assert rig.ports.halts.record_service("inc-1", record) == record
    assert rig.ports.halts.record_service("inc-1", ServiceRecord(0, None, LATER)) == record
    assert rig.ports.halts.service_record("inc-1") == record


@pytest.mark.parametrize(
    ("key", "item"),
    [
        ("halt/inc-1/service", {"desired": Decimal(1)}),
        ("halt/inc-1/service", {"desired": "1", "recorded_at": "2026-01-31T03:00:00Z"}),
    ],
)
def test_a_record_of_the_service_that_cannot_be_read_is_refused(rig: Rig, key: str, item: dict[str, Any]) -> None:
    rig.put("guards", {"guard_id": key, **item})
    with pytest.raises(Broken, match="halt/inc-1/service"):
        rig.ports.halts.service_record("inc-1")


def test_a_record_without_its_time_is_refused(rig: Rig) -> None:
    rig.put("guards", {"guard_id": "halt/inc-1/strategy/s1", "strategy_id": "s1", "status": "running"})
    with pytest.raises(Broken, match="recorded_at"):
        list(rig.ports.halts.records("inc-1"))


def test_the_watch_remembers_what_it_told_last(rig: Rig) -> None:
    assert rig.ports.halts.told("inc-1") is None
    rig.ports.halts.tell("inc-1", "s1 came back")
    rig.ports.halts.tell("inc-1", "s2 came back")
    assert rig.ports.halts.told("inc-1") == "s2 came back"
    assert rig.ports.halts.told("inc-2") is None
