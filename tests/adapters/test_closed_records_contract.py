"""Records of positions and orders: every field that a close reads, and the write that closes a record."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig
from tests.adapters.test_tables_contract import order, position

AT = "2026-01-31T02:50:00Z"
WHEN = NOW - timedelta(minutes=10)
INCIDENT = "inc-1"


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("account", "main", "main"),
        ("account", 7, "7"),
        ("mode", "live", "live"),
        ("entry_price", Decimal("60000.10"), Decimal("60000.10")),
        ("entry_price", "60000.10", None),
        ("entry_price", True, None),
        ("opened_at", AT, WHEN),
        ("opened_at", "2026-01-31T02:50:00", None),
        ("opened_at", 1769828340, None),
        ("exit_reason", "roi", "roi"),
        ("closed_at", AT, WHEN),
        ("closed_at", True, None),
        ("exit_price", 61000, Decimal(61000)),
        ("exit_price", ["61000"], None),
        ("closed_by", INCIDENT, INCIDENT),
        ("exit_signal_at", "soon", None),
    ],
)
def test_a_position_is_read_field_by_field(rig: Rig, name: str, written: Any, read: Any) -> None:
    rig.put("positions", position(**{name: written}))
    found = rig.ports.positions.by_id(["p1"])["p1"]
    assert getattr(found, name) == read


def test_an_old_position_has_none_of_the_newer_fields(rig: Rig) -> None:
    rig.put("positions", {"position_id": "p1", "amount": 1})
    found = rig.ports.positions.by_id(["p1"])["p1"]
    assert found is not None
    newer = ("account", "mode", "entry_price", "opened_at", "exit_reason", "closed_at", "exit_price", "closed_by")
    assert [getattr(found, name) for name in newer] == [None] * len(newer)
    assert (found.strategy_id, found.symbol, found.side, found.status) == ("", "", "", "")


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("client_order_id", "c1", "c1"),
        ("amount", Decimal("0.05"), Decimal("0.05")),
        ("amount", "0.05", None),
        ("filled", 0, Decimal(0)),
        ("filled", None, None),
        ("price", Decimal("60000.1"), Decimal("60000.1")),
        ("price", False, None),
        ("created_at", AT, WHEN),
        ("created_at", "", None),
        ("error", "-2019 margin is insufficient", "-2019 margin is insufficient"),
    ],
)
def test_an_order_is_read_field_by_field(rig: Rig, name: str, written: Any, read: Any) -> None:
    rig.put("orders", order(**{name: written}))
    (found,) = rig.ports.orders.of("p1")
    assert getattr(found, name) == read


def test_every_order_of_a_position_is_read_whatever_became_of_it(rig: Rig) -> None:
    for number, status in enumerate(("pending", "open", "filled", "canceled", "rejected", "strange")):
        rig.put("orders", order(f"o{number}", status=status))
    rig.put("orders", order("other", position_id="p2"))
    assert [each.order_id for each in rig.ports.orders.of("p1")] == [f"o{number}" for number in range(6)]
    assert list(rig.ports.orders.of("p3")) == []


def test_orders_come_the_oldest_first_and_those_without_a_time_last(rig: Rig) -> None:
    for name, at in (("a", None), ("b", "2026-01-31T03:00:00+00:00"), ("c", "2026-01-31T03:30:00+01:00")):
        rig.put("orders", order(name, **({"created_at": at} if at else {})))
    assert [each.order_id for each in rig.ports.orders.of("p1")] == ["c", "b", "a"]


def test_orders_of_a_position_are_read_over_all_pages(rig: Rig) -> None:
    for number in range(25):
        rig.put("orders", order(f"o{number}", note="x" * 60_000))
    assert len(rig.ports.orders.of("p1")) == 25


def close(rig: Rig, **changes: Any) -> bool:
    given: dict[str, Any] = {
        "amount": Decimal("0.05"),
        "exit_price": Decimal("60010.25"),
        "closed_at": WHEN,
        "manually": True,
        "closed_by": INCIDENT,
        **changes,
    }
    return rig.ports.positions.close("p1", **given)


CLOSED = {
    "status": "closed",
    "closed_at": "2026-01-31T02:50:00.000000Z",
    "closed_by": INCIDENT,
    "exit_price": Decimal("60010.25"),
    "closed_manually": True,
}


def test_a_closed_record_says_when_at_what_price_and_by_whom(rig: Rig) -> None:
    rig.put("positions", position(note="kept"))
    for _ in range(2):
        assert close(rig)
        assert rig.item("positions", "p1") == {**position(note="kept"), **CLOSED}
    assert list(rig.ports.positions.open_of(["s1"])) == []


def test_only_what_a_person_or_we_closed_says_so(rig: Rig) -> None:
    rig.put("positions", position())
    assert close(rig, manually=False)
    assert "closed_manually" not in (rig.item("positions", "p1") or {})


def test_a_price_that_is_not_known_is_not_written(rig: Rig) -> None:
    rig.put("positions", position())
    assert close(rig, exit_price=None)
    assert "exit_price" not in (rig.item("positions", "p1") or {})


def test_a_time_in_another_zone_is_written_as_utc(rig: Rig) -> None:
    rig.put("positions", position())
    assert close(rig, closed_at=WHEN.astimezone(timezone(timedelta(hours=1))))
    assert (rig.item("positions", "p1") or {})["closed_at"] == "2026-01-31T02:50:00.000000Z"


@pytest.mark.parametrize("status", ["open", "closing", "strange", None])
def test_everything_that_is_not_closed_can_be_closed(rig: Rig, status: str | None) -> None:
    item = position(status=status)
    if status is None:
        del item["status"]
    rig.put("positions", item)
    assert close(rig)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "closed", "closed_by": "inc-2"},
        {"status": "closed"},
        {"amount": Decimal("0.04")},
        {"amount": "0.05"},
    ],
)
def test_a_record_that_changed_meanwhile_stays(rig: Rig, changed: dict[str, Any]) -> None:
    rig.put("positions", position(**changed))
    assert not close(rig)
    assert rig.item("positions", "p1") == position(**changed)


def test_a_record_that_there_is_not_is_not_made(rig: Rig) -> None:
    assert not close(rig)
    assert rig.item("positions", "p1") is None


def test_amounts_are_compared_as_numbers(rig: Rig) -> None:
    rig.put("positions", position())
    assert close(rig, amount=Decimal("0.0500"))
