"""For how long strategies sent no heartbeat, in the first line of a report."""

from __future__ import annotations

from typing import Any

import pytest

from functions.rules.reporting.incident import Incident
from functions.rules.reporting.silence import silence
from tests.rules.reporting.test_first_table import act, seen
from tests.rules.reporting.test_report import incident, short

Looks = list[tuple[float, str]]


def of(looks: dict[str, Looks], **more: Any) -> Incident:
    """`looks`: of each strategy the minute and what was read."""
    noted = [seen("heartbeat", value, minute, name) for name, found in looks.items() for minute, value in found]
    return incident(**{"outcome": "escalated", "strategy_ids": list(looks), "evidence": noted, **more})


BACK: Looks = [(5, "300 s old, status running"), (7, "0 s old, status running")]
LATER: Looks = [(5, "120 s old, status running"), (6, "180 s old, status running"), (9, "2 s old, status running")]
STILL: Looks = [(5, "300 s old, status running"), (25, "1500 s old, status running")]
AGAIN: Looks = [*BACK, (20, "600 s old, status running"), (22, "0 s old, status running")]


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ({"s1": BACK, "s2": BACK}, " for 7 min (03:00:00 to 03:07:00 UTC)"),
        ({"s1": BACK, "s2": STILL}, " for up to 25 min (03:00:00 to 03:25:00 UTC, and not all beat at its end)"),
        ({"s1": AGAIN}, " for up to 22 min (03:00:00 to 03:22:00 UTC)"),
        ({"s1": BACK, "s2": [(5, "missing"), (7, "0 s old, status running")]}, ""),
        ({"s1": BACK, "s2": []}, ""),
        ({}, ""),
    ],
    ids=["alike", "one is silent still", "twice", "since when nobody knows", "one was not looked at", "none"],
)
def test_it_lasts_from_the_last_heartbeat_to_the_first_look_that_finds_one(
    looks: dict[str, Looks], told: str
) -> None:
    assert silence(of(looks)) == told


def test_a_heartbeat_that_was_fresh_at_the_first_look_is_no_silence_from_then_on() -> None:
    assert silence(of({"s1": BACK, "s2": LATER})) == ""


def test_a_good_end_without_a_look_that_found_a_heartbeat_claims_no_length() -> None:
    assert silence(of({"s1": STILL}, outcome="resolved")) == ""
    watched = seen("watch, look 1", "1 beat, 0 do not", 26)
    still = of({"s1": STILL}).maps("evidence")
    told = silence(of({"s1": STILL}, outcome="resolved", evidence=[*still, watched]))
    assert told == " for 26 min (03:00:00 to 03:26:00 UTC)", "the watch found it"


def test_of_more_strategies_than_were_noted_nothing_is_claimed() -> None:
    assert silence(of({"s1": BACK}, strategy_ids_total=40)) == ""


def test_a_night_has_its_dates() -> None:
    night: Looks = [(5, "14700 s old, status running"), (7, "0 s old, status running")]
    assert silence(of({"s1": night})) == " for 4 h 7 min (2026-02-28 23:00:00 to 2026-03-01 03:07:00 UTC)"


def test_the_first_line_of_a_stale_heartbeat_tells_it() -> None:
    it = of({"s1": BACK}, outcome="resolved", actions=[act("redeploy the service", "svc")], not_proven=[])
    first = "1 strategy had sent no heartbeat for 7 min (03:00:00 to 03:07:00 UTC): s1."
    assert first in short(it)["what happened"].split("\n")
