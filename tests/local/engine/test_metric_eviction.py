from __future__ import annotations

from local.engine.fixes.metric_eviction import once_in
from tests.local.engine.lab import Lab


def test_old_datapoints_are_looked_for_at_the_first_call_and_then_once_a_minute() -> None:
    moments = iter((0.0, 1.0, 59.0, 60.0, 61.0, 120.5))
    done: list[str] = []
    look = once_in(60, lambda: done.append("looked"), lambda: next(moments))
    counts = []
    for _ in range(6):
        look()
        counts.append(len(done))
    assert counts == [1, 1, 1, 2, 2, 3]


def test_calls_do_not_go_through_every_datapoint_each_time(lab: Lab) -> None:
    """A point older than the two weeks that ministack keeps: gone by the next call, were each to look for it."""
    cloudwatch, name = lab.client("cloudwatch"), lab.name("metric")
    cloudwatch.list_metrics()
    long_ago = 1_600_000_000
    cloudwatch.put_metric_data(
        Namespace="Trading", MetricData=[{"MetricName": name, "Value": 1, "Timestamp": long_ago}]
    )
    found = cloudwatch.get_metric_statistics(
        Namespace="Trading", MetricName=name, StartTime=long_ago - 60, EndTime=long_ago + 60,
        Period=60, Statistics=["Sum"],
    )  # fmt: skip
    assert [one["Sum"] for one in found["Datapoints"]] == [1]
