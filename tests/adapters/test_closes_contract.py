"""What a close remembers: each attempt once, the approval that it used, the protection that stood, its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Broken, Refused
from functions.ports.exchange import Attempt, AttemptState, Closes
from tests.adapters.asked import approval, decided
from tests.adapters.closing import INCIDENT, UNIT, attempt, result, stop_order
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

APPROVAL = approval().approval_id
UNTIL, LATER = NOW + timedelta(seconds=40), NOW + timedelta(seconds=90)


@pytest.fixture
def asked(rig: Rig) -> Rig:
    """An approval that stands and a guard that is ours."""
    assert rig.ports.approvals.ask(approval(), "token")
    rig.ports.guards.take(UNIT.guard_id, owner="arn:1", incident_id=INCIDENT, now=NOW)
    return rig


def prepare(rig: Rig, made: Attempt | None = None, until: datetime = UNTIL) -> str:
    return rig.ports.closes.prepare(
        made or attempt(), approval_id=APPROVAL, guard_id=UNIT.guard_id, act_until=until
    )


def held_until(rig: Rig) -> datetime:
    held = rig.ports.guards.held(UNIT.guard_id)
    assert held is not None
    return held.act_until


def test_an_attempt_is_written_with_its_approval_and_its_guard_at_once(asked: Rig) -> None:
    assert prepare(asked) == "new"
    assert asked.ports.closes.attempts("p1", INCIDENT) == [attempt()]
    assert asked.ports.closes.approval_used_by(APPROVAL) == INCIDENT
    assert held_until(asked) == UNTIL


def test_an_auditor_reads_an_attempt_without_this_code(asked: Rig) -> None:
    prepare(asked)
    item = asked.item("guards", "close/p1/inc-1/attempt/1")
    assert item is not None
    assert (item["client_order_id"], item["amount"], item["state"]) == ("c1", Decimal("0.050"), "prepared")
    assert (item["prepared_at"], item["unit"]["venue"]) == ("2026-01-31T03:00:00.000000Z", "binanceusdm")


def test_the_same_attempt_stands_once_and_holds_the_guard_longer(asked: Rig) -> None:
    assert prepare(asked) == "new"
    assert prepare(asked, attempt(amount=Decimal(1)), LATER) == "again"
    assert asked.ports.closes.attempts("p1", INCIDENT) == [attempt()]
    assert held_until(asked) == LATER


def test_a_guard_that_is_held_longer_stays_so(asked: Rig) -> None:
    prepare(asked, until=LATER)
    assert prepare(asked, attempt(2), UNTIL) == "new"
    assert prepare(asked, attempt(2), UNTIL) == "again"
    assert held_until(asked) == LATER


def test_further_attempts_of_the_incident_use_the_same_approval(asked: Rig) -> None:
    prepare(asked)
    asked.set_time(LATER)
    assert prepare(asked, attempt(2)) == "new"
    item = asked.item("approvals", APPROVAL)
    assert item is not None
    assert (item["used_by"], item["used_at"]) == (INCIDENT, "2026-01-31T03:00:00.000000Z")


def test_an_approval_that_another_incident_used_prepares_nothing(asked: Rig) -> None:
    prepare(asked)
    asked.ports.guards.release(UNIT.guard_id, owner="arn:1")
    asked.ports.guards.take(UNIT.guard_id, owner="arn:2", incident_id="inc-2", now=NOW)
    assert prepare(asked, attempt(incident_id="inc-2")) == "used"
    assert list(asked.ports.closes.attempts("p1", "inc-2")) == []
    assert held_until(asked) == NOW
    assert asked.ports.closes.approval_used_by(APPROVAL) == INCIDENT


@pytest.mark.parametrize("taken", [True, False])
def test_a_lost_guard_prepares_nothing_and_leaves_the_approval_unused(asked: Rig, taken: bool) -> None:
    asked.ports.guards.release(UNIT.guard_id, owner="arn:1")
    if taken:
        asked.ports.guards.take(UNIT.guard_id, owner="arn:2", incident_id="inc-2", now=NOW)
    assert prepare(asked) == "lost"
    assert list(asked.ports.closes.attempts("p1", INCIDENT)) == []
    assert asked.ports.closes.approval_used_by(APPROVAL) is None


def test_a_guard_lost_afterwards_is_told_for_an_attempt_that_stands(asked: Rig) -> None:
    prepare(asked)
    asked.ports.guards.release(UNIT.guard_id, owner="arn:1")
    assert prepare(asked) == "lost"


def test_an_approval_that_there_is_not_is_refused_and_not_made(rig: Rig) -> None:
    rig.ports.guards.take(UNIT.guard_id, owner="arn:1", incident_id=INCIDENT, now=NOW)
    with pytest.raises(Refused, match=APPROVAL):
        prepare(rig)
    assert rig.item("approvals", APPROVAL) is None
    assert list(rig.ports.closes.attempts("p1", INCIDENT)) == []


def test_what_is_not_prepared_cannot_be_prepared(asked: Rig) -> None:
    with pytest.raises(Broken, match="sent"):
        prepare(asked, attempt(state=AttemptState.SENT))
    assert list(asked.ports.closes.attempts("p1", INCIDENT)) == []


def test_an_approval_keeps_who_used_it_when_it_is_changed_afterwards(asked: Rig) -> None:
    prepare(asked)
    assert asked.ports.approvals.change(decided(approval()))
    assert asked.ports.approvals.get(APPROVAL) == decided(approval())
    assert asked.ports.closes.approval_used_by(APPROVAL) == INCIDENT
    item = asked.item("approvals", APPROVAL)
    assert item is not None
    assert item["used_at"] == "2026-01-31T03:00:00.000000Z"


def test_using_an_approval_is_no_change_of_the_request(asked: Rig) -> None:
    """Who answers at the same moment does not lose his write to it."""
    before = asked.ports.approvals.get(APPROVAL)
    prepare(asked)
    assert asked.ports.approvals.get(APPROVAL) == before


def test_an_attempt_is_sent_once(asked: Rig) -> None:
    prepare(asked)
    assert asked.ports.closes.send(attempt(), LATER)
    assert not asked.ports.closes.send(attempt(), LATER + timedelta(seconds=1))
    (sent,) = asked.ports.closes.attempts("p1", INCIDENT)
    assert sent == attempt(state=AttemptState.SENT, sent_at=LATER)


def test_what_was_settled_unsent_is_never_sent(asked: Rig) -> None:
    """The look that gave it up, and a sender that was slow."""
    prepare(asked)
    asked.ports.closes.settle(attempt(state=AttemptState.NOT_ACCEPTED, why="never sent"))
    assert not asked.ports.closes.send(attempt(), LATER)


@pytest.mark.parametrize(
    "act",
    [
        lambda closes: closes.send(attempt(), LATER),
        lambda closes: closes.settle(attempt(state=AttemptState.DONE)),
    ],
)
def test_what_was_never_prepared_is_our_fault(asked: Rig, act: Callable[[Closes], object]) -> None:
    with pytest.raises(Broken, match="not prepared"):
        act(asked.ports.closes)
    assert list(asked.ports.closes.attempts("p1", INCIDENT)) == []


def done(**more: Any) -> Attempt:
    told: dict[str, Any] = {"order_id": "9", "filled": Decimal("0.03"), "average": Decimal("60010.25"), **more}
    return attempt(state=AttemptState.DONE, sent_at=LATER, **told)


def test_what_came_of_an_attempt_is_written_and_said_again(asked: Rig) -> None:
    prepare(asked)
    asked.ports.closes.send(attempt(), LATER)
    for _ in range(2):
        asked.ports.closes.settle(done())
        assert asked.ports.closes.attempts("p1", INCIDENT) == [done()]


def test_an_order_that_was_found_late_takes_the_place_of_not_accepted(asked: Rig) -> None:
    prepare(asked)
    asked.ports.closes.send(attempt(), LATER)
    asked.ports.closes.settle(attempt(state=AttemptState.NOT_ACCEPTED, why="not found within 10 s"))
    asked.ports.closes.settle(done(why=None))
    assert asked.ports.closes.attempts("p1", INCIDENT) == [done()]


@pytest.mark.parametrize("state", [AttemptState.NOT_ACCEPTED, AttemptState.REFUSED])
def test_an_order_that_was_found_stays_found(asked: Rig, state: AttemptState) -> None:
    prepare(asked)
    asked.ports.closes.send(attempt(), LATER)
    asked.ports.closes.settle(done())
    asked.ports.closes.settle(attempt(state=state, why="late"))
    assert asked.ports.closes.attempts("p1", INCIDENT) == [done()]


@pytest.mark.parametrize("state", [AttemptState.PREPARED, AttemptState.SENT])
def test_an_attempt_is_settled_by_a_final_state_alone(asked: Rig, state: AttemptState) -> None:
    prepare(asked)
    with pytest.raises(Broken, match="settles nothing"):
        asked.ports.closes.settle(attempt(state=state))


def test_attempts_come_by_number_and_none_of_another_close(asked: Rig) -> None:
    for number in (2, 1, 10, 3):
        prepare(asked, attempt(number))
    prepare(asked, attempt(1, position_id="p12"))
    found = asked.ports.closes.attempts("p1", INCIDENT)
    assert [(one.position_id, one.number) for one in found] == [("p1", 1), ("p1", 2), ("p1", 3), ("p1", 10)]
    assert list(asked.ports.closes.attempts("p1", "inc-2")) == []


def test_more_attempts_than_one_reading_holds_are_all_found(asked: Rig) -> None:
    for number in range(1, 24):
        prepare(asked, attempt(number))
    assert [one.number for one in asked.ports.closes.attempts("p1", INCIDENT)] == list(range(1, 24))


def test_a_market_order_has_no_bound_and_comes_back_so(asked: Rig) -> None:
    prepare(asked, attempt(worst_price=None))
    assert asked.ports.closes.attempts("p1", INCIDENT) == [attempt(worst_price=None)]


def test_the_protection_that_was_written_down_first_stands(rig: Rig) -> None:
    closes = rig.ports.closes
    assert closes.written_down("p1", INCIDENT) is None
    first = (stop_order(), stop_order("8", client_order_id=None, trigger_price=None, parameters=()))
    assert closes.write_down("p1", INCIDENT, first) == first
    assert closes.write_down("p1", INCIDENT, []) == first
    assert closes.written_down("p1", INCIDENT) == first
    assert closes.written_down("p1", "inc-2") is None


def test_protection_that_was_moved_since_is_written_down_anew(rig: Rig) -> None:
    closes = rig.ports.closes
    first = (stop_order(), stop_order("8", client_order_id=None, trigger_price=None, parameters=()))
    moved = (replace(first[0], trigger_price=Decimal(59_900)), first[1])
    assert not closes.write_down_anew("p1", INCIDENT, moved, instead_of=first)
    closes.write_down("p1", INCIDENT, first)
    assert closes.write_down_anew("p1", INCIDENT, moved, instead_of=first)
    assert closes.write_down_anew("p1", INCIDENT, moved, instead_of=first)
    assert closes.written_down("p1", INCIDENT) == moved
    assert not closes.write_down_anew("p1", INCIDENT, first[:1], instead_of=first)
    assert closes.written_down("p1", INCIDENT) == moved


def test_that_nothing_protected_is_written_down_too(rig: Rig) -> None:
    assert rig.ports.closes.write_down("p1", INCIDENT, []) == ()
    assert rig.ports.closes.write_down("p1", INCIDENT, [stop_order()]) == ()
    assert rig.ports.closes.written_down("p1", INCIDENT) == ()


def test_nobody_has_used_an_approval_that_there_is_not(rig: Rig) -> None:
    assert rig.ports.closes.approval_used_by(APPROVAL) is None


def test_the_last_end_of_a_close_stands(rig: Rig) -> None:
    closes = rig.ports.closes
    assert closes.result("p1", INCIDENT) is None
    closes.conclude("p1", INCIDENT, result())
    assert closes.result("p1", INCIDENT) == result()
    flat = result(how="flat", left=Decimal(0), average=Decimal("60010.5"), recorded=True, left_over=("x", "y"))
    closes.conclude("p1", INCIDENT, flat)
    assert closes.result("p1", INCIDENT) == flat
    assert closes.result("p2", INCIDENT) is None


@pytest.mark.parametrize(
    ("key", "broken", "read"),
    [
        ("attempt/1", {"state": "lost"}, "attempts"),
        ("protection", {"orders": [{"order_id": "1"}]}, "written_down"),
        ("protection", {}, "written_down"),
        ("result", {"result": {"how": "gone"}}, "result"),
    ],
)
def test_what_cannot_be_read_is_never_taken_for_nothing(
    rig: Rig, key: str, broken: dict[str, Any], read: str
) -> None:
    rig.put("guards", {"guard_id": f"close/p1/inc-1/{key}", **broken})
    with pytest.raises(Broken, match=f"close/p1/inc-1/{key}"):
        getattr(rig.ports.closes, read)("p1", INCIDENT)


def begin(rig: Rig, incident_id: str = INCIDENT, until: datetime = UNTIL) -> bool:
    return rig.ports.closes.begin("s1", incident_id, until=until)


def marked(rig: Rig) -> dict[str, Any] | None:
    return rig.item("guards", "closing/s1")


def test_a_close_is_marked_and_its_mark_prolonged(rig: Rig) -> None:
    assert begin(rig)
    assert marked(rig) == {
        "guard_id": "closing/s1",
        "incidents": {INCIDENT: "2026-01-31T03:00:40.000000Z"},
        "act_until": "2026-01-31T03:00:40.000000Z",
    }
    assert begin(rig, until=LATER)
    assert begin(rig, until=UNTIL)
    assert (marked(rig) or {})["act_until"] == "2026-01-31T03:01:30.000000Z"


def test_two_closes_of_one_strategy_are_both_marked_until_the_last_of_them_is_over(rig: Rig) -> None:
    assert begin(rig, "inc-2", until=LATER)
    assert not begin(rig)
    rig.ports.closes.over("s1", "inc-2")
    assert marked(rig) == {
        "guard_id": "closing/s1",
        "incidents": {INCIDENT: "2026-01-31T03:00:40.000000Z"},
        "act_until": "2026-01-31T03:00:40.000000Z",
    }
    assert not begin(rig, "inc-2", until=LATER)
    assert (marked(rig) or {})["act_until"] == "2026-01-31T03:01:30.000000Z"
    rig.ports.closes.over("s1", "inc-2")
    rig.ports.closes.over("s1", INCIDENT)
    assert marked(rig) is None


def test_another_close_of_the_strategy_is_told_until_its_time_is_over(rig: Rig) -> None:
    assert begin(rig, "inc-2")
    rig.set_time(UNTIL)
    assert not begin(rig, until=LATER)
    rig.set_time(UNTIL + timedelta(seconds=1))
    assert begin(rig, until=LATER)
    assert (marked(rig) or {})["incidents"] == {INCIDENT: "2026-01-31T03:01:30.000000Z"}


@pytest.mark.parametrize("more", [{}, {"incidents": {"inc-2": 5}}, {"incidents": ["inc-2"]}])
def test_a_mark_without_a_time_that_can_be_read_stands(rig: Rig, more: dict[str, Any]) -> None:
    rig.put("guards", {"guard_id": "closing/s1", **more})
    before = marked(rig)
    assert not begin(rig)
    rig.ports.closes.over("s1", INCIDENT)
    assert marked(rig) == before


def test_only_our_own_mark_is_taken_away(rig: Rig) -> None:
    rig.ports.closes.over("s1", INCIDENT)
    begin(rig, "inc-2")
    rig.ports.closes.over("s1", INCIDENT)
    assert marked(rig) is not None
    for _ in range(2):
        rig.ports.closes.over("s1", "inc-2")
        assert marked(rig) is None


def test_a_close_of_another_strategy_is_none_of_its_business(rig: Rig) -> None:
    assert begin(rig, "inc-2")
    assert rig.ports.closes.begin("s2", INCIDENT, until=UNTIL)


def test_every_incident_that_has_begun_to_close_a_position_is_remembered_once(rig: Rig) -> None:
    closes = rig.ports.closes
    assert tuple(closes.incidents("p1")) == ()
    for incident in ("inc-b", "inc-a", "inc-b"):
        closes.write_down("p1", incident, [])
    closes.write_down("p2", "inc-c", [])
    assert tuple(closes.incidents("p1")) == ("inc-b", "inc-a")
