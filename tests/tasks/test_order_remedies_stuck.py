"""Records of orders that stay pending, and exits that work for too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.ending import actions_of
from functions.errors import Transient
from functions.facts import Result
from functions.stuck import left
from functions.venue import OrderStatus, Row, Trouble, VenueOrder
from tests.tasks.remedy_rig import BTC, INCIDENT, MAIN, A, RemedyRig


@pytest.fixture
def rig() -> RemedyRig:
    rig = RemedyRig()
    rig.position("p1", A, BTC)
    return rig


def at_venue(rig: RemedyRig, order_id: str, status: OrderStatus, filled: str = "0", **more: Any) -> VenueOrder:
    given: dict[str, Any] = {
        "order_id": "",
        "client_order_id": f"c-{order_id}",
        "symbol": BTC,
        "side": "sell",
        "type": "limit",
        "status": status,
        "amount": Decimal("0.1"),
        "filled": Decimal(filled),
        "average": Decimal(60_500) if filled != "0" else None,
        "price": Decimal(61_000),
        "reduce_only": True,
        **more,
    }
    return rig.venue.rest(MAIN, VenueOrder(**given))


def row(rig: RemedyRig, order_id: str = "o1") -> dict[str, Any]:
    return rig.world.item("orders", "p1", order_id) or {}


def resolve(rig: RemedyRig, *orders: str, **more: Any) -> Any:
    return rig.walk(rig.stuck_group(*(("p1", one) for one in orders or ("o1",))), **more)


@pytest.mark.parametrize(
    ("status", "filled", "word"),
    [
        (OrderStatus.FILLED, "0.1", "filled"),
        (OrderStatus.CANCELED, "0", "canceled"),
        (OrderStatus.CANCELED, "0.04", "canceled"),
        (OrderStatus.EXPIRED, "0", "canceled"),
        (OrderStatus.REJECTED, "0", "rejected"),
    ],
)
def test_a_record_becomes_what_the_venue_says_after_two_reads(
    rig: RemedyRig, status: OrderStatus, filled: str, word: str
) -> None:
    rig.order("o1")
    at_venue(rig, "o1", status, filled)
    end = resolve(rig)
    assert (rig.steps, rig.waited) == (["wait", "act", "end"], [5])
    assert (end.ending, end.result) == ("acted", Result.DONE)
    stands = row(rig)
    assert (stands["status"], stands["filled"]) == (word, Decimal(filled))
    assert (stands["status_before"], stands["corrected_by"]) == ("pending", INCIDENT)
    assert stands["price"] == (60_500 if filled != "0" else 61_000)
    assert end.follow_ups == ()


def test_an_order_that_never_reached_the_venue_is_rejected(rig: RemedyRig) -> None:
    rig.order("o1")
    end = resolve(rig)
    assert end.result is Result.DONE
    assert (row(rig)["status"], row(rig)["error"]) == ("rejected", "never reached the venue")


def test_one_that_is_too_young_to_be_missed_is_named(rig: RemedyRig) -> None:
    rig.order("o1", created_at=(rig.now - timedelta(seconds=100)).isoformat())
    end = resolve(rig)
    assert (end.result, row(rig)["status"]) == (Result.NOT_DONE, "pending")
    assert any("the venue knows none yet" in told for told in end.known)


def test_one_that_is_found_only_by_the_second_read_is_read_again(rig: RemedyRig) -> None:
    """The venue's list runs behind: what it does not know at first it knows a moment later."""
    rig.order("o1")
    at_venue(rig, "o1", OrderStatus.FILLED, "0.1")
    rig.venue.lag = 1
    end = resolve(rig)
    assert (row(rig)["status"], rig.waited, end.result) == ("filled", [5, 5], Result.DONE)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"created_at": None}, "nobody knows when it was made"),
        ({"client_order_id": None}, "no client order id"),
        ({"filled": Decimal("0.02")}, "the record says that 0.02 of it is filled"),
    ],
)
def test_what_proves_nothing_leaves_the_record_and_is_named(
    rig: RemedyRig, changes: dict[str, Any], why: str
) -> None:
    rig.order("o1", **changes)
    end = resolve(rig)
    assert (end.ending, end.result, rig.writes()) == ("acted", Result.NOT_DONE, [])
    assert any(why in told for told in end.known)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"side": "buy"}, "a buy"),
        ({"amount": Decimal(3)}, "is for 3"),
        ({"status": OrderStatus.UNKNOWN}, "unknown"),
    ],
)
def test_another_order_under_the_same_id_is_not_taken_for_this_one(
    rig: RemedyRig, more: dict[str, Any], why: str
) -> None:
    rig.order("o1")
    at_venue(rig, "o1", **{"status": OrderStatus.FILLED, "filled": "0.1", **more})
    end = resolve(rig)
    assert (end.result, row(rig)["status"]) == (Result.NOT_DONE, "pending")
    assert any(why in told for told in end.known)


