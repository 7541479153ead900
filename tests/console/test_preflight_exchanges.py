"""Preflight asks the function that stands where orders leave, and shows what it found."""

from __future__ import annotations

import io
import json
from typing import Any

from console.preflight import exchanges
from console.preflight.model import Result
from tests.console.test_preflight import results


def answered(payload: Any, **more: str) -> dict[str, Any]:
    return {"lambda.invoke": {"Payload": io.BytesIO(json.dumps(payload).encode()), **more}}


def finding(what: str, verdict: str, value: str, advice: str = "") -> dict[str, str]:
    return {"about": "binanceusdm main", "what": what, "verdict": verdict, "value": value, "advice": advice}


def test_what_is_good_stands_in_one_line_and_the_rest_in_one_each() -> None:
    findings = [
        finding("may trade", "good", "yes"),
        finding("position mode", "good", "one-way"),
        finding("may withdraw", "bad", "yes", "take it away"),
        finding("address", "note", "bound to no address", "bind it"),
        finding("clock", "unknown", "the venue did not say its time"),
    ]
    assert results(exchanges.keys, answered({"accounts": 1, "findings": findings})) == [
        (Result.PASS, "may trade yes, position mode one-way"),
        (Result.FAIL, "may withdraw: yes"),
        (Result.NOTE, "address: bound to no address"),
        (Result.UNKNOWN, "clock: the venue did not say its time"),
    ]


def test_an_account_map_that_names_nobody_is_told() -> None:
    assert results(exchanges.keys, answered({"accounts": 0, "findings": []})) == [
        (Result.NOTE, "no account that trades live is known")
    ]


def test_a_map_that_cannot_be_read_is_unknown_and_no_empty_one() -> None:
    unread = {**finding("could not be read", "unknown", "positions: throttled"), "about": "the account map"}
    assert results(exchanges.keys, answered({"accounts": 0, "findings": [unread]})) == [
        (Result.UNKNOWN, "could not be read: positions: throttled")
    ]


def test_a_function_that_breaks_is_unknown() -> None:
    broken = answered({"errorMessage": "no such secret", "errorType": "Broken"}, FunctionError="Unhandled")
    assert results(exchanges.keys, broken) == [(Result.UNKNOWN, "no such secret")]


def test_each_bot_that_lets_us_in_has_a_line_and_so_has_each_that_does_not() -> None:
    one = {**finding("answers", "good", "Momentum on binance, 5m, running"), "about": "freqtrade of s1"}
    other = {**finding("refused", "bad", "HTTP 401", "see its secret"), "about": "freqtrade of s2"}
    given = {"accounts": 0, "findings": [], "bots": [one, other]}
    assert results(exchanges.bots, answered(given)) == [
        (Result.PASS, "answers Momentum on binance, 5m, running"),
        (Result.FAIL, "refused: HTTP 401"),
    ]
    assert results(exchanges.bots, answered({**given, "bots": []})) == [(Result.NOTE, "no strategy's API is set")]
    broken = answered({"errorMessage": "no such secret"}, FunctionError="Unhandled")
    assert results(exchanges.bots, broken) == [(Result.UNKNOWN, "no such secret")]
