from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.log_patterns import BY_NAME, PATTERNS, RATE_LIMITED, Pattern, names_in
from functions.rules.retry_after import LONGEST, retry_after_seconds

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

SEEN = [
    ("timeout", "ERROR strategy-a request to fapi.binance.com timed out after 10 s"),
    ("timeout", "ccxt.base.errors.RequestTimeout: binanceusdm GET https://fapi.binance.com/fapi/v1/time"),
    ("timeout", "Timeout errors from the exchange"),
    ("timeout", "connect ETIMEDOUT 10.0.0.1:443"),
    ("timeout", "asyncio.TimeoutError"),
    ("timeout", "exchange call hit its timeout"),
    ("refused", "connect ECONNREFUSED 10.0.0.1:443"),
    ("refused", "ccxt.base.errors.ExchangeNotAvailable: binanceusdm"),
    ("refused", "HTTP 503 from fapi.binance.com"),
    ("rate_limited", "binanceusdm 429 Too Many Requests"),
    ("rate_limited", "ERROR strategy-a HTTP 429 from binanceusdm, Retry-After: 20"),
    ("rate_limited", "429 errors"),
    ("rate_limited", "status=429"),
    ("rate_limited", "got 418 I'm a teapot"),
    ("rate_limited", "HTTP/1.1 returned 418"),
    ("rate_limited", '{"code":-1003,"msg":"Too much request weight used"}'),
    ("rate_limited", "error -1003."),
    ("rate_limited", "ccxt.base.errors.RateLimitExceeded"),
    ("rate_limited", "rate limited by the venue"),
    ("rate_limited", "Way too much request weight used; IP banned until 1772334060000"),
    ("out_of_memory", "OutOfMemoryError: Container killed due to memory usage"),
    ("out_of_memory", "Traceback ... MemoryError"),
    ("out_of_memory", "Out of memory: Killed process 7 (python)"),
    ("database", "DynamoDB request timed out"),
    ("database", 'Could not connect to the endpoint URL: "https://dynamodb.eu-central-1.amazonaws.com/"'),
    ("database", "ERROR database unreachable, heartbeat not written"),
    ("network", "[Errno -2] Name or service not known"),
    ("network", "OSError: [Errno 101] Network is unreachable"),
    ("network", "getaddrinfo ENOTFOUND fapi.binance.com"),
    ("exception", "Traceback (most recent call last):"),
    ("exception", "CRITICAL main loop ended"),
    ("signal_processed", "INFO strategy-a processed signal BTC/USDT:USDT hold"),
    ("signal_processed", "event=signal_processed strategy=a"),
    ("signal_processed", "signals evaluated: 3"),
]

NOT_SEEN = [
    ("rate_limited", "filled 429 contracts at 61429.5"),
    ("rate_limited", "order 4291 accepted, code 4290"),
    ("rate_limited", "pnl -1003.5 USDT"),
    ("rate_limited", "status 429.5"),
    ("rate_limited", "enableRateLimit: true"),
    ("rate_limited", "rate limit weight used 100 of 2400"),
    ("rate_limited", "latency 418 ms"),
    ("timeout", "config timeout=10 timeout: 5 timeout_ms"),
    ("out_of_memory", "room 137, memory 512 MiB"),
    ("out_of_memory", "exit code 137"),
    ("database", "database heartbeat written"),
    ("network", "network ok"),
    ("signal_processed", "signal not processed"),
    ("signal_processed", "failed to process signal"),
    ("exception", "0 exceptions"),
]


@pytest.mark.parametrize(("name", "line"), SEEN)
def test_a_line_of_trouble_is_seen_under_its_name(name: str, line: str) -> None:
    assert name in names_in(line)


@pytest.mark.parametrize(("name", "line"), NOT_SEEN)
def test_a_harmless_line_is_not_taken_for_trouble(name: str, line: str) -> None:
    assert name not in names_in(line)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.name)
def test_each_pattern_is_valid_in_python_and_in_logs_insights(pattern: Pattern) -> None:
    re.compile(pattern.regex)
    assert pattern.insights == f"@message like /{pattern.regex}/"
    assert "/" not in pattern.regex
    assert "(?=" not in pattern.regex
    assert "(?!" not in pattern.regex
    assert "(?<" not in pattern.regex
    assert "\\1" not in pattern.regex
    assert BY_NAME[pattern.name] is pattern


@given(st.integers(0, 10**6).filter(lambda n: n not in (429, 418)), st.sampled_from(["HTTP ", "status=", "code: "]))
def test_no_other_number_is_a_refusal(number: int, before: str) -> None:
    assert not RATE_LIMITED.matches(f"{before}{number}")


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("HTTP 429 Retry-After: 20", 20),
        ('{"retryAfter": 7}', 7),
        ("retry after 1500 ms", 2),
        ("retry_after=2 minutes", 120),
        ("Retry-After: 3 m", 180),
        ("retry after 30s", 30),
        ("retry-after: 2.5", 2),
        ("Retry-After: 9999999", LONGEST),
        (f"IP banned until {int(NOW.timestamp() * 1000) + 60_500}.", 61),
        (f"IP banned until {int(NOW.timestamp() * 1000) - 5}.", 0),
        ("banned until 9999999999999", LONGEST),
        ("no word of it", None),
        ("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_whole_seconds(line: str, seconds: int | None) -> None:
    assert retry_after_seconds(line, now=NOW) == seconds


@given(st.text())
def test_any_text_at_all_can_be_read(text: str) -> None:
    names_in(text)
    seconds = retry_after_seconds(text, now=NOW)
    assert seconds is None or 0 <= seconds <= LONGEST