def paper(rig: RemedyRig) -> None:
    rig.world.put("positions", {**(rig.world.item("positions", "p1") or {}), "mode": "paper"})


def nobodys(rig: RemedyRig) -> None:
    item = rig.world.item("positions", "p1") or {}
    rig.world.put("positions", {key: value for key, value in item.items() if key != "mode"})
    rig.config(A, mode=None)


@pytest.mark.parametrize("mode", [paper, nobodys])
def test_no_record_is_corrected_unless_live_is_proven(rig: RemedyRig, mode: Callable[[RemedyRig], None]) -> None:
    rig.order("o1")
    at_venue(rig, "o1", OrderStatus.FILLED, "0.1")
    mode(rig)
    end = resolve(rig)
    assert (end.result, row(rig)["status"]) == (Result.NOT_DONE, "pending")
    assert not any(call.startswith("exchange.") for call in rig.world.calls)


@pytest.mark.parametrize("port", ["exchange.order", "orders.of", "positions.by_id"])
def test_what_cannot_be_read_is_named_and_left(rig: RemedyRig, port: str) -> None:
    rig.order("o1")
    rig.world.trouble[port] = Transient("no answer")
    end = resolve(rig)
    assert (end.result, row(rig)["status"]) == (Result.NOT_DONE, "pending")
    assert any("no answer" in told for told in end.known)


def test_a_row_that_moved_meanwhile_is_left_alone(rig: RemedyRig) -> None:
    rig.order("o1")
    end = resolve(rig, acts=lambda _: rig.order("o1", "filled", filled=Decimal("0.1")))
    assert (row(rig)["status"], end.result) == ("filled", Result.NOT_DONE)
    assert "corrected_by" not in row(rig)


def test_one_that_is_settled_by_now_needs_nothing(rig: RemedyRig) -> None:
    rig.order("o1", "filled")
    end = resolve(rig)
    assert (end.ending, end.result, rig.writes(), rig.waited) == ("over", Result.DONE, [], [])


def test_one_unreadable_record_holds_up_no_other(rig: RemedyRig) -> None:
    rig.order("o1", client_order_id=None)
    rig.order("o2")
    at_venue(rig, "o2", OrderStatus.FILLED, "0.1")
    end = resolve(rig, "o1", "o2")
    assert (row(rig, "o1")["status"], row(rig, "o2")["status"]) == ("pending", "filled")
    assert end.result is Result.NOT_DONE


def test_an_exit_that_works_for_too_long_is_stuck_positions_to_end(rig: RemedyRig) -> None:
    """The venue has it open: the record says so, and its position gets a run of its own."""
    rig.order("o1")
    at_venue(rig, "o1", OrderStatus.OPEN)
    end = resolve(rig, waits=lambda _: stuck_position_ends(rig))
    assert (rig.steps, row(rig)["status"]) == (["wait", "act", "close", "wait", "end"], "canceled")
    (started,) = [one for one in rig.world.executions.values() if one.payload]
    assert (started.runbook, started.payload["position_id"]) == ("stuck-position", "p1")
    assert "reason" not in started.payload
    assert (end.ending, end.result) == ("acted", Result.DONE)
    assert any("stuck-position is at work on p1" in told for told in end.known)
    assert end.why == "1 record was corrected; closed: p1 (long 0.1 BTC/USDT:USDT of alpha) at 60500"


