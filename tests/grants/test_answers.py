"""What is written down of a call that was refused something."""

from __future__ import annotations

from typing import Any

import pytest

from tests.grants.answers import answered

SENTENCE = "User: r is not authorized to perform: dynamodb:Scan"


@pytest.mark.parametrize(
    ("result", "error", "says_so", "logs_it"),
    [
        ({"body": {"errorType": "Broken", "errorMessage": SENTENCE}, "error": True}, "Broken", True, False),
        ({"body": {"statusCode": 500, "body": "no"}, "log": SENTENCE}, "HTTP 500", False, True),
        ({"body": {"statusCode": 200, "body": "yes"}}, "", False, False),
        ({"body": {"unknown": [SENTENCE]}}, "", True, False),
        ({"body": ["a list"], "log": "AccessDeniedException"}, "", False, True),
        ({"body": None}, "", False, False),
    ],
)
def test_an_answer_is_read_for_a_failure_and_for_the_refusal(
    result: dict[str, Any], error: str, says_so: bool, logs_it: bool
) -> None:
    found = answered(result)
    assert (found["error"], found["says_so"], found["logs_it"]) == (error, says_so, logs_it)


def test_a_long_answer_is_cut() -> None:
    assert len(answered({"body": "x" * 10_000})["answer"]) == 400
