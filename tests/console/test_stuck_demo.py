"""The demo of a stuck position says what is wrong with its end, and nothing where nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from console.stuck_demo import faults_found_in

GOOD: dict[str, Any] = {
    "outcome": "resolved",
    "record": {"status": "closed", "exit_price": 59_990, "closed_manually": True},
    "held": [],
    "pnl": "-0.5 USDT",
}


def test_a_good_end_has_no_fault() -> None:
    assert faults_found_in(**GOOD) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outcome": "escalated"}, "expected was resolved"),
        ({"record": {"status": "open"}}, "its record says open"),
        ({"record": {**GOOD["record"], "exit_price": None}}, "without a price"),
        ({"record": {}}, "its record is gone"),
        ({"record": {**GOOD["record"], "closed_manually": None}}, "does not say that a person closed it"),
        ({"held": [{"symbol": "BTCUSDT", "amount": "0.01"}]}, "the venue still holds"),
        ({"pnl": None}, "nobody knows what it cost"),
    ],
)
def test_every_fault_is_told(change: dict[str, Any], told: str) -> None:
    assert told in "; ".join(faults_found_in(**{**GOOD, **change}))