def test_what_it_hands_over_is_an_act_of_its_incident_and_the_incident_is_about_it(rig: RemedyRig) -> None:
    rig.order("o1", "open")
    resolve(rig, waits=lambda _: stuck_position_ends(rig))
    item = rig.ports().incidents.get(INCIDENT) or {}
    (act,) = actions_of(item, rig.the_run)
    assert (act.action, act.target, act.result) == ("hand the position to stuck-position", "p1", Result.DONE)
    assert (act.before, str(act.after)[:15]) == ("open: long 0.1 BTC/USDT:USDT", "stuck-position-")
    assert item["position_ids"] == ["p1"]


def test_an_end_that_is_not_seen_in_time_is_waited_for_no_longer(rig: RemedyRig) -> None:
    rig.order("o1", "open")
    end = resolve(rig)
    assert sum(rig.waited) == rig.settings.orders.closes_within
    assert (end.ending, end.result) == ("acted", Result.DONE)
    assert "closed" not in end.why


def test_an_exit_that_a_person_leaves_open_is_left_open_until_then(rig: RemedyRig) -> None:
    rig.order("o1", "open")
    until = rig.now + timedelta(hours=2)

    def leaves(_: int) -> None:
        end_runs(rig)
        left.mark(rig.ports(), rig.the_run, "p1", until)

    end = resolve(rig, waits=leaves)
    assert (end.ending, end.result, end.until) == ("left_open", None, until)
    rig.world.executions.clear()
    again = resolve(rig)
    assert (again.ending, again.until) == ("left_open", until)
    assert rig.world.executions == {}


def end_runs(rig: RemedyRig) -> None:
    for arn, one in rig.world.executions.items():
        if one.payload:
            rig.world.executions[arn] = replace(one, status="SUCCEEDED")


def stuck_position_ends(rig: RemedyRig) -> None:
    """It closes the position, cancels the exit that did not fill, and is over."""
    if any(one.payload for one in rig.world.executions.values()):
        position = rig.world.item("positions", "p1") or {}
        rig.world.put("positions", {**position, "status": "closed", "exit_price": Decimal(60_500)})
        rig.world.put("orders", {**row(rig), "status": "canceled"})
        end_runs(rig)


@pytest.mark.parametrize(
    "item", [{"reduce_only": None}, {"created_at": None}, {"type": "stop", "reduce_only": False}]
)
def test_an_exit_is_one_for_the_remedy_by_the_same_rule_as_when_it_was_found(
    rig: RemedyRig, item: dict[str, Any]
) -> None:
    """The table's own attributes do not say `reduce_only`: a sell of a long position reduces it."""
    rig.order("o1", "open", **{**item, "side": "sell"})
    end = resolve(rig)
    wanted = [] if item.get("reduce_only") is False else ["p1"]
    assert [one.payload["position_id"] for one in rig.world.executions.values() if one.payload] == wanted
    assert end.ending == ("acted" if wanted else "over")


def test_an_exit_whose_position_nobody_could_be_called_to_is_not_over(rig: RemedyRig) -> None:
    rig.order("o1", "open")
    rig.world.trouble["executions.start"] = Transient("throttled")
    end = resolve(rig)
    assert (rig.steps, end.ending, end.result) == (["close", "end"], "acted", Result.NOT_DONE)
    assert any("the close of p1 could not be started: throttled" in told for told in end.known)


