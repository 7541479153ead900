"""The record of what was shown, and the page that is written from it."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from tests.grants import record, report
from tests.grants.elsewhere import (
    CALLS,
    DEFINED,
    DELIVERY,
    GROUPS,
    KEY,
    LETTERS,
    LOGS,
    SENDER,
    TRACES,
    UNNAMED,
    VENUE,
    elsewhere,
)
from tests.grants.lines import Line, every, needs, plain

READ = Line("function find_stale", "dynamodb:GetItem", "table")
WRITE = Line("function find_stale", "dynamodb:UpdateItem", "table")


def row(line: Line, **told: Any) -> dict[str, Any]:
    whole = asdict(line) | {"scenario": "redeploy", "at": "stale-heartbeat/FindStale"}
    whole |= {
        "asked": [line.action, line.on],
        "error": "",
        "says_so": False,
        "logs_it": False,
        "let_through": False,
    }
    return whole | told


def test_the_page_stands_as_it_is_written() -> None:
    assert report.DOCS.read_text("utf-8") == report.text(), (
        "run `make grants`, or `python -m tests.grants --report`"
    )


def test_nothing_is_recorded_that_is_not_granted() -> None:
    assert set(record.read()) <= set(every())


def test_no_line_is_granted_twice() -> None:
    lines = every()
    assert len(lines) == len(set(lines))


def test_the_record_forgets_what_is_granted_no_more_and_what_was_let_through() -> None:
    rows = [row(WRITE), row(READ), row(Line("function gone", "a:B", "*"))]
    assert [record.line_of(one) for one in record.kept(rows, [READ, WRITE])] == [READ, WRITE]
    assert record.kept([row(READ, let_through=True)], [READ]) == []


def test_what_was_asked_names_nobodys_account() -> None:
    [kept] = record.kept([row(READ, asked=["s3:PutObject", "arn:aws:s3:::tradai-local-x1y2/a-local.md"])], [READ])
    assert kept["asked"] == ["s3:PutObject", "arn:aws:s3:::{reports}/a-{env}.md"]


def test_a_record_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "FILE", tmp_path / "shown.json")
    record.write([row(WRITE), row(READ)], [READ, WRITE])
    assert list(record.read()) == [READ, WRITE]
    assert record.FILE.read_text("utf-8").count("\n") == 4


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"error": "Broken", "says_so": True}, "fails"),
        ({"says_so": True, "logs_it": True}, "says so"),
        ({"logs_it": True}, "logs it"),
        ({}, "goes on"),
    ],
)
def test_says_what_becomes_of_the_caller(told: dict[str, Any], word: str) -> None:
    assert report.outcome(row(READ, **told)) == word


def test_the_page_counts_what_is_shown_and_lists_the_rest_with_what_shows_it() -> None:
    page = report.text([READ, WRITE], {READ: row(READ, error="Broken")})
    assert "2 lines: an action on a resource of a role. A refused call shows 1." in page
    assert "| dynamodb:GetItem | `table` | redeploy, stale-heartbeat/FindStale | Broken |" in page
    assert f"| {CALLS.title} | 1 |" in page
    assert "| function find_stale | dynamodb:UpdateItem | `table` |" in page


@pytest.mark.parametrize(
    ("holder", "action", "way"),
    [
        ("function a", "xray:PutTraceSegments", TRACES),
        ("machine a", "xray:PutTraceSegments", TRACES),
        ("function a", "logs:PutLogEvents", LOGS),
        ("function a", "logs:StartQuery", CALLS),
        ("function a", "ses:SendEmail", CALLS),
        ("machine a", "logs:CreateLogDelivery", DELIVERY),
        ("function a", "sqs:SendMessage", LETTERS),
        ("function judge_risk_alarm", "sns:Publish", UNNAMED),
        ("machine a", "lambda:InvokeFunction", DEFINED),
    ],
)
def test_each_line_that_no_call_showed_is_shown_by_something(holder: str, action: str, way: object) -> None:
    assert elsewhere(Line(holder, action, "*")) == way


@pytest.mark.parametrize(
    ("action", "on", "way"),
    [
        ("logs:StartQuery", "arn:aws:logs:{region}:{account}:log-group:/ecs/a:*", GROUPS),
        ("logs:StartQuery", "arn:aws:logs:{region}:{account}:log-group:/ecs/a", CALLS),
        ("ses:SendEmail", "arn:aws:ses:{region}:{account}:identity/a.example", SENDER),
        ("ses:SendEmail", "arn:aws:ses:{region}:{account}:configuration-set/a", CALLS),
    ],
)
def test_two_forms_of_one_resource_are_told_apart(action: str, on: str, way: object) -> None:
    assert elsewhere(Line("function a", action, on)) == way


def test_another_venues_key_is_shown_by_the_same_call_for_the_first_one() -> None:
    one, other = (
        Line("function a", "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:r:a{KEY}{venue}-*-??????")
        for venue in ("binanceusdm", "bybit")
    )
    assert elsewhere(other, [one]) == VENUE
    assert elsewhere(other, [READ]) == CALLS
    assert elsewhere(other, [replace(one, holder="function b")]) == CALLS


def test_the_methods_that_need_a_line_are_known() -> None:
    table = "arn:aws:dynamodb:{region}:{account}:table/tradai-trading-state-{env}"
    assert needs()[Line("function find_stale", "dynamodb:Scan", table)] == ["trading_state.all"]


def test_only_the_environments_own_words_are_replaced() -> None:
    assert plain("arn:aws:ecs:eu-central-1:000000000000:service/tradai-local/x") == (
        "arn:aws:ecs:{region}:{account}:service/tradai-{env}/x"
    )
    assert plain("/tradai/local/runbooks a-locale") == "/tradai/{env}/runbooks a-locale"
