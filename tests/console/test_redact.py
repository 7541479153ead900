"""Whoever has a task token can answer for a person; no reader of histories may show one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.redact import REDACTED, redact
from tests.console.recorded import ALL, FOLDER, load

TOKEN = "AQCsAAAAKgAAAAMAAAAAAAAAAXvD4Vq8ZyRkZW1vLXRva2VuLWRvLW5vdC1zaG93/+9wzLk2Xq=="


def scheduled(parameters: Any) -> dict[str, Any]:
    """A callback as AWS records it: the parameters are one JSON string."""
    return {
        "id": 7,
        "type": "TaskScheduled",
        "previousEventId": 6,
        "taskScheduledEventDetails": {
            "resourceType": "lambda",
            "resource": "invoke.waitForTaskToken",
            "region": "eu-central-1",
            "parameters": json.dumps(parameters),
        },
    }


@pytest.mark.parametrize(
    "parameters",
    [
        {"FunctionName": "ask", "Payload": {"task_token": TOKEN}},
        {"Payload": {"deep": [{"deeper": {"task_token": TOKEN}}]}},
        {"Payload": json.dumps({"task_token": TOKEN})},
        {"Payload": {"a": json.dumps({"b": json.dumps({"task_token": TOKEN})})}},
        {"Payload": {"TaskToken": TOKEN}, "MessageBody": {"taskToken": TOKEN}},
        {"Payload": {"task_token": TOKEN, "also": f"answer at once with {TOKEN}"}},
        {"Payload": {"task_token": {"value": TOKEN}}},
        {"Payload": {"task_token": [TOKEN]}},
        {"Payload": {"text": f"cut off in the middle {{\"task_token\": \"{TOKEN}"}},
        {"Payload": {"text": f"{{'task_token': '{TOKEN}', 'more': 1}}"}},
        {"Payload": {"text": f"task_token={TOKEN} was refused"}},
        {"Payload": json.dumps(f'{{\\"task_token\\": \\"{TOKEN}\\"')},
    ],
)  # fmt: skip
def test_hides_a_token_however_it_is_nested_or_escaped(parameters: Any) -> None:
    event = scheduled(parameters)
    assert "AQCsAAAA" in json.dumps(event), "the case itself must hold the token"
    assert "AQCsAAAA" not in json.dumps(redact(event))


@pytest.mark.parametrize("joined", ["?k=", "&k=", "?k%3D", "&amp;k=", "\\u0026k="])
def test_hides_the_key_of_a_personal_link_and_keeps_the_link(joined: str) -> None:
    link = f"https://x/approvals/apr-1{joined}SuperSecret-Key_1"
    event = {"text": f"sent {link}, done", "json": json.dumps({"deep": [link]}), "ask": "a=b ?kind=change"}
    cleaned = json.dumps(redact(event))
    assert "SuperSecret" not in cleaned
    assert "approvals/apr-1" in cleaned
    assert "?kind=change" in cleaned


def test_hides_the_token_in_every_place_of_the_event_once_it_is_known() -> None:
    event = scheduled({"Payload": {"task_token": TOKEN}})
    event["taskFailedEventDetails"] = {"error": "Refused", "cause": f"nobody takes {TOKEN}"}
    assert redact(event)["taskFailedEventDetails"]["cause"] == f"nobody takes {REDACTED}"


def test_keeps_everything_else_as_it_stood() -> None:
    event = scheduled({"FunctionName": "ask", "Payload": {"task_token": TOKEN, "question": "close?", "n": 1}})
    parameters = json.loads(redact(event)["taskScheduledEventDetails"]["parameters"])
    assert parameters == {
        "FunctionName": "ask",
        "Payload": {"task_token": REDACTED, "question": "close?", "n": 1},
    }


def test_leaves_an_event_without_a_token_untouched_to_the_byte() -> None:
    event = scheduled({"Payload": {"tokens_left": 3, "text": '{"b":  1,"a": "token"}'}})
    assert redact(event) == event


def test_tells_a_missing_token_from_a_hidden_one() -> None:
    assert redact({"task_token": None}) == {"task_token": None}


def test_does_not_change_the_event_that_it_was_given() -> None:
    event = scheduled({"Payload": {"task_token": TOKEN}})
    before = json.dumps(event)
    redact(event)
    assert json.dumps(event) == before


@pytest.mark.parametrize("name", ALL)
def test_no_recorded_history_shows_a_token_after_redaction(name: str) -> None:
    assert "AQCsAAAA" not in json.dumps([redact(event) for event in load(name)["events"]], default=str)


def test_the_recorded_histories_hold_a_token_to_be_hidden() -> None:
    assert "AQCsAAAA" in (FOLDER / "callback.json").read_text("utf-8")


wraps = st.lists(st.sampled_from(["dict", "list", "json", "payload"]), max_size=6)


@given(wraps, st.sampled_from(["task_token", "taskToken", "TaskToken", "TASK_TOKEN", "task-token"]))
def test_hides_a_token_under_any_wrapping(layers: list[str], name: str) -> None:
    value: Any = {name: TOKEN, "other": "kept"}
    for layer in layers:
        if layer == "dict":
            value = {"inner": value}
        elif layer == "list":
            value = [value, "kept"]
        elif layer == "json":
            value = json.dumps(value)
        else:
            value = {"Payload": value, "FunctionName": "ask"}
    shown = json.dumps(redact({"x": value}))
    assert "AQCsAAAA" not in shown
    assert "kept" in shown


def test_hides_what_a_report_hides_wherever_it_stands() -> None:
    secret = "SUPERSECRETKEY1234567890"
    event = {
        "cause": f"refused apiKey={secret} today",
        "inside": json.dumps({"deep": [{"apiSecret": secret, "n": None}], "line": f"password: {secret}"}),
        "passphrase": secret,
        "kept": {"count": 7, "ok": True, "none": None, "arn": "arn:aws:states:eu-central-1:1:execution:m:n"},
    }
    shown = redact(event)
    assert secret not in json.dumps(shown)
    assert shown["kept"] == event["kept"]
    assert json.loads(shown["inside"])["deep"][0] == {"apiSecret": REDACTED, "n": None}
