from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from functions.adapters import logs as adapter
from functions.facts import LogFact
from functions.rules.log_levels import CHECKED
from tests.adapters.rigs import Rig

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
START = NOW - timedelta(minutes=15)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def read(rig: Rig, ids: Sequence[str] = ("s1", "s2", "s10")) -> LogFact:
    return rig.ports.logs.read(START, NOW, ids)


@pytest.fixture(autouse=True)
def _time(rig: Rig) -> None:
    rig.set_time(NOW)


def test_an_empty_window_has_no_last_line_and_no_matches(rig: Rig) -> None:
    rig.log(ago(16 * 60), "s1 request timed out")
    fact = read(rig)
    assert (fact.last_line_at, fact.samples, fact.retry_after_seconds) == (None, (), None)
    assert set(fact.counts.values()) == {0}
    assert (fact.by_strategy, fact.last_line_by_strategy) == ({}, {})


def test_counts_every_pattern_within_the_window(rig: Rig) -> None:
    rig.log(ago(50), "s1 request timed out")
    rig.log(ago(40), "s2 HTTP 429 Too Many Requests, Retry-After: 30")
    rig.log(ago(30), "s1 code=-1003 too many requests; retry after 120 s")
    rig.log(ago(20), "filled 429 contracts at 1003")
    counts = read(rig).counts
    assert (counts["timeout"], counts["rate_limited"], counts["out_of_memory"]) == (1, 2, 0)


def test_tells_the_patterns_of_each_strategy_and_never_those_of_a_longer_name(rig: Rig) -> None:
    rig.log(ago(50), 'x {"strategy_id": "s1", "event": "request timed out"}')
    rig.log(ago(40), "s10: HTTP 429 too many requests")
    rig.log(ago(30), "old-s2 signal processed")
    rig.log(ago(20), "ös2 request timed out")
    fact = read(rig)
    assert fact.by_strategy == {"s1": ["timeout"], "s10": ["rate_limited"], "s2": ["timeout"]}


def test_tells_the_last_line_of_the_service_and_of_each_strategy(rig: Rig) -> None:
    for seconds, line in ((90, "s1 beats"), (60, "s1 beats"), (50, "s10 beats"), (10, "service idles")):
        rig.log(ago(seconds), line)
    fact = read(rig)
    assert fact.last_line_at == ago(10)
    assert fact.last_line_by_strategy == {"s1": ago(60), "s10": ago(50)}


def test_a_line_of_the_last_second_is_not_missed(rig: Rig) -> None:
    last, end = NOW + timedelta(milliseconds=300), NOW + timedelta(milliseconds=400)
    rig.log(last, "s1 beats")
    assert rig.ports.logs.read(START, end, ["s1"]).last_line_at == last


def test_the_largest_retry_after_is_told(rig: Rig) -> None:
    rig.log(ago(50), "s1 HTTP 429, Retry-After: 30")
    rig.log(ago(40), "s2 HTTP 418 banned, Retry-After: 120")
    rig.log(ago(30), "s1 HTTP 429, Retry-After: 7")
    assert read(rig).retry_after_seconds == 120


def test_samples_show_each_trouble_once_without_secrets(rig: Rig) -> None:
    rig.log(ago(50), "s1 request timed out api_key=AKIA12345 next")
    rig.log(ago(40), "s1 request timed out api_key=AKIA12345 next")
    rig.log(ago(30), "OutOfMemoryError: killed " + "x" * 400)
    rig.log(ago(20), "s1 signal processed")
    samples = read(rig).samples
    assert len(samples) == 2
    assert samples[0] == "s1 request timed out api_key=*** next"
    assert len(samples[1]) == 300


def test_names_with_characters_of_a_regular_expression_are_taken_literally(rig: Rig) -> None:
    odd = "desk/a.b#1@x:y"
    rig.log(ago(50), f"{odd}: request timed out")
    rig.log(ago(40), "desk/aXb#1@x:y: HTTP 429 too many requests")
    fact = read(rig, [odd, "desk/a"])
    assert fact.by_strategy == {odd: ["timeout"]}
    assert fact.last_line_by_strategy == {odd: ago(50)}


