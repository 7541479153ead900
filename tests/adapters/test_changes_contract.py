"""Lasting changes of a strategy's config and their way back, and the correction of an order's record."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.facts import OrderCorrection
from tests.adapters.conftest import NOW
from tests.adapters.rigs import Rig

FIELD, INCIDENT = "stake_amount", "inc-1"
OFFSET = "limit_offset_bps"
LATER = NOW + timedelta(hours=4)


def change(
    rig: Rig, expected: Any = 500, value: Any = 250, incident_id: str = INCIDENT, field: str = FIELD
) -> bool:
    return rig.ports.strategy_config.change(
        "s1", field, expected=expected, value=value, incident_id=incident_id, at=NOW
    )


def widen(rig: Rig, expected: Any, value: Any, incident_id: str = INCIDENT, *, over: str | None = None) -> bool:
    return rig.ports.strategy_config.override(
        "s1", OFFSET, expected=expected, value=value, incident_id=incident_id, expires_at=LATER, over=over
    )


def config(rig: Rig) -> dict[str, Any]:
    return rig.item("strategy_config", "s1") or {}


def undo(rig: Rig, incident_id: str = INCIDENT, field: str = FIELD) -> bool:
    return rig.ports.strategy_config.undo("s1", field, incident_id=incident_id)


def test_a_change_lasts_and_keeps_the_old_value(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500, "exchange": "okx"})
    assert change(rig)
    assert config(rig) == {
        "strategy_id": "s1",
        "exchange": "okx",
        FIELD: Decimal(250),
        f"change_{FIELD}": {
            "incident_id": INCIDENT,
            "old": Decimal(500),
            "value": Decimal(250),
            "at": "2026-01-31T03:00:00.000000Z",
        },
    }
    (stands,) = rig.ports.strategy_config.changes()
    given = {"strategy_id": "s1", "field": FIELD, "incident_id": INCIDENT, "old": 500, "value": 250, "at": NOW}
    assert stands == given
    assert list(rig.ports.strategy_config.overrides()) == []


def test_a_list_is_changed_only_while_it_is_the_very_list(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", "symbols": ["A", "B"]})
    assert not change(rig, ["B", "A"], ["A"], field="symbols")
    assert not change(rig, ["A"], ["B"], field="symbols")
    assert change(rig, ["A", "B"], ["A"], field="symbols")
    assert config(rig)["symbols"] == ["A"]
    assert undo(rig, field="symbols")
    assert config(rig) == {"strategy_id": "s1", "symbols": ["A", "B"]}


@pytest.mark.parametrize("item", [{FIELD: 499}, {FIELD: "500"}, {}])
def test_nothing_is_changed_unless_it_holds_what_was_expected(rig: Rig, item: dict[str, Any]) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", **item})
    assert not change(rig)
    assert config(rig) == {"strategy_id": "s1", **item}


def test_a_strategy_without_a_config_gets_none_by_a_change(rig: Rig) -> None:
    assert not change(rig, expected=None)
    assert rig.item("strategy_config", "s1") is None


def test_a_field_that_is_overridden_for_a_while_is_not_changed_for_good(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", OFFSET: 10})
    assert widen(rig, 10, 20)
    before = config(rig)
    assert not change(rig, 20, 30, field=OFFSET)
    assert config(rig) == before


def test_a_repeated_change_stands_and_a_further_one_keeps_the_first_value(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500})
    assert change(rig)
    assert change(rig)
    assert change(rig, 250, 125)
    assert config(rig)[f"change_{FIELD}"]["old"] == 500
    assert undo(rig)
    assert config(rig) == {"strategy_id": "s1", FIELD: Decimal(500)}


def test_a_later_incident_changes_it_from_what_it_finds_and_both_can_be_undone(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500})
    assert change(rig)
    first = config(rig)
    assert change(rig, 250, 100, "inc-2")
    assert change(rig, 100, 50, "inc-2")
    stand = [(one["incident_id"], one["old"], one["value"]) for one in rig.ports.strategy_config.changes()]
    assert stand == [("inc-2", 250, 50), (INCIDENT, 500, 250)]
    assert not undo(rig), "the later one stands on top of it"
    assert config(rig)[FIELD] == 50
    assert undo(rig, "inc-2")
    assert config(rig) == first
    assert undo(rig)
    assert config(rig) == {"strategy_id": "s1", FIELD: Decimal(500)}


def test_a_change_that_somebody_has_overruled_is_not_what_a_later_one_goes_back_to(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500})
    assert change(rig)
    rig.put("strategy_config", {**config(rig), FIELD: 350})
    assert change(rig, 350, 175, "inc-2")
    assert undo(rig, "inc-2")
    assert config(rig) == {"strategy_id": "s1", FIELD: Decimal(350)}


def test_a_further_change_keeps_what_a_person_set_in_between(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500})
    assert change(rig)
    rig.put("strategy_config", {**config(rig), FIELD: 350})
    assert change(rig, 350, 175)
    assert undo(rig)
    assert config(rig) == {"strategy_id": "s1", FIELD: Decimal(350)}


def test_an_item_keeps_the_newest_ten_changes_on_top_of_one_another(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500})
    for number in range(12):
        assert change(rig, 500 + number, 501 + number, f"inc-{number}")
    stand = [one["incident_id"] for one in rig.ports.strategy_config.changes()]
    assert stand == [f"inc-{number}" for number in range(11, 1, -1)]
    for number in range(11, 1, -1):
        assert undo(rig, f"inc-{number}")
    assert config(rig) == {"strategy_id": "s1", FIELD: Decimal(502)}


@pytest.mark.parametrize("before", [{FIELD: Decimal(500)}, {}])
def test_undoing_restores_exactly_what_was_there(rig: Rig, before: dict[str, Any]) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", **before})
    assert change(rig, expected=before.get(FIELD))
    assert not undo(rig, "inc-2")
    assert undo(rig)
    assert config(rig) == {"strategy_id": "s1", **before}
    assert not undo(rig)


def test_a_field_that_was_taken_away_comes_back(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500})
    assert change(rig, value=None)
    assert FIELD not in config(rig)
    assert change(rig, value=None)
    assert undo(rig)
    assert config(rig) == {"strategy_id": "s1", FIELD: Decimal(500)}


def test_what_a_person_changed_since_is_left_alone_and_the_change_is_over(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", FIELD: 500})
    change(rig)
    rig.put("strategy_config", {**config(rig), FIELD: 90})
    assert not undo(rig)
    assert config(rig) == {"strategy_id": "s1", FIELD: Decimal(90)}
    assert list(rig.ports.strategy_config.changes()) == []


def test_an_attribute_of_the_platform_is_no_change(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", "change_log": {"value": 1}, "change_owner": "ana"})
    assert list(rig.ports.strategy_config.changes()) == []
    assert not undo(rig, field="owner")


def test_a_further_override_of_the_same_incident_keeps_the_first_value(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", OFFSET: 10})
    assert widen(rig, 10, 20)
    assert not widen(rig, 10, 40), "its own value stands there, not the first one"
    assert not widen(rig, 20, 40, "inc-2")
    assert widen(rig, 20, 40)
    stands = config(rig)
    assert (stands[OFFSET], stands[f"override_{OFFSET}"]["old"]) == (40, 10)
    assert rig.ports.strategy_config.put_back("s1", OFFSET, incident_id=INCIDENT)
    assert config(rig) == {"strategy_id": "s1", OFFSET: Decimal(10)}


def test_an_override_on_top_of_an_earlier_incidents_keeps_what_was_before_both(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", OFFSET: 10})
    assert widen(rig, 10, 20)
    assert not widen(rig, 20, 40, "inc-2", over="inc-3"), "not the one that was named"
    assert not widen(rig, 10, 40, "inc-2", over=INCIDENT), "20 stands there"
    assert widen(rig, 20, 40, "inc-2", over=INCIDENT)
    assert widen(rig, 20, 40, "inc-2", over=INCIDENT), "a retry finds its own"
    stands = config(rig)
    assert (stands[OFFSET], stands[f"override_{OFFSET}"]["old"]) == (40, 10)
    assert not rig.ports.strategy_config.put_back("s1", OFFSET, incident_id=INCIDENT)
    assert rig.ports.strategy_config.put_back("s1", OFFSET, incident_id="inc-2")
    assert config(rig) == {"strategy_id": "s1", OFFSET: Decimal(10)}


def test_nobodys_value_is_written_over_on_top_of_an_earlier_override(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", OFFSET: 10})
    assert widen(rig, 10, 20)
    rig.put("strategy_config", {**config(rig), OFFSET: 15})
    assert not widen(rig, 15, 30, "inc-2", over=INCIDENT)
    assert config(rig)[OFFSET] == 15


def test_a_further_override_leaves_what_a_person_changed_since(rig: Rig) -> None:
    rig.put("strategy_config", {"strategy_id": "s1", OFFSET: 10})
    assert widen(rig, 10, 20)
    rig.put("strategy_config", {**config(rig), OFFSET: 15})
    assert not widen(rig, 20, 40)
    assert config(rig)[OFFSET] == 15


PENDING = {
    "position_id": "p1",
    "order_id": "o1",
    "client_order_id": "c1",
    "side": "buy",
    "type": "limit",
    "status": "pending",
    "amount": Decimal(2),
    "price": Decimal(100),
    "created_at": "2026-01-31T02:50:00Z",
}
FILLED = OrderCorrection("filled", Decimal(2), Decimal(99))


def correct(rig: Rig, correction: OrderCorrection = FILLED, by: str = INCIDENT) -> bool:
    (seen,) = [one for one in rig.ports.orders.of("p1") if one.order_id == "o1"]
    return rig.ports.orders.correct(seen, correction, corrected_by=by, at=NOW)


def test_a_correction_says_what_the_venue_says_and_keeps_what_stood_there(rig: Rig) -> None:
    rig.put("orders", PENDING)
    rig.put("orders", {**PENDING, "order_id": "o2"})
    assert correct(rig)
    assert rig.item("orders", "p1", "o1") == {
        **PENDING,
        "status": "filled",
        "filled": Decimal(2),
        "price": Decimal(99),
        "status_before": "pending",
        "corrected_by": INCIDENT,
        "corrected_at": "2026-01-31T03:00:00.000000Z",
    }
    assert rig.item("orders", "p1", "o2") == {**PENDING, "order_id": "o2"}


def test_what_is_not_known_stays_as_it_is(rig: Rig) -> None:
    rig.put("orders", {**PENDING, "filled": Decimal(1)})
    assert correct(rig, OrderCorrection("rejected", error="never reached the venue"))
    item = rig.item("orders", "p1", "o1") or {}
    assert (item["filled"], item["price"], item["error"]) == (1, 100, "never reached the venue")


@pytest.mark.parametrize("moved", [{"status": "open"}, {"status": "canceled"}, {"filled": Decimal(1)}])
def test_a_row_that_moved_since_it_was_read_is_left_alone(rig: Rig, moved: dict[str, Any]) -> None:
    rig.put("orders", PENDING)
    (seen,) = rig.ports.orders.of("p1")
    rig.put("orders", {**PENDING, **moved})
    assert not rig.ports.orders.correct(seen, FILLED, corrected_by=INCIDENT, at=NOW)
    assert rig.item("orders", "p1", "o1") == {**PENDING, **moved}


def test_an_earlier_try_of_the_same_correction_stands(rig: Rig) -> None:
    rig.put("orders", PENDING)
    (seen,) = rig.ports.orders.of("p1")
    for _ in range(2):
        assert rig.ports.orders.correct(seen, FILLED, corrected_by=INCIDENT, at=NOW)
    assert not rig.ports.orders.correct(seen, FILLED, corrected_by="inc-2", at=NOW)


def test_an_order_that_is_gone_is_not_made(rig: Rig) -> None:
    rig.put("orders", PENDING)
    (seen,) = rig.ports.orders.of("p1")
    rig.put("orders", {**PENDING, "order_id": "o2"})
    gone = type(seen)(**{name: getattr(seen, name) for name in seen.__dataclass_fields__} | {"order_id": "o3"})
    assert not rig.ports.orders.correct(gone, FILLED, corrected_by=INCIDENT, at=NOW)
    assert rig.item("orders", "p1", "o3") is None
