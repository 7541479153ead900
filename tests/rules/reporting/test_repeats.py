"""Rounds of looks and waits in a timeline's words: the first in full, the others in one line."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.history import History, StateSpan
from functions.rules.reporting.repeats import Rounds, Said, told_once
from functions.rules.reporting.timeline import timeline_of
from tests.rules.reporting.test_report import ARN, CHILD, NOW


def line(n: int, what: str) -> Said:
    """Capitals are told always, such as acts and errors."""
    at = NOW + timedelta(seconds=n)
    return Said(at, what, machine="" if what.isupper() else "m", until=at + timedelta(seconds=1))


def told(whats: str) -> str:
    found = told_once([line(n, what) for n, what in enumerate(whats)])
    return "".join(f"({one.times} more)" if isinstance(one, Rounds) else one.what for one in found)


def test_rounds_that_say_the_same_are_told_once_with_how_many_more() -> None:
    assert told("abcabcabcabcx") == "abc(3 more)x"
    assert told("xaaaaay") == "xa(4 more)y"


def test_two_of_a_kind_are_told_both() -> None:
    assert told("ababx") == "ababx"


def test_what_is_done_or_fails_is_never_left_out() -> None:
    assert told("aBaBaBaB") == "aBaBaBaB"
    assert told("ababEababab") == "ababEab(2 more)"


@given(st.text("abB", max_size=40))
def test_no_line_is_lost_and_none_is_out_of_order(whats: str) -> None:
    place = 0
    for one in told_once([line(n, what) for n, what in enumerate(whats)]):
        assert one.at == NOW + timedelta(seconds=place)
        if isinstance(one, Said):
            assert one.what == whats[place]
            place += 1
            continue
        lines = round((one.until - one.at).total_seconds())
        size = lines // one.times
        assert whats[place : place + lines] == whats[place - size : place] * one.times
        assert whats[place : place + lines].islower(), "acts are told always"
        place += lines
    assert place == len(whats)


def test_a_timeline_tells_looks_of_a_child_in_rounds() -> None:
    spans, at = [], NOW
    for _ in range(5):
        later = at + timedelta(seconds=60)
        spans.append(StateSpan("stale-heartbeat", ARN, "WaitAWhile", "Wait", at, later))
        at = later + timedelta(seconds=20)
        spans.append(StateSpan("redeploy-service", CHILD, "Look", "Task", later, at))
    history = History(ARN, "stale-heartbeat", "SUCCEEDED", NOW, at, tuple(spans), 20)
    item = {"incident_id": "inc-1", "opened_at": NOW.isoformat(), "execution_arn": ARN}
    found = timeline_of(item, history, end=at)
    assert found is not None
    assert "03:01:20 stale-heartbeat, redeploy-service: the same 4 times more, until 03:06:40" in found.told
    assert sum("redeploy-service: works: look" in one for one in found.told) == 1
