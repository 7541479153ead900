"""An alarm's rule as DescribeAlarms gives it, which rules can be judged anew, and which points they judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.facts import BreachFact


def no_alarm(name: str) -> BreachFact:
    return unjudged(name, None, "there is no alarm of this name")


def unjudged(name: str, state: str | None, why: str) -> BreachFact:
    return BreachFact(
        name=name,
        state=state,
        treat_missing_data=None,
        comparison=None,
        threshold=None,
        needed=0,
        window=0,
        period_seconds=0,
        points=(),
        unsupported=why,
    )


def rule_of(alarm: Mapping[str, Any]) -> BreachFact:
    """A metric alarm's rule, its points not yet read."""
    name, state = str(alarm["AlarmName"]), alarm.get("StateValue")
    why = _why_not(alarm)
    if why is not None:
        return replace(unjudged(name, state, why), treat_missing_data=alarm.get("TreatMissingData"))
    window = int(alarm["EvaluationPeriods"])
    return BreachFact(
        name=name,
        state=state,
        # What CloudWatch does where the alarm does not say.
        treat_missing_data=alarm.get("TreatMissingData") or "missing",
        comparison=alarm.get("ComparisonOperator"),
        threshold=Decimal(repr(alarm["Threshold"])),
        needed=int(alarm.get("DatapointsToAlarm") or window),
        window=window,
        period_seconds=int(alarm["Period"]),
        points=(),
    )


def query_of(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """The one metric of an alarm, as GetMetricData takes it."""
    metric = {
        "Namespace": alarm["Namespace"],
        "MetricName": alarm["MetricName"],
        "Dimensions": alarm.get("Dimensions", []),
    }
    stat = {
        "Metric": metric,
        "Period": alarm["Period"],
        "Stat": alarm.get("Statistic") or alarm["ExtendedStatistic"],
    }
    unit = {"Unit": alarm["Unit"]} if alarm.get("Unit") else {}
    return {"Id": "judged", "MetricStat": {**stat, **unit}, "ReturnData": True}


def span_of(rule: BreachFact, now: datetime) -> tuple[datetime, datetime]:
    """The periods that are over, and one more than the rule judges: the newest may not be in yet. The one that
    still runs is left out, because half a period's sum says nothing."""
    period = rule.period_seconds
    end = datetime.fromtimestamp(now.timestamp() // period * period, UTC)
    return end - timedelta(seconds=(rule.window + 1) * period), end


def with_points(rule: BreachFact, times: Sequence[datetime], values: Sequence[float]) -> BreachFact:
    """The points of the newest `window` periods, counted from the newest point."""
    points = sorted(
        ((at.astimezone(UTC), Decimal(repr(value))) for at, value in zip(times, values, strict=True)), reverse=True
    )
    if not points:
        return rule
    oldest = points[0][0] - timedelta(seconds=(rule.window - 1) * rule.period_seconds)
    return replace(rule, points=tuple(point for point in points if point[0] >= oldest))


def _why_not(alarm: Mapping[str, Any]) -> str | None:
    if alarm.get("ThresholdMetricId"):
        return "it judges by anomaly detection, which is no threshold"
    if alarm.get("Metrics"):
        return "it judges an expression over metrics, not one metric"
    if not alarm.get("MetricName") or not alarm.get("Period") or alarm.get("Threshold") is None:
        return "it does not judge one metric by a threshold"
    return None
