"""Secrets of the kinds that stand in logs go; what the runbooks name themselves stays."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.reporting.redact import MOST, REDACTED, clean, clean_body, redacted

VENUE_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
SIGNED = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQssw5c"
TOKEN = "AQCsAAAAKgAAAAMAAAAAAAAAAXvD4Vq8ZyRkZW1vLXRva2VuLTE5"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"binance GET /fapi/v2/account X-MBX-APIKEY: {VENUE_KEY}", VENUE_KEY),
        (f"signing with {{'apiKey': '{VENUE_KEY}', 'secret': 'kept'}}", VENUE_KEY),
        ("signing with {'apiKey': 'a', 'secret': 'hunter2'}", "hunter2"),
        (f"POST /fapi/v1/order?symbol=BTCUSDT&timestamp=1&signature={SIGNED}", SIGNED),
        (f"the key is {VENUE_KEY} and it was refused", VENUE_KEY),
        (f"the private key is {SIGNED}", SIGNED),
        (f"AWS_SECRET_ACCESS_KEY={AWS_SECRET}", AWS_SECRET),
        (f"found {AWS_SECRET} in the environment", AWS_SECRET),
        ("aws_access_key_id: AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("denied for ASIAIOSFODNN7EXAMPLE (expired)", "ASIAIOSFODNN7EXAMPLE"),
        (f"Authorization: Bearer {JWT}", JWT),
        (f'{{"headers": "{{\\"authorization\\": \\"Bearer {JWT}\\"}}"}}', JWT),
        (f"freqtrade said 401 to {JWT}", JWT),
        ("Authorization: Basic cnVuYm9va3M6aHVudGVyMg==", "cnVuYm9va3M6aHVudGVyMg"),
        ("postgresql://bot:hunter2@db.internal:5432/trades timed out", "hunter2"),
        ("DB_PASSWORD=hunter2 is wrong", "hunter2"),
        ('password: "correct horse battery" was refused', "correct horse battery"),
        (f"no answer for task_token={TOKEN}", TOKEN),
        (f'{{"task_token": "{TOKEN}"}}', TOKEN),
        ("https://approvals.example/approvals/apr-1?k=Zm9vYmFy-_x", "Zm9vYmFy-_x"),
        ("https://approvals.example/approvals/apr-1?a=1&amp;k=Zm9vYmFy", "Zm9vYmFy"),
        (
            "GET https://b.example/r?X-Amz-Date=1&X-Amz-Security-Token=FwoGZXIvYXdz",
            "FwoGZXIvYXdz",
        ),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA"),
        ("-----BEGIN PRIVATE KEY----- MIIEpAIBAAKCAQEA and cut", "MIIEpAIBAAKCAQEA"),
        ("passphrase=Tr0ub4dor, retry", "Tr0ub4dor"),
        ("set-cookie: session_id=abcdef", "abcdef"),
        ("listenKey: pqia91ma19a5s61cv6a81va65sdf", "pqia91ma19a5s61cv6a81va65sdf"),
    ],
)
def test_a_secret_in_a_line_goes(text: str, secret: str) -> None:
    shown = redacted(text)
    assert secret not in shown
    assert REDACTED in shown


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:states:eu-central-1:111111111111:execution:tradai-prod-stale-heartbeat:stale-heartbeat-"
        + "a1b2" * 10,
        "arn:aws:ecs:eu-central-1:111111111111:task/tradai-prod/0123456789abcdef0123456789abcdef",
        "repository/strategy@sha256:" + "ab12" * 16,
        "incidents/inc-3f0a9c1be2d44c7fa101/strategies.jsonl",
        "rb3f0a9c1be2d44c7fa1010203040506 filled 0.5 at 60000.10",
        "0f6d8a52-3c1e-4b7a-9d57-2f6f1f1b9f10_8f2b6c1d-0a3e-4c5f-8e7d-6b5a49382716",
        "deployment ecs-svc/2345678901234567890 is PRIMARY",
        "4 beat, 1 do not: momentum-01",
        "the exit order c-x was rejected: -2019 Margin is insufficient.",
        "tradai-strategy-service-prod-with-a-name-that-is-rather-long-2",
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        "https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/x",
        "unexpected keyword at line 3; the secretary of the tokens said: nothing",
        "heartbeat 130 s old, status running",
    ],
)
def test_what_the_runbooks_name_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_the_rest_of_the_line_can_still_be_read() -> None:
    line = f"order refused (apiKey={VENUE_KEY}): -2015 Invalid API-key, IP, or permissions"
    assert redacted(line) == f"order refused (apiKey={REDACTED}): -2015 Invalid API-key, IP, or permissions"


@given(st.text(max_size=200))
def test_any_text_is_taken_and_a_second_time_changes_nothing_that_was_redacted(text: str) -> None:
    assert redacted(redacted(text)).count(REDACTED) >= redacted(text).count(REDACTED)


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "token" * 20_000, "Aa1" * 40_000, "key=" * 30_000, "://a:" * 20_000]
)
def test_a_text_that_was_made_to_take_long_does_not(text: str) -> None:
    begun = time.process_time()
    assert len(redacted(text)) <= 4 * MOST
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "text",
    [
        f"apiKey={VENUE_KEY}",
        "{'apiKey': 'a', 'secret': 'hunter2'}",
        f"Authorization: Bearer {JWT}",
        "postgresql://bot:hunter2@db.internal:5432/trades",
        f"the private key is {SIGNED}",
        'password: "correct horse battery" was refused',
        "https://approvals.example/approvals/apr-1?k=Zm9vYmFy-_x",
    ],
)
def test_what_is_clean_is_not_changed_again(text: str) -> None:
    once = clean(text)
    assert REDACTED in once
    assert clean(once) == once == redacted(text)


def test_a_long_text_is_cleaned_to_its_end_and_keeps_its_length() -> None:
    text = f"{'a quiet line ' * 2_000}password=hunter2 {'and more ' * 2_000}"
    assert clean(text) == text.replace("hunter2", REDACTED)


@pytest.mark.parametrize(
    "text",
    [
        "inc-0123456789abcdef0123456789abcdef01234567",
        "arn:aws:states:eu-central-1:123456789012:execution:tradai-stuck-position-dev:4b1c2d3e-0000-4000-8000-000000000001",
        "rbtcd87b2f3a4c5d6e7f80910111213a1b order 8389765512345",
        "pos-7f3a-ETH/USDT:USDT of momentum-eth: long 0.5 at 2,314.10",
        "registry/bot@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "incidents/inc-0123456789abcdef/report.html",
    ],
)
def test_what_a_runbook_names_itself_is_kept_word_for_word(text: str) -> None:
    assert clean(text) == text


def test_a_list_for_the_bucket_stays_json_without_what_looks_like_a_secret() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "s1", "why": f"refused apiKey={VENUE_KEY}", "apiSecret": "short", "signature": None, "n": 1.5},
        {"id": "s2", "why": "well", "deep": [{"passphrase": "x", "at": "2026-03-01T03:00:00Z"}]},
    ]
    body = "".join(f"{json.dumps(row)}\n" for row in rows)
    kept = clean_body(body, "application/jsonl")
    assert VENUE_KEY not in kept
    first, second = map(json.loads, kept.splitlines())
    assert first == {**rows[0], "why": f"refused apiKey={REDACTED}", "apiSecret": REDACTED}
    assert second["deep"] == [{"passphrase": REDACTED, "at": "2026-03-01T03:00:00Z"}]
    whole = json.dumps({"title": "t", "lines": [f"password: {VENUE_KEY}"]})
    assert json.loads(clean_body(whole, "application/json"))["lines"] == [f"password: {REDACTED}"]


def test_what_is_no_json_is_cleaned_as_text_and_a_page_is_left_as_it_was_made() -> None:
    assert clean_body(f"cut off {{ apiKey={VENUE_KEY}", "application/jsonl") == f"cut off {{ apiKey={REDACTED}"
    assert clean_body(f"apiKey={VENUE_KEY}", "text/html") == f"apiKey={VENUE_KEY}"
    assert clean_body("", "application/jsonl") == ""


@pytest.mark.parametrize("form", ["password: {}", "password = {}", "Authorization: Bearer {}", '"apiSecret": "{}"'])
def test_a_long_text_is_never_cut_between_a_name_and_its_secret(form: str) -> None:
    said = form.format("hunter-two")
    for before in range(MOST - len(said) - 1, MOST):
        assert "hunter-two" not in clean(f"{'x' * before} {said} and more")
