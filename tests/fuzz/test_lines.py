"""Lines that anybody can have a service write: long, deep, marked up, with secrets in them."""

from __future__ import annotations

import json
import unicodedata
from ast import FunctionDef, arg, parse
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import functions.rules
from functions.adapters import logs, mail_rules, notifier
from functions.adapters.exchange import redacting
from functions.adapters.log_lines import Names
from functions.log_queries import LogRow
from functions.rules import log_levels, log_lines, log_patterns
from functions.rules.orders import log_evidence, nets, reading, signs, spoken, telling
from functions.rules.orders.causes import Cause
from functions.rules.reporting import own, redact
from functions.rules.retry_after import LONGEST, retry_after_seconds
from tests.fuzz.hostile import LEAK, SECRET, jsonlike, text
from tests.fuzz.lawful import fuzzed, lawfully
from tests.rules.facts import NOW

RANDOM: Final = st.randoms(use_true_random=False)


def fact_of(line: str) -> Any:
    rows = (LogRow(NOW, line),)
    caught = {cause.value: log_evidence.Lines(1, rows) for cause in Cause}
    return log_evidence.fact_of(
        {**caught, nets.PLACED.name: log_evidence.Lines(1, rows)}, [], NOW, NOW, log_evidence.Who()
    )


def stored(line: str) -> Any:
    try:
        return own.own_of(line)
    except ValueError:
        return None


# Every function of functions/rules that reads a line, and the adapters' own ones.
READERS: Final[dict[str, Callable[[str], Any]]] = {
    "log_lines.hidden": log_lines.hidden,
    "log_lines.sample": log_lines.sample,
    "log_lines.Names": lambda line: Names(["s1", "s10", "s-1"]).within(line),
    "log_levels.says_error": log_levels.says_error,
    "log_levels.message_of": log_levels.message_of,
    "log_levels.frequent": lambda line: log_levels.frequent([line, line]),
    "log_patterns.names_in": log_patterns.names_in,
    "retry_after.retry_after_seconds": lambda line: retry_after_seconds(line, now=NOW),
    "orders.reading.unescaped": reading.unescaped,
    "orders.reading.venue_told": reading.venue_told,
    "orders.reading.codes_in": reading.codes_in,
    "orders.reading.code_told": lambda line: reading.code_told(line, "bybit", Cause.RATE_LIMITED),
    "orders.reading.statuses_in": reading.statuses_in,
    "orders.reading.symbol_told": reading.symbol_told,
    "orders.reading.strategy_told": reading.strategy_told,
    "orders.reading.level_of": reading.level_of,
    "orders.reading.counts_orders_of": reading.counts_orders_of,
    "orders.reading.each_word": lambda line: list(reading.each_word(line, ("error", "a(b"))),
    "orders.signs.causes_of_line": lambda line: signs.causes_of_line(line, None),
    "orders.signs.went_well": lambda line: signs.went_well(line, None),
    "orders.spoken.order_failed": spoken.order_failed,
    "orders.telling.of_a_message": telling.of_a_message,
    "orders.telling.affirmed": telling.affirmed,
    "orders.telling.telling": lambda line: telling.telling(line, reading.level_of(line)),
    "orders.log_evidence.shown": lambda line: log_evidence.shown(line, "-2019"),
    "orders.log_evidence.fact_of": fact_of,
    "reporting.redact.redacted": redact.redacted,
    "reporting.redact.clean": redact.clean,
    "reporting.redact.clean_body": lambda line: redact.clean_body(line, "application/jsonl"),
    "reporting.own.own_of": stored,
    "adapters.samples_of": lambda line: logs.samples_of([[line]]),
    "adapters.frequent_of": lambda line: logs.frequent_of([line]),
    "adapters.subject_line": notifier.subject_line,
    "adapters.body": notifier.body,
    "adapters.mail subject": mail_rules.subject_line,
    "adapters.redacting": redacting.redacted,
}
# What is shown, kept or sent of a line.
TOLD: Final = (
    "log_lines.sample",
    "orders.log_evidence.shown",
    "orders.log_evidence.fact_of",
    "reporting.redact.clean",
    "reporting.redact.clean_body",
    "adapters.samples_of",
    "adapters.subject_line",
    "adapters.body",
    "adapters.redacting",
)
MODULES: Final = (
    "log_lines",
    "log_levels",
    "log_patterns",
    "retry_after",
    "orders/reading",
    "orders/signs",
    "orders/spoken",
    "orders/telling",
    "orders/log_evidence",
    "reporting/redact",
    "reporting/own",
)
LINES: Final = ("line", "lines", "text", "message")


