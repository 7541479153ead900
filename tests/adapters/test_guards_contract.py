from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.errors import Broken
from functions.ports import Held, Intent
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

GUARD = "service/strategies"


def take(rig: Rig, owner: str = "arn:1", incident_id: str = "inc-1") -> Held | None:
    return rig.ports.guards.take(GUARD, owner=owner, incident_id=incident_id, now=rig.ports.clock.now())


def held(rig: Rig) -> Held:
    found = rig.ports.guards.held(GUARD)
    assert found is not None
    return found


def test_a_free_guard_is_taken_and_says_who_has_it(rig: Rig) -> None:
    assert rig.ports.guards.held(GUARD) is None
    assert take(rig) is None
    assert held(rig) == Held(GUARD, "arn:1", "inc-1", NOW, NOW)


def test_the_owner_takes_its_guard_again_and_keeps_the_time(rig: Rig) -> None:
    take(rig)
    rig.set_time(NOW + timedelta(minutes=1))
    assert take(rig) is None
    assert held(rig).taken_at == NOW


def test_another_one_is_told_who_holds_the_guard(rig: Rig) -> None:
    take(rig)
    assert take(rig, "arn:2", "inc-2") == Held(GUARD, "arn:1", "inc-1", NOW, NOW)
    assert held(rig).owner == "arn:1"


def test_a_guard_is_taken_over_only_after_the_last_act_could_end(rig: Rig) -> None:
    rig.put(
        "guards",
        {
            "guard_id": GUARD,
            "owner": "arn:1",
            "incident_id": "inc-1",
            "taken_at": "2026-01-31T02:00:00.000000Z",
            "act_until": "2026-01-31T03:01:00.000000Z",
        },
    )
    found = held(rig)
    early, late = NOW, NOW + timedelta(minutes=1)
    assert not rig.ports.guards.take_over(found, owner="arn:2", incident_id="inc-2", now=early)
    assert rig.ports.guards.take_over(found, owner="arn:2", incident_id="inc-2", now=late)
    assert held(rig) == Held(GUARD, "arn:2", "inc-2", late, late)


def test_a_guard_that_changed_since_it_was_read_is_not_taken_over(rig: Rig) -> None:
    take(rig)
    found = held(rig)
    assert rig.ports.guards.take_over(found, owner="arn:2", incident_id="inc-2", now=NOW)
    assert not rig.ports.guards.take_over(found, owner="arn:3", incident_id="inc-3", now=NOW)
    assert rig.ports.guards.take_over(found, owner="arn:2", incident_id="inc-2", now=NOW)
    assert held(rig).owner == "arn:2"


def test_a_guard_whose_owner_acts_longer_than_was_read_is_not_taken_over(rig: Rig) -> None:
    rig.ports.incidents.open({"incident_id": "inc-1"})
    take(rig)
    found = held(rig)
    act = Intent("stop/s1", "stop the strategy", "s1", None, "arn:1", NOW)
    until = NOW + timedelta(minutes=5)
    rig.ports.incidents.intend("inc-1", act, guard_id=GUARD, act_until=until)
    assert not rig.ports.guards.take_over(found, owner="arn:2", incident_id="inc-2", now=NOW)
    assert held(rig).owner == "arn:1"


def test_only_the_owner_releases_its_guard(rig: Rig) -> None:
    take(rig)
    assert not rig.ports.guards.release(GUARD, owner="arn:2")
    assert rig.ports.guards.release(GUARD, owner="arn:1")
    assert rig.ports.guards.held(GUARD) is None
    assert not rig.ports.guards.release(GUARD, owner="arn:1")


def test_a_lock_that_cannot_be_read_is_no_free_guard(rig: Rig) -> None:
    rig.put("guards", {"guard_id": GUARD, "owner": "arn:1", "incident_id": "inc-1"})
    with pytest.raises(Broken):
        take(rig, "arn:2")


def test_a_missing_kill_switch_is_released(rig: Rig) -> None:
    assert not rig.ports.guards.kill_switch().engaged


@pytest.mark.parametrize("said", [{}, {"engaged": None}, {"engaged": "no"}, {"engaged": 0}])
def test_a_kill_switch_that_does_not_plainly_say_that_it_is_released_is_engaged_for_all(
    rig: Rig, said: dict[str, Any]
) -> None:
    rig.put("guards", {"guard_id": "kill-switch", **said})
    switch = rig.ports.guards.kill_switch()
    assert (switch.engaged, switch.strategy_ids) == (True, None)


def test_an_engaged_kill_switch_says_why_who_and_when(rig: Rig) -> None:
    rig.put(
        "guards",
        {
            "guard_id": "kill-switch",
            "engaged": True,
            "reason": "flash crash",
            "engaged_by": "desk",
            "engaged_at": "2026-01-31T02:58:00Z",
            "strategy_ids": {"s2", "s1"},
        },
    )
    switch = rig.ports.guards.kill_switch()
    assert (switch.engaged, switch.reason, switch.engaged_by) == (True, "flash crash", "desk")
    assert switch.engaged_at == NOW - timedelta(minutes=2)
    assert switch.strategy_ids == ("s1", "s2")


