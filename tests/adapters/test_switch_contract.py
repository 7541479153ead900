"""Another venue for a strategy: only from the one that was seen, only to the one that its config names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.rigs import Rig

CONFIG = {"strategy_id": "s1", "exchange": "binanceusdm", "fallback_exchange": "okx", "symbols": ["BTC/USDT:USDT"]}


def switch(rig: Rig, incident_id: str = "inc-1") -> bool:
    config = rig.ports.strategy_config
    return config.switch("s1", expected="binanceusdm", exchange="okx", incident_id=incident_id)


def test_a_switch_keeps_the_way_back_beside_the_new_venue(rig: Rig) -> None:
    rig.put("strategy_config", CONFIG)
    assert switch(rig)
    assert rig.item("strategy_config", "s1") == {
        **CONFIG,
        "exchange": "okx",
        "switched_exchange": {"incident_id": "inc-1", "old": "binanceusdm", "value": "okx"},
    }


def test_a_repeated_switch_of_the_same_incident_stands(rig: Rig) -> None:
    rig.put("strategy_config", CONFIG)
    assert switch(rig)
    stands = rig.item("strategy_config", "s1")
    assert switch(rig)
    assert rig.item("strategy_config", "s1") == stands


def test_what_another_incident_switched_is_not_ours(rig: Rig) -> None:
    rig.put("strategy_config", CONFIG)
    assert switch(rig, "inc-0")
    assert not switch(rig)
    item = rig.item("strategy_config", "s1")
    assert item is not None
    assert item["switched_exchange"]["incident_id"] == "inc-0"


def test_after_the_way_back_a_strategy_can_be_switched_again(rig: Rig) -> None:
    gone_back = {"incident_id": "inc-0", "old": "binanceusdm", "value": "okx"}
    rig.put("strategy_config", {**CONFIG, "switched_exchange": gone_back})
    assert switch(rig)


@pytest.mark.parametrize(
    "changed",
    [
        {"exchange": "kraken"},
        {"exchange": None},
        {"fallback_exchange": "kraken"},
        {"fallback_exchange": None},
        {"exchange": "okx"},
    ],
)
def test_nothing_is_switched_that_changed_meanwhile(rig: Rig, changed: dict[str, Any]) -> None:
    item = {key: value for key, value in {**CONFIG, **changed}.items() if value is not None}
    rig.put("strategy_config", item)
    assert not switch(rig)
    assert rig.item("strategy_config", "s1") == item


def test_a_strategy_without_a_config_gets_none_by_a_switch(rig: Rig) -> None:
    assert not switch(rig)
    assert rig.item("strategy_config", "s1") is None


def test_a_switch_is_no_override_that_expires(rig: Rig) -> None:
    rig.put("strategy_config", CONFIG)
    switch(rig)
    assert rig.ports.strategy_config.overrides() == []
