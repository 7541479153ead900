"""Metrics and widgets of the dashboard, in the few shapes that it has."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions import measuring
from functions.adapters.measures import NAMESPACE

MINUTE, FIVE, HOUR, DAY = Duration.minutes(1), Duration.minutes(5), Duration.hours(1), Duration.days(1)
# Of the grid, which is 24 wide.
WIDTH, TALL, LOW = 24, 6, 3


def own(name: str, label: str | None = None, *, period: Duration = MINUTE) -> cloudwatch.Metric:
    """A metric of ours without dimensions, which is said once a minute."""
    return cloudwatch.Metric(namespace=NAMESPACE, metric_name=name, statistic="Maximum", period=period, label=label)


def search(name: str, statistic: str, period: Duration) -> str:
    """Every value of its dimensions: a runbook or an outcome that is new is shown without anybody's doing."""
    schema = ",".join((NAMESPACE, *measuring.PUBLISHED[name]))
    return f"SEARCH('{{{schema}}} MetricName=\"{name}\"', '{statistic}', {int(period.to_seconds())})"


def found(name: str, statistic: str, label: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=search(name, statistic, HOUR), using_metrics={}, label=label, period=HOUR
    )


def together(label: str, metrics: Sequence[cloudwatch.IMetric], period: Duration) -> cloudwatch.MathExpression:
    """Over whatever of them has said anything: those that never did are left out, and are no gap."""
    named = {f"m{place}": metric for place, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=f"SUM([{', '.join(named)}])", using_metrics=named, label=label, period=period
    )


def number(title: str, metric: cloudwatch.IMetric) -> cloudwatch.IWidget:
    return cloudwatch.SingleValueWidget(title=title, metrics=[metric], width=WIDTH // 6, height=LOW)


def graph(
    title: str,
    unit: str,
    *left: cloudwatch.IMetric,
    right: tuple[cloudwatch.IMetric, str] | None = None,
    stacked: bool = False,
    wide: bool = False,
) -> cloudwatch.IWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(left),
        left_y_axis=axis(unit),
        right=[right[0]] if right else None,
        right_y_axis=axis(right[1]) if right else None,
        stacked=stacked,
        width=WIDTH if wide else WIDTH // 2,
        height=TALL,
    )


def axis(unit: str) -> cloudwatch.YAxisProps:
    return cloudwatch.YAxisProps(label=unit, min=0, show_units=False)
