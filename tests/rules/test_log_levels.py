from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.log_levels import CHECKED, ERROR_LEVEL, MOST_FREQUENT, frequent, message_of, says_error
from functions.rules.log_patterns import PATTERNS, TROUBLE

ERRORS = [
    "ERROR strategy-a order refused",
    "ERROR",
    "ERROR:root:order refused",
    "ERROR -2019 margin is insufficient",
    "ERROR INFO endpoint failed",
    "ERROR order refused\n  at place()",
    "<ERROR> order refused",
    "[ERROR]\t2026-03-01T03:00:00Z\t7f8c order refused",
    "2026-03-01 03:00:00,123 ERROR module - order refused",
    "2026-03-01 03:00:00 UTC ERROR order refused",
    "2026-03-01T03:00:00.123Z ERROR [module] order refused",
    "2026-03-01T03:00:00+00:00 FATAL order refused",
    "2026-03-01 03:00:00,000 - freqtrade.worker - ERROR - order refused",
    "2026-03-01 03:00:00,000 - root - CRITICAL - order refused",
    "[2026-03-01 03:00:00] ERROR in app: order refused",
    "03:00:00.123 [main] ERROR com.desk.Orders - order refused",
    "2026-03-01 03:00:00,123 [worker-1] ERROR  c.d.Orders - order refused",
    "2026-03-01 03:00:00.123 | ERROR    | orders:place:12 - order refused",
    "strategy-1  | ERROR order refused",
    "bot-1 2026-03-01 ERROR order refused",
    "2026/03/01 03:00:00 [error] 12#12: order refused",
    'time="2026-03-01" level=error msg="order refused"',
    '{"ts": "2026-03-01", "level": "ERROR", "event": "order refused"}',
    '{"levelname":"error","message":"order refused"}',
    '{"severity":"CRITICAL","message":"order refused"}',
    '{"log.level":"error","message":"order refused"}',
    '{"log":{"level":"fatal"},"message":"order refused"}',
    '{"event":"failed {\'code\': -2019}","level":"error"}',
    '{"level":50,"msg":"order refused"}',
    '{"levelno":40,"message":"order refused"}',
    '{"level":"error","message":"cut off in the mid',
    'momentum-btc | {"level":"error","message":"order refused"}',
]

HARMLESS = [
    "INFO 0 errors",
    "INFO error_rate=0",
    "2026-03-01 03:00:00 INFO no error",
    "2026-03-01 03:00:00 INFO module - got ERROR from the venue",
    "2026-03-01 03:00:00 DEBUG ERROR CRITICAL FATAL",
    "2026-03-01 - INFO - ERROR - quoted",
    "WARNING ERROR seen before",
    "[INFO] ERROR count 3",
    "got ERROR from the venue",
    "no ERROR found",
    "ERROR: 0 WARN: 3",
    "ERROR 0",
    "ERROR=0",
    "ERRORS 0",
    "ERROR_RATE=0",
    "heartbeat written, errors: 0",
    'level=info msg="level=error"',
    'INFO {"level":"error"}',
    '{"level":"INFO","message":"the venue said \\"level\\":\\"ERROR\\""}',
    '{"level":"INFO","order":{"severity":"ERROR"}}',
    '{"level":"warning","error":"ERROR"}',
    '{"message":"ERROR","level":"info"}',
    '{"level":"info","errors":0,"error":null}',
    '{"level":40,"msg":"a warning of another logger"}',
    '{"levelno":30,"message":"order refused"}',
]


@pytest.mark.parametrize("line", ERRORS)
def test_a_line_of_level_error_or_worse_is_one_in_every_form(line: str) -> None:
    assert ERROR_LEVEL.matches(line)


@pytest.mark.parametrize("line", HARMLESS)
def test_a_line_that_only_uses_the_word_is_none(line: str) -> None:
    assert not ERROR_LEVEL.matches(line)


def test_the_checklist_asks_for_it_beside_every_trouble_and_a_diagnosis_does_not() -> None:
    assert (*TROUBLE, ERROR_LEVEL) == CHECKED
    assert ERROR_LEVEL not in PATTERNS


def test_the_expression_is_one_that_logs_insights_takes() -> None:
    re.compile(ERROR_LEVEL.regex)
    for forbidden in ("/", "(?", "\\1"):
        assert forbidden not in ERROR_LEVEL.regex
    assert len(ERROR_LEVEL.regex) < 1_000, "a query holds 10,000 characters, and up to 6,000 of ids"


@pytest.mark.parametrize("part", ["a1-", "1 ", "[a] ", "a.b ", "a - ", "[", "2026-03-01T", "{", "-", "ERROR "])
def test_no_line_takes_long(part: str) -> None:
    line = part * (12_000 // len(part))
    began = time.process_time()
    ERROR_LEVEL.matches(line)
    says_error(line)
    message_of(line)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2026-03-01 03:00:00,000 - freqtrade.worker - ERROR - order 17 refused", "order # refused"),
        ("[ERROR] order 0xAF12 of 1.25 at 61429.5 refused", "order # of # at # refused"),
        ("ERROR run 3f0a9c1b-e2d4-4c7f-a101-0a1b2c3d4e5f died", "run # died"),
        ('{"level":"ERROR","event":"order_failed","error":"code -2019"}', "order_failed: code -#"),
        ('{"level":"ERROR","strategy_id":"s"}', '{"level":"ERROR","strategy_id":"s"}'),
        ("ERROR", "an empty line"),
        ("ERROR " + "x" * 400, "x" * 119 + "…"),
    ],
)
def test_a_message_stands_without_what_varies(line: str, message: str) -> None:
    assert message_of(line) == message


def test_the_most_frequent_messages_come_first_and_no_more_than_some() -> None:
    lines = [f"ERROR order {n} refused" for n in range(5)] + ["ERROR a", "ERROR b", "ERROR b", "ERROR c"]
    assert frequent(lines) == (("order # refused", 5), ("b", 2), ("a", 1))
    assert len(frequent(lines)) == MOST_FREQUENT


def test_what_a_pattern_names_is_not_told_again_in_its_own_words() -> None:
    assert frequent(["ERROR HTTP 429 Too Many Requests", "ERROR order refused"]) == (("order refused", 1),)


@given(st.text())
def test_any_text_at_all_can_be_looked_at(text: str) -> None:
    assert isinstance(ERROR_LEVEL.matches(text), bool)
    assert message_of(text)


@given(
    st.sampled_from(["DEBUG", "INFO", "WARNING", "debug", "info", "warning"]), st.text(st.characters(codec="utf-8"))
)
def test_a_structured_line_of_a_lower_level_is_none_whatever_it_quotes(level: str, text: str) -> None:
    line = json.dumps({"level": level, "message": f"{text} ERROR level=error"})
    assert not ERROR_LEVEL.matches(line)