def spend(rig: Rig, token: str, limit: int = 2, budget: str = "budget/redeploy") -> bool:
    now = rig.ports.clock.now()
    return rig.ports.guards.spend(budget, limit=limit, window_seconds=3600, now=now, token=token)


def test_a_budget_is_spent_within_its_window_and_comes_back_after_it(rig: Rig) -> None:
    assert [spend(rig, token) for token in ("a", "b", "c")] == [True, True, False]
    rig.set_time(NOW + timedelta(seconds=3599))
    assert not spend(rig, "c")
    rig.set_time(NOW + timedelta(seconds=3600))
    assert [spend(rig, token) for token in ("c", "d", "e")] == [True, True, False]


def test_the_same_token_never_pays_twice(rig: Rig) -> None:
    assert [spend(rig, "a") for _ in range(5)] == [True] * 5
    assert spend(rig, "b")
    assert spend(rig, "a")


def test_budgets_know_nothing_of_each_other(rig: Rig) -> None:
    assert spend(rig, "a", limit=1, budget="budget/one")
    assert spend(rig, "a", limit=1, budget="budget/two")
    assert not spend(rig, "b", limit=0, budget="budget/three")


def test_a_payment_whose_time_cannot_be_read_counts_as_spent(rig: Rig) -> None:
    rig.put("guards", {"guard_id": "budget/redeploy", "at": {"a": "yesterday"}, "version": 1})
    assert not spend(rig, "b", limit=1)


def test_the_payments_that_count_are_told_oldest_first_and_none_is_taken(rig: Rig) -> None:
    def told(at: datetime) -> tuple[datetime, ...]:
        return rig.ports.guards.payments("budget/redeploy", window_seconds=3600, now=at)

    assert told(NOW) == ()
    later = (NOW + timedelta(minutes=20)).isoformat()
    at = {"b": later, "a": NOW.isoformat(), "c": "yesterday"}
    rig.put("guards", {"guard_id": "budget/redeploy", "at": at, "version": 1})
    now = NOW + timedelta(minutes=30)
    assert told(now) == (NOW, NOW + timedelta(minutes=20), now), "what cannot be read counts as just now"
    over = NOW + timedelta(hours=1)
    assert told(over) == (NOW + timedelta(minutes=20), over)


def test_a_counter_counts_each_token_once(rig: Rig) -> None:
    counted = [rig.ports.guards.count("sweep/1", token=token, now=NOW) for token in ("a", "b", "a", "c")]
    assert counted == [1, 2, 2, 3]
    assert rig.ports.guards.count("sweep/2", token="a", now=NOW) == 1


def test_budgets_and_counters_carry_the_time_when_they_may_be_forgotten(rig: Rig) -> None:
    spend(rig, "a")
    rig.ports.guards.count("sweep/1", token="a", now=NOW)
    for guard_id, after in (("budget/redeploy", 3600), ("sweep/1", 0)):
        item = rig.item("guards", guard_id)
        assert item is not None
        assert item["ttl"] == int(NOW.timestamp()) + 30 * 24 * 3600 + after


def test_the_last_two_remedies_of_a_strategy_are_remembered_the_newest_first(rig: Rig) -> None:
    guards = rig.ports.guards
    assert guards.remedies(["s1", "s2"]) == {"s1": (), "s2": ()}
    guards.remember_remedy(["s1", "s1"], incident_id="inc-1", now=NOW)
    guards.remember_remedy(["s1"], incident_id="inc-1", now=NOW)
    assert guards.remedies(["s1"]) == {"s1": ("inc-1",)}
    guards.remember_remedy(["s1", "s2"], incident_id="inc-2", now=NOW)
    guards.remember_remedy(["s2"], incident_id="inc-3", now=NOW)
    assert guards.remedies(["s1", "s2", "s10"]) == {"s1": ("inc-2", "inc-1"), "s2": ("inc-3", "inc-2"), "s10": ()}
    guards.remember_remedy([], incident_id="inc-4", now=NOW)
    assert guards.remedies([]) == {}


def test_a_remedy_is_forgotten_after_a_day_and_what_is_no_id_is_none(rig: Rig) -> None:
    rig.ports.guards.remember_remedy(["s1"], incident_id="inc-1", now=NOW)
    item = rig.item("guards", "remedy/s1")
    assert item is not None
    assert item["ttl"] == int(NOW.timestamp()) + 24 * 3600
    rig.put("guards", {"guard_id": "remedy/s2", "incident_id": 7, "earlier": ""})
    assert rig.ports.guards.remedies(["s2"]) == {"s2": ()}
