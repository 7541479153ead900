"""A recording tells times as they would have been on AWS: waits are longer, and all else is as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from functions.history import StateSpan
from tests.browser.stretch import Stretch

START = datetime(2026, 3, 1, 3, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def span(kind: str, entered: float, left: float | None) -> StateSpan:
    end = None if left is None else after(left)
    return StateSpan("m", "arn", "S", kind, after(entered), end)


SPANS = [span("Task", 0, 10), span("Wait", 10, 11), span("Wait", 10.5, 12), span("Task", 12, 20)]
STRETCH = Stretch(SPANS, 0.1, after(20))


def test_what_waited_lasts_longer_and_what_waited_at_once_passes_at_once() -> None:
    assert [STRETCH.at(after(one)) for one in (0, 10, 11, 12, 20)] == [
        after(0),
        after(10),
        after(20),
        after(30),
        after(38),
    ]


def test_every_form_of_a_moment_is_moved_also_inside_a_sentence() -> None:
    told = {
        "at": "2026-03-01T03:00:12.000000Z",
        "alarm": "2026-03-01T03:00:12.000+0000",
        "value": "since 03:00:12: seen at 2026-03-01 03:00:12 UTC, port 10:20, 12:00",
        "list": ["2026-03-01T03:00:00Z"],
        "count": 7,
    }
    assert STRETCH.of(told) == {
        "at": "2026-03-01T03:00:30.000Z",
        "alarm": "2026-03-01T03:00:30.000+00:00",
        "value": "since 03:00:30: seen at 2026-03-01 03:00:30 UTC, port 10:20, 12:00",
        "list": ["2026-03-01T03:00:00.000Z"],
        "count": 7,
    }


def test_an_answer_is_due_from_when_it_was_asked_whether_the_time_to_answer_was_shortened_or_not() -> None:
    asked = {"asked_at": after(12).isoformat()}
    shortened = STRETCH.of({**asked, "lapses_at": after(48).isoformat()})
    assert shortened["lapses_at"] == (after(30) + timedelta(seconds=360)).isoformat()
    whole = STRETCH.of({**asked, "lapses_at": after(612).isoformat()})
    assert whole["lapses_at"] == (after(30) + timedelta(seconds=600)).isoformat()
