"""Every check before trading comes back, each of its answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.facts import AlarmFact, Check, Reading, ScalingFact, ServiceRecord
from functions.rules.resume_checks import QUESTIONS, ResumeFacts, checks, failing, unknown
from tests.rules.facts import FAILED, NOW, order, probe, service

SCALING = ScalingFact(1, 3, False, False, False)
RECORD = ServiceRecord(2, SCALING, NOW)
NOTHING = ServiceRecord(0, None, NOW)
SUSPENDED = ServiceRecord(2, ScalingFact(1, 3, True, True, True), NOW)
BEFORE = ServiceRecord(2, SCALING, NOW - timedelta(hours=1))
LATER = ServiceRecord(2, SCALING, NOW + timedelta(hours=1))


def facts(**more: Any) -> ResumeFacts:
    given: dict[str, Any] = {
        "at": NOW, "halt_id": "h1", "stops": {"arn:s1": "SUCCEEDED"}, "stops_unseen": 0, "trading": (),
        "orders": (), "guards_table": "guards",
        "venues": {"binanceusdm": probe()}, "service": service(desired=0), "cluster": "tradai-local",
        "records": {"h1": RECORD}, "alarms": (AlarmFact("loss", "OK"),), "reason": "fixed",
        "requested_by": "ben", "orders_table": "orders", "state_table": "state", **more,
    }  # fmt: skip
    return ResumeFacts(**given)


def answer(name: str, **more: Any) -> tuple[Check, str]:
    [item] = [one for one in checks(facts(**more)) if one.id == name]
    return item.result, item.value


def test_what_can_be_told_passes_and_what_needs_the_exchange_is_unknown() -> None:
    items = checks(facts())
    assert [item.id for item in items] == list(QUESTIONS)
    assert failing(items) == ()
    assert [item.id for item in unknown(items)] == ["positions", "account"]


@pytest.mark.parametrize(
    ("name", "given", "result", "says"),
    [
        ("stops_over", {"stops": {}}, Check.SKIPPED, "no emergency stop"),
        ("stops_over", {"stops": {"arn:s1": "RUNNING"}}, Check.FAIL, "wait for its end"),
        ("stops_over", {"stops": {"arn:s1": None}}, Check.UNKNOWN, "arn:s1"),
        ("stops_over", {"stops": {"arn:direct-1": None}}, Check.UNKNOWN, "arn:direct-1"),
        ("stops_over", {"stops": {"arn:direct-1": "ENDED"}}, Check.PASS, "1 ended"),
        ("stops_over", {"stops_unseen": 3}, Check.UNKNOWN, "3 more were not looked at"),
        ("stops_over", {"stops": {"arn:s1": "RUNNING"}, "stops_unseen": 3}, Check.FAIL, "wait for its end"),
        ("all_stopped", {"halt_id": None}, Check.SKIPPED, "released"),
        ("all_stopped", {"trading": ("a",)}, Check.FAIL, "stop everything once more"),
        ("entry_orders", {"orders": None}, Check.UNKNOWN, "could not be read"),
        ("entry_orders", {"orders": (order(protective=False, reducing=False),)}, Check.FAIL, "cancel them"),
        ("entry_orders", {"orders": (order(protective=False, reducing=None),)}, Check.UNKNOWN, "o1"),
        ("entry_orders", {"orders": (order(), order(protective=False, reducing=True))}, Check.PASS, "none"),
        ("venues", {"venues": {"b": probe(FAILED)}}, Check.FAIL, "b: told"),
        ("venues", {"venues": {"b": probe(Reading.UNKNOWN)}}, Check.UNKNOWN, "b could"),
        ("venues", {"venues": {"b": None}}, Check.UNKNOWN, "b could"),
        ("venues", {"venues": {}}, Check.UNKNOWN, "none could"),
        ("service", {"service": None}, Check.FAIL, "could not be read"),
        ("service", {"service": service(desired=1), "records": {}}, Check.PASS, "is up"),
        ("service", {"records": {}}, Check.FAIL, "aws ecs update-service --cluster tradai-local"),
        ("service", {"records": {"h1": NOTHING}}, Check.PASS, "stays so"),
        ("service", {}, Check.PASS, "desired count of 2"),
        ("service", {"records": {"h2": NOTHING, "h1": BEFORE}}, Check.FAIL, "halt h1 before it at 2"),
        ("service", {"records": {"h2": NOTHING, "h1": LATER}}, Check.PASS, "stays so"),
        ("service", {"records": {"h2": BEFORE, "h1": NOTHING}}, Check.PASS, "desired count of 2"),
        ("service", {"service": service(desired=1), "records": {"h2": NOTHING, "h1": BEFORE}}, Check.PASS, "is up"),
        ("scaling", {"records": {"h2": SUSPENDED, "h1": BEFORE}}, Check.FAIL, "halt/h2/service"),
        ("scaling", {"records": {"h2": SUSPENDED}}, Check.PASS, "between 1 and 3"),
        ("scaling", {"records": {}}, Check.SKIPPED, "did not touch"),
        ("scaling", {"records": {"h1": ServiceRecord(1, None, NOW, "denied")}}, Check.UNKNOWN, "denied"),
        ("scaling", {"records": {"h1": ServiceRecord(1, None, NOW)}}, Check.PASS, "not scaled by itself"),
        ("risk_alarms", {"alarms": ()}, Check.SKIPPED, "none"),
        ("risk_alarms", {"alarms": (AlarmFact("loss", "ALARM"),)}, Check.FAIL, "loss is in ALARM"),
        ("risk_alarms", {"alarms": (AlarmFact("loss", None),)}, Check.UNKNOWN, "loss"),
        ("cause", {}, Check.PASS, "fixed"),
    ],
)
def test_answers(name: str, given: dict[str, Any], result: Check, says: str) -> None:
    told = answer(name, **given)
    assert told[0] is result
    assert says in told[1]