def test_every_exit_that_works_for_too_long_gets_a_run_whatever_its_positions_are_called(rig: RemedyRig) -> None:
    rig.position("p10", A, BTC)
    rig.order("o1", "open")
    rig.order("o2", "open", position_id="p10")
    rig.walk(rig.stuck_group(("p1", "o1"), ("p10", "o2")))
    begun = sorted(one.payload["position_id"] for one in rig.world.executions.values() if one.payload)
    assert begun == ["p1", "p10"]


def limited(retry_after: int) -> Transient:
    return Transient("429").of(Trouble(Row.RATE_LIMITED, "DDoSProtection", "-1003", "slow down", retry_after))


def test_a_venue_that_counts_us_is_asked_after_no_other_order_before_its_pause_is_over(rig: RemedyRig) -> None:
    orders = [f"o{number}" for number in range(8)]
    for one in orders:
        rig.order(one)
        at_venue(rig, one, OrderStatus.FILLED, "0.1")
    rig.world.trouble["exchange.order"] = limited(90)
    asked: list[int] = []

    def waits(_: int) -> None:
        asked.append(rig.world.calls.count("exchange.order"))
        rig.world.trouble.clear()

    end = resolve(rig, *orders, waits=waits)
    assert (asked[0], rig.waited) == (1, [90, 5])
    assert (end.result, {row(rig, one)["status"] for one in orders}) == (Result.DONE, {"filled"})


def test_a_venue_that_is_to_be_left_alone_for_hours_is_not_asked_again(rig: RemedyRig) -> None:
    for one in ("o1", "o2"):
        rig.order(one)
    rig.world.trouble["exchange.order"] = limited(7_200)
    end = resolve(rig, "o1", "o2")
    assert (rig.waited, rig.world.calls.count("exchange.order"), end.result) == ([], 1, Result.NOT_DONE)


def test_an_open_entry_or_a_young_exit_is_nobodys_trouble(rig: RemedyRig) -> None:
    rig.order("o1", "open", reduce_only=False)
    rig.order("o2", "open", created_at=(rig.now - timedelta(seconds=100)).isoformat())
    end = resolve(rig, "o1", "o2")
    assert (end.ending, rig.steps) == ("over", ["end"])


def test_a_correction_that_died_before_it_was_settled_is_made_once(rig: RemedyRig) -> None:
    rig.order("o1")
    group = rig.stuck_group(("p1", "o1"))
    current = rig.decide(rig.begin(group))
    rig.pass_time(5)
    current = rig.decide(current)
    rig.world.trouble["incidents.settle"] = Transient("the function died")
    with pytest.raises(Transient):
        rig.apply(current)
    rig.world.trouble.clear()
    end = rig.decide(rig.apply(current)).end
    assert end is not None
    assert (end.result, row(rig)["status"], row(rig)["status_before"]) == (Result.DONE, "rejected", "pending")


def test_a_dry_run_corrects_nothing(rig: RemedyRig) -> None:
    rig.order("o1")
    end = resolve(rig, dry_run=True)
    assert (end.ending, rig.writes(), row(rig)["status"]) == ("dry_run", [], "pending")
    assert "pending to rejected" in end.why


def test_the_kill_switch_keeps_the_record(rig: RemedyRig) -> None:
    rig.order("o1")
    end = resolve(rig, waits=lambda _: rig.engage())
    assert (end.ending, rig.writes(), row(rig)["status"]) == ("refused", [], "pending")


def test_one_whose_row_is_gone_needs_nothing(rig: RemedyRig) -> None:
    assert resolve(rig).ending == "over"


def test_one_whose_strategy_is_halted_is_named(rig: RemedyRig) -> None:
    rig.order("o1")
    rig.order("o2", strategy_id="beta")
    rig.engage(strategy_ids={"beta"})
    end = rig.walk(rig.group_of(("p1", "o1"), ("p1", "o2")))
    assert (row(rig, "o1")["status"], row(rig, "o2")["status"]) == ("rejected", "pending")
    assert end.result is Result.NOT_DONE