def test_a_strategy_drowned_by_others_is_found_behind_many_rows(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "ROWS", 3)
    rig.log(ago(500), "s2 request timed out")
    rig.log(ago(400), "s10 request timed out")
    for seconds in range(300, 280, -1):
        rig.log(ago(seconds), "s1 request timed out")
    fact = read(rig)
    assert fact.counts["timeout"] == 22
    assert fact.by_strategy == {"s1": ["timeout"], "s2": ["timeout"], "s10": ["timeout"]}
    assert fact.last_line_by_strategy == {"s1": ago(281), "s2": ago(500), "s10": ago(400)}


def test_many_strategies_are_read_in_chunks(rig: Rig) -> None:
    ids = [f"a-rather-long-strategy-name-{number:04d}" for number in range(400)]
    for number in (0, 199, 399):
        rig.log(ago(number + 1), f"{ids[number]} beats")
    found = read(rig, ids).last_line_by_strategy
    assert found == {ids[number]: ago(number + 1) for number in (0, 199, 399)}


def test_tells_when_each_strategy_last_processed_a_signal(rig: Rig) -> None:
    rig.log(ago(50), "s1 signal processed")
    rig.log(ago(40), "s1 beats")
    rig.log(ago(30), "s10 signal processed")
    found = rig.ports.logs.signals(ago(60), ["s1", "s2"])
    assert found == {"s1": ago(50), "s2": None}
    assert rig.ports.logs.signals(ago(45), ["s1"]) == {"s1": None}


def test_tells_when_a_strategy_first_said_a_text(rig: Rig) -> None:
    rig.log(ago(50), "s10 exit due (BTC/USDT:USDT)")
    rig.log(ago(40), "s1 exit due (BTC/USDT:USDT)")
    rig.log(ago(30), "s1 exit due (BTC/USDT:USDT)")
    rig.log(ago(20), "s1 exit due (BTCxUSDT:USDT)")
    said = rig.ports.logs.first_said
    assert said("exit due (BTC/USDT:USDT)", ago(60), "s1") == ago(40)
    assert said("exit due (BTC/USDT:USDT)", ago(35), "s1") == ago(30)
    assert said("exit due (BTC/USDT:USDT)", ago(60), "s2") is None
    assert said("exit due (BTCxUSDT", ago(60), "s1") == ago(20)


def test_lines_of_level_error_are_counted_where_they_are_asked_for(rig: Rig) -> None:
    rig.log(ago(60), '{"level": "ERROR", "strategy_id": "s1", "event": "order refused", "code": -2019}')
    rig.log(ago(50), "2026-03-01 03:00:00,000 - bots.s2 - ERROR - order 17 refused secret=abc")
    rig.log(ago(40), "2026-03-01 03:00:01,000 - bots.s2 - ERROR - order 18 refused secret=abc")
    rig.log(ago(30), '{"level": "INFO", "strategy_id": "s10", "event": "ok", "order": {"severity": "ERROR"}}')
    rig.log(ago(20), "INFO s10 0 errors, ERROR: 0")
    asked = rig.ports.logs.read(START, NOW, ("s1", "s2", "s10"), CHECKED)
    assert asked.counts["error_level"] == 3
    assert asked.by_strategy == {"s1": ["error_level"], "s2": ["error_level"]}
    assert asked.frequent == (("order # refused secret=***", 2), ("order refused", 1))
    assert "signal_processed" not in asked.counts
    assert "error_level" not in read(rig).counts
    assert read(rig).frequent == ()


def test_beyond_the_rows_that_come_back_the_expression_counts_alone(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "ROWS", 3)
    rig.log(ago(500), "ERROR s2 order refused")
    for seconds in range(300, 280, -1):
        rig.log(ago(seconds), "ERROR s1 order refused")
    rig.log(ago(10), '{"level": "INFO", "order": {"severity": "ERROR"}}')
    asked = rig.ports.logs.read(START, NOW, ("s1", "s2", "s10"), CHECKED)
    assert asked.counts["error_level"] == 21
    assert asked.by_strategy == {"s1": ["error_level"], "s2": ["error_level"]}


def test_what_only_a_level_tells_is_asked_for_no_time_to_wait(rig: Rig) -> None:
    rig.log(ago(20), "ERROR s1 the report is late, retry after 600 s")
    assert rig.ports.logs.read(START, NOW, ("s1",), CHECKED).retry_after_seconds is None
