"""The demo of failing orders believes the stand-in's own count, and not the run's word."""

from __future__ import annotations

from typing import Any

import pytest

from console.demo import broken_on_purpose, reason_of
from console.order_demo import DEMOS, counted, faults_found_in
from infra import asl, paths

PASSES = {"sent": 5, "passing": 5, "failing": 0, "refused": {}}
FAILS = {"sent": 5, "passing": 0, "failing": 4, "refused": {"-4024": 4}}
GOOD: dict[str, Any] = {
    "outcome": "resolved",
    "cause": "invalid_price",
    "wrong_remedies": [],
    "stats": {"interruptions": {"s1": 0}, "flow": {"strategies": {"s1": PASSES}}},
}
PRICE, FROZEN = DEMOS["orders.invalid-price"], DEMOS["orders.account-frozen"]


def test_a_good_end_has_no_fault() -> None:
    assert faults_found_in(PRICE, **GOOD) == []


def test_what_only_a_person_can_mend_goes_on_failing() -> None:
    stats = {"flow": {"strategies": {"s1": FAILS}}}
    ended = {**GOOD, "outcome": "escalated", "cause": "account_frozen", "stats": stats}
    assert faults_found_in(FROZEN, **ended) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outcome": "escalated"}, "expected was resolved"),
        ({"cause": ""}, "names no cause"),
        ({"cause": "invalid_price, rate_limited"}, "expected was invalid_price"),
        ({"wrong_remedies": ["stake_amount of s1"]}, "cured nothing: stake_amount of s1"),
        ({"stats": {**GOOD["stats"], "interruptions": {"s1": 1}}}, "were interrupted: s1"),
        ({"stats": {"flow": {"strategies": {"s1": PASSES, "s2": FAILS}}}}, "do not flow: s2 (-4024)"),
        ({"stats": {"flow": {"strategies": {}}}}, "none is sent"),
    ],
)
def test_every_fault_is_told(change: dict[str, Any], told: str) -> None:
    assert told in "; ".join(faults_found_in(PRICE, **{**GOOD, **change}))


def test_every_demo_is_of_a_cause_that_the_runbook_answers() -> None:
    [runbook] = [one.runbook for one in asl.discover(paths.STATEMACHINES) if one.name == "order-failures"]
    assert {one.cause for one in DEMOS.values()} <= set(runbook.answers)


def test_the_end_counts_the_orders_at_the_venue() -> None:
    flow = {"s1": {**PASSES, "filled": 5}, "s2": {**FAILS, "filled": 1}}
    told = "counted at the venue since the run ended: 10 orders sent, 6 filled, 4 refused"
    assert counted({"flow": {"strategies": flow}}) == told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            "Threshold Crossed: Maximum 148.0 GreaterThanOrEqualToThreshold 1.0",
            "OrderFailures is 148; the alarm goes off from 1 on",
        ),
        ("Threshold Crossed: 5 stale strategies", "Threshold Crossed: 5 stale strategies"),
        ("Threshold Crossed: Maximum 1.0 SomethingElse 2.0", "Threshold Crossed: Maximum 1.0 SomethingElse 2.0"),
    ],
)
def test_the_reason_of_an_alarm_is_told_in_words(reason: str, told: str) -> None:
    assert reason_of({"StateReason": reason, "MetricName": "OrderFailures"}) == told


def test_what_is_broken_on_purpose_is_told_with_what_it_means() -> None:
    class Api:
        def faults(self) -> dict[str, Any]:
            return {"faults": [{"name": "orders.x", "about": "Orders are refused."}], "active": []}

    api: Any = Api()
    assert broken_on_purpose(api, "orders.x", "s1") == "broken on purpose: orders.x of s1 - Orders are refused."
    assert broken_on_purpose(api, "other", None) == "broken on purpose: other"
