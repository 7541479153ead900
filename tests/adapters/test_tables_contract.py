"""Positions, orders and the strategy config."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Refused
from functions.facts import PositionFact
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig


def position(position_id: str = "p1", **more: Any) -> dict[str, Any]:
    item = {"position_id": position_id, "strategy_id": "s1", "symbol": "BTC/USDT:USDT", "side": "long"}
    return {**item, "amount": Decimal("0.05"), "status": "open", **more}


def order(order_id: str = "o1", **more: Any) -> dict[str, Any]:
    item = {"position_id": "p1", "order_id": order_id, "side": "sell", "type": "limit", "status": "open"}
    return {**item, **more}


def test_a_position_is_read_with_its_exact_amount(rig: Rig) -> None:
    rig.put(
        "positions",
        position(
            amount=Decimal("0.123456789012345678"),
            exchange="binanceusdm",
            exit_signal_at="2026-01-31T02:50:00Z",
        ),
    )
    assert rig.ports.positions.open_of(["s1"]) == [
        PositionFact(
            "p1",
            "s1",
            "BTC/USDT:USDT",
            "long",
            Decimal("0.123456789012345678"),
            "open",
            "binanceusdm",
            NOW - timedelta(minutes=10),
        )
    ]


def test_everything_that_is_not_closed_counts_as_open(rig: Rig) -> None:
    rig.put("positions", position("p1"))
    rig.put("positions", position("p2", status="closing"))
    rig.put("positions", position("p3", status="closed"))
    rig.put("positions", position("p4", status="strange"))
    without = position("p5")
    del without["status"]
    rig.put("positions", without)
    rig.put("positions", position("p6", strategy_id="s2"))
    found = {each.position_id for each in rig.ports.positions.open_of(["s1"])}
    assert found == {"p1", "p2", "p4", "p5"}


def test_positions_of_nobody_are_none(rig: Rig) -> None:
    rig.put("positions", position())
    assert list(rig.ports.positions.open_of([])) == []


def test_every_open_position_of_the_table_whoever_holds_it(rig: Rig) -> None:
    for number, status in enumerate(("open", "closing", "closed")):
        rig.put(
            "positions", {"position_id": f"p{number}", "strategy_id": f"s{number}", "amount": 1, "status": status}
        )
    rig.put("positions", {"position_id": "orphan", "amount": 1})
    assert sorted(each.position_id for each in rig.ports.positions.every_open()) == ["orphan", "p0", "p1"]


def test_an_open_position_that_cannot_be_read_is_named_and_hides_no_other(rig: Rig) -> None:
    for number, amount in enumerate((1, "much", None)):
        rig.put("positions", {"position_id": f"p{number}", "symbol": "X", "amount": amount, "status": "open"})
    rig.put("positions", {"position_id": "gone", "amount": "much", "status": "closed"})
    found = rig.ports.positions.each_open()
    assert [one.position_id for one in found.readable] == ["p0"]
    broken = sorted(found.broken, key=lambda one: one[0].position_id)
    assert [(one.position_id, one.symbol, one.amount) for one, _ in broken] == [
        ("p1", "X", Decimal(0)),
        ("p2", "X", Decimal(0)),
    ]
    assert "p1: its amount cannot be read: 'much'" in broken[0][1]
    with pytest.raises(Refused):
        rig.ports.positions.every_open()


def test_positions_of_more_strategies_than_one_filter_holds_are_all_found(rig: Rig) -> None:
    for number in range(130):
        rig.put("positions", position(f"p{number}", strategy_id=f"s{number}", note="x" * 20_000))
    rig.put("positions", position("other", strategy_id="s999"))
    found = rig.ports.positions.open_of([f"s{number}" for number in range(130)])
    assert len(found) == 130


@pytest.mark.parametrize("amount", [None, "0.05", True])
def test_a_position_without_a_readable_amount_is_refused_and_never_looks_small(rig: Rig, amount: Any) -> None:
    rig.put("positions", position(amount=amount))
    with pytest.raises(Refused, match="p1"):
        rig.ports.positions.open_of(["s1"])


def test_positions_are_found_by_id_and_missing_ones_are_none(rig: Rig) -> None:
    for number in range(120):
        rig.put("positions", position(f"p{number}", status="closed"))
    wanted = [f"p{number}" for number in range(121)]
    found = rig.ports.positions.by_id([*wanted, "p0"])
    assert list(found) == wanted
    assert found["p120"] is None
    assert sum(each is not None for each in found.values()) == 120


def test_only_working_orders_of_the_positions_asked_for_are_read(rig: Rig) -> None:
    for status in ("pending", "open", "filled", "canceled", "rejected"):
        rig.put("orders", order(status, status=status))
    rig.put("orders", order("other", position_id="p2"))
    found = rig.ports.orders.working(["p1", "p3", "p1"])
    assert sorted(each.order_id for each in found) == ["open", "pending"]


def test_working_orders_are_read_whosoever_they_are(rig: Rig) -> None:
    for status in ("pending", "open", "filled", "canceled", "rejected"):
        rig.put("orders", order(status, status=status))
    rig.put("orders", order("other", position_id="p2"))
    assert sorted(each.order_id for each in rig.ports.orders.every_working()) == ["open", "other", "pending"]


def test_working_orders_are_read_over_all_pages(rig: Rig) -> None:
    for number in range(25):
        rig.put("orders", order(f"o{number}", note="x" * 60_000))
    assert len(rig.ports.orders.working(["p1"])) == 25


@pytest.mark.parametrize(
    ("given", "protective", "reducing"),
    [
        ({"type": "limit"}, False, None),
        ({"type": "market", "reduce_only": True}, False, True),
        ({"type": "limit", "reduceOnly": False}, False, False),
        ({"type": "stop_market"}, True, None),
        ({"type": "STOP_MARKET", "reduce_only": True}, True, True),
        ({"type": "stop-loss-limit"}, True, None),
        ({"type": "TAKE_PROFIT_MARKET"}, True, None),
        ({"type": "trailing_stop_market"}, True, None),
        ({"type": "STOP", "reduce_only": False}, False, False),
        ({"type": "market", "closePosition": True}, True, True),
        ({"type": "STOP_MARKET", "close_position": "true"}, True, True),
        ({}, False, None),
    ],
)
def test_tells_protective_and_reducing_orders(
    rig: Rig, given: dict[str, Any], protective: bool, reducing: bool | None
) -> None:
    item = order(**given)
    if not given:
        del item["type"]
    rig.put("orders", item)
    (found,) = rig.ports.orders.working(["p1"])
    assert (found.protective, found.reducing) == (protective, reducing)


FIELD, INCIDENT = "order_cooldown_seconds", "inc-1"
EXPIRES = NOW + timedelta(hours=4)


def override(rig: Rig, expected: Any = 30, value: Any = 60, incident_id: str = INCIDENT) -> bool:
    return rig.ports.strategy_config.override(
        "s1", FIELD, expected=expected, value=value, incident_id=incident_id, expires_at=EXPIRES
    )


def test_whose_account_each_strategy_trades_is_told_as_far_as_its_config_says(rig: Rig) -> None:
    switched = {"incident_id": "i", "old": "binanceusdm", "value": "bybit"}
    rig.put("strategy_config", {"strategy_id": "s1", "exchange": "bybit", "account": "main", "mode": "live"})
    rig.put("strategy_config", {"strategy_id": "s2", "account": 7, "switched_exchange": switched})
    found = sorted(rig.ports.strategy_config.traded(), key=lambda one: one["strategy_id"])
    assert found == [
        {"strategy_id": "s1", "exchange": "bybit", "account": "main", "mode": "live"},
        {"strategy_id": "s2", "switched_exchange": "yes"},
    ]


def test_venues_are_told_and_unknown_ones_are_none(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", "exchange": "binanceusdm"})
    rig.put("strategy_config", {"strategy_id": "s2"})
    found = rig.ports.strategy_config.venues(["s1", "s2", "s3"])
    assert found == {"s1": "binanceusdm", "s2": None, "s3": None}


def test_an_override_keeps_the_old_value_and_the_expiry(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 30, "exchange": "okx"})
    assert override(rig)
    assert rig.item("strategy_config", "s1") == {
        "strategy_id": "s1",
        "exchange": "okx",
        FIELD: Decimal(60),
        f"override_{FIELD}": {
            "incident_id": INCIDENT,
            "old": Decimal(30),
            "value": Decimal(60),
            "expires_at": "2026-01-31T07:00:00.000000Z",
        },
    }
    (stands,) = rig.ports.strategy_config.overrides()
    assert stands == {
        "strategy_id": "s1",
        "field": FIELD,
        "incident_id": INCIDENT,
        "old": 30,
        "value": 60,
        "expires_at": EXPIRES,
    }


def test_a_repeated_override_of_the_same_incident_stands(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 30})
    assert override(rig)
    assert override(rig)
    assert not override(rig, expected=60, value=120, incident_id="inc-2")


@pytest.mark.parametrize("item", [{FIELD: 45}, {FIELD: "30"}, {}])
def test_nothing_is_overridden_unless_it_holds_what_was_expected(rig: Rig, item: dict[str, Any]) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", **item})
    assert not override(rig)
    assert rig.item("strategy_config", "s1") == {"strategy_id": "s1", **item}


def test_a_strategy_without_a_config_gets_none_by_an_override(rig: Rig) -> None:
    assert not override(rig, expected=None)
    assert rig.item("strategy_config", "s1") is None


@pytest.mark.parametrize("before", [{FIELD: Decimal(30)}, {}])
def test_putting_back_restores_exactly_what_was_there(rig: Rig, before: dict[str, Any]) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", **before})
    assert override(rig, expected=before.get(FIELD))
    assert not rig.ports.strategy_config.put_back("s1", FIELD, incident_id="inc-2")
    assert rig.ports.strategy_config.put_back("s1", FIELD, incident_id=INCIDENT)
    assert rig.item("strategy_config", "s1") == {"strategy_id": "s1", **before}
    assert not rig.ports.strategy_config.put_back("s1", FIELD, incident_id=INCIDENT)


def test_what_a_person_changed_since_is_left_alone_and_the_override_is_over(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 30})
    override(rig)
    item = rig.item("strategy_config", "s1")
    assert item is not None
    rig.put("strategy_config", {**item, FIELD: 90})
    assert not rig.ports.strategy_config.put_back("s1", FIELD, incident_id=INCIDENT)
    assert rig.item("strategy_config", "s1") == {"strategy_id": "s1", FIELD: Decimal(90)}
    assert list(rig.ports.strategy_config.overrides()) == []