def readers() -> Iterator[str]:
    """Every public function of these modules whose first parameter is a line."""
    folder = Path(str(functions.rules.__path__[0]))
    for name in MODULES:
        for node in parse((folder / f"{name}.py").read_text("utf-8")).body:
            first: list[arg] = node.args.args[:1] if isinstance(node, FunctionDef) else []
            if (
                isinstance(node, FunctionDef)
                and not node.name.startswith("_")
                and [a.arg for a in first if a.arg in LINES]
            ):
                yield f"{name.replace('/', '.')}.{node.name}"


def test_every_reader_of_a_line_is_fuzzed() -> None:
    assert set(readers()) <= set(READERS)


def line_of(rng: Random) -> str:
    """Plain, JSON, JSON in JSON, cut, or all of it one after another."""
    parts = []
    for _ in range(1 + rng.randrange(4)):
        match rng.randrange(6):
            case 0:
                parts.append(json.dumps(jsonlike(rng), ensure_ascii=bool(rng.randrange(2))))
            case 1:
                parts.append(json.dumps({"level": "error", "event": json.dumps({"msg": text(rng)})}))
            case 2:
                parts.append(
                    rng.choice(("ERROR ", "order failed: ", "binanceusdm -2019 ", "retry after ", "{", '\\"'))
                )
            case 3:
                parts.append(rng.choice(("[" * 5_000, '{"a":' * 5_000, "9" * 5_000, "\\u", "\\ud800", "\x1b[31m")))
            case _:
                parts.append(text(rng))
    return "".join(parts)


@pytest.mark.parametrize("reader", READERS)
@fuzzed(40)
@given(rng=RANDOM)
def test_whatever_stands_in_a_line_it_is_read_soon(reader: str, rng: Random) -> None:
    lawfully(lambda: READERS[reader](line_of(rng)))


# Of each a line of 30,000 characters: what a regular expression may try in ever more ways.
BAITS: Final = (
    "a", " ", "1", "_", "0x", "-", "- ", ".", "{", "[", "(", "\\", '\\"', "\t", "\n", "Aa1+", "ERROR ", "error: ",
    "level=", "token", "token ", "apiKey= ", "eyJ", "://a", "429 ", "rejected ", "code:", "price ", "symbol ", "x-",
    "order failed ", "account ", "ab not ", "数量", "margin ", "-----BEGIN PRIVATE KEY-----", "retry after ",
)  # fmt: skip


@pytest.mark.parametrize("bait", BAITS)
def test_a_line_that_says_the_same_over_and_over_is_read_soon(bait: str) -> None:
    """`1`, `0x` and `_` took `message_of` seconds for 20,000 characters, and minutes for what a line may have."""
    line = (bait * (30_000 // len(bait) + 1))[:30_000]
    for reader in READERS.values():
        lawfully(lambda read=reader: read(line))  # type: ignore[misc]  # mypy takes no default for a lambda's type


def test_a_line_of_a_megabyte_is_read_soon_and_cut() -> None:
    line = f"ERROR order failed: {'1' * 500_000} {LEAK} {'x' * 500_000}"
    assert len(log_lines.sample(line)) <= log_lines.SAMPLE_CHARACTERS
    assert len(lawfully(lambda: log_levels.message_of(line))) <= 200
    assert SECRET not in lawfully(lambda: redact.clean(line))


@pytest.mark.parametrize("reader", TOLD)
@fuzzed(40)
@given(rng=RANDOM)
def test_what_is_told_of_a_line_holds_no_secret(reader: str, rng: Random) -> None:
    """The secret stands by itself, as a logger writes it; what is around it is anything."""
    around = [text(rng).replace(LEAK, "")[:300] for _ in range(2)]
    line = f"{around[0]} order failed {LEAK} {around[1]}"
    assert SECRET not in str(lawfully(lambda: READERS[reader](line)))


@fuzzed(60)
@given(rng=RANDOM)
def test_a_subject_is_one_line_whatever_is_told(rng: Random) -> None:
    for made in (notifier.subject_line(line_of(rng)), mail_rules.subject_line(line_of(rng))):
        assert made
        assert not [one for one in made if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@fuzzed(60)
@given(rng=RANDOM)
def test_a_wait_that_a_line_tells_is_never_longer_than_three_days(rng: Random) -> None:
    told = retry_after_seconds(f"{line_of(rng)} Retry-After: {text(rng)}", now=NOW)
    assert told is None or 0 <= told <= LONGEST


@fuzzed(60)
@given(rng=RANDOM)
def test_a_line_names_nobody_who_does_not_stand_in_it(rng: Random) -> None:
    line = line_of(rng)
    assert all(one in line for one in Names(["s1", "BTC", "x"]).within(line))
