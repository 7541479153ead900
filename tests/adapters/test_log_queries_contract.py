"""The log asked without waiting: the twin and Logs Insights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import sleep

import pytest

from functions.log_queries import LogAnswer, LogQuery
from functions.rules.orders.nets import NETS
from tests.adapters.rigs import Rig

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
START = NOW - timedelta(minutes=60)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def _time(rig: Rig) -> None:
    rig.set_time(NOW)


def asked(rig: Rig, *queries: LogQuery) -> list[LogAnswer]:
    """Every answer once nothing runs any more."""
    ids = rig.ports.log_queries.start(queries)
    for _ in range(50):
        answers = list(rig.ports.log_queries.fetch(ids))
        if not any(answer.state == "running" for answer in answers):
            return answers
        sleep(0.1)
    raise AssertionError("the queries never end")


def test_every_match_is_counted_and_the_newest_are_read_newest_first(rig: Rig) -> None:
    for seconds in range(60, 10, -10):
        rig.log(ago(seconds), f"s1 order failed: code -2019 at {seconds}")
    rig.log(ago(5), "s1 order filled")
    (answer,) = asked(rig, LogQuery(("-2019",), START, NOW, 2))
    assert (answer.state, answer.matched) == ("done", 5)
    assert [(row.at, row.message[-2:]) for row in answer.rows] == [(ago(20), "20"), (ago(30), "30")]


def test_queries_are_answered_in_their_order_and_a_line_must_match_every_filter(rig: Rig) -> None:
    rig.log(ago(50), "s1 order failed")
    rig.log(ago(40), "s2 order failed")
    rig.log(ago(30), "s2 order filled")
    answers = asked(
        rig,
        LogQuery(("failed", r"\bs2\b"), START, NOW, 10),
        LogQuery(("nothing of that kind",), START, NOW, 10),
        LogQuery(("filled",), START, NOW, 10),
    )
    assert [answer.matched for answer in answers] == [1, 0, 1]
    assert answers[0].rows[0].message == "s2 order failed"


def test_what_was_before_the_start_does_not_count(rig: Rig) -> None:
    remedy = ago(30)
    rig.log(remedy - timedelta(milliseconds=400), "order failed")
    rig.log(remedy + timedelta(seconds=2), "order failed")
    (answer,) = asked(rig, LogQuery(("failed",), remedy, NOW, 10))
    assert answer.matched == 1


def test_every_net_is_a_query_that_both_take(rig: Rig) -> None:
    """In the languages of the venues, too."""
    rig.log(ago(50), 's1 order rejected: {"code":-2019,"msg":"Margin is insufficient."}')
    rig.log(ago(40), "s1 下单失败: 余额不足")
    rig.log(ago(30), "s1 order filled")
    answers = asked(rig, *(LogQuery(net.filters, START, NOW, 10) for net in NETS))
    counts = {net.name: answer.matched for net, answer in zip(NETS, answers, strict=True) if answer.matched}
    assert counts == {"insufficient_balance": 1, "unknown": 1, "other_languages": 1, "placed": 1}
