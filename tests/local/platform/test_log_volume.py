"""A busy hour of log lines, written at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.local.platform.rig import LOGS, Rig


@pytest.fixture
def hour(rig: Rig) -> Iterator[Rig]:
    yield rig
    rig.call("DELETE", "/log-lines")


def counted(rig: Rig, pattern: str) -> int:
    """By Logs Insights, within the last hour."""
    logs, end = rig.client("logs"), int(time.time()) + 1
    text = f"fields @message | filter @message like /{pattern}/ | limit 1"
    query = logs.start_query(logGroupName=LOGS, startTime=end - 3_601, endTime=end, queryString=text)["queryId"]
    return int(logs.get_query_results(queryId=query)["statistics"]["recordsMatched"])


@pytest.mark.parametrize("plain", [False, True])
def test_so_many_lines_stand_in_the_hour_with_the_failures_among_them(hour: Rig, plain: bool) -> None:
    before = {code: counted(hour, f"code.{{1,3}}:{code}") for code in ("-2019", "-4024")}
    body = {"count": 9_000, "failures": {"-2019": 40, "-4024": 7}, "plain": plain}
    reply = hour.call("POST", "/log-lines", body)
    assert (reply.status, reply.json["lines"]) == (201, 9_000)
    assert counted(hour, "code.{1,3}:-2019") - before["-2019"] == 40
    assert counted(hour, "code.{1,3}:-4024") - before["-4024"] == 7
    events = hour.client("logs").get_log_events(
        logGroupName=LOGS, logStreamName=reply.json["stream"], startFromHead=True, limit=10_000
    )["events"]
    assert len(events) == 9_000
    times = [one["timestamp"] for one in events]
    assert times == sorted(times)
    assert 3_500_000 < times[-1] - times[0] < 3_540_000
    first = events[0]["message"]
    assert first.startswith("{") is not plain
    if not plain:
        assert json.loads(first)["level"] in ("INFO", "ERROR")


def test_those_lines_go_again(hour: Rig) -> None:
    hour.call("POST", "/log-lines", {"count": 10})
    assert hour.call("DELETE", "/log-lines").json == {"removed": 1}
    assert hour.call("DELETE", "/log-lines").json == {"removed": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"count": 0},
        {"count": True},
        {"count": 1_000_001},
        {"count": 5, "plain": "no"},
        {"count": 5, "failures": []},
        {"count": 5, "failures": {"much": 1}},
        {"count": 5, "failures": {"-2019": 6}},
        {"count": 5, "failures": {"-2019": 3, "-4024": 3}},
        {"count": 5, "lines": 1},
    ],
)
def test_what_makes_no_sense_is_refused(hour: Rig, wrong: dict[str, object]) -> None:
    assert hour.call("POST", "/log-lines", wrong).status == 400
