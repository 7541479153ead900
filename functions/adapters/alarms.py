"""CloudWatch alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.adapters.breaches import no_alarm, query_of, rule_of, span_of, unjudged, with_points
from functions.errors import Refused, Transient
from functions.facts import AlarmFact, BreachFact
from functions.ports import Clock

KINDS = ["MetricAlarm", "CompositeAlarm"]


class CloudWatchAlarms:
    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._aws, self._clock = aws, clock

    def state(self, name: str) -> AlarmFact:
        for fact in self._described(AlarmNames=[name]):
            return fact
        return AlarmFact(name, None, reason="there is no alarm of this name")

    def in_alarm(self, prefix: str) -> Sequence[AlarmFact]:
        return self._described(AlarmNamePrefix=prefix, StateValue="ALARM")

    def breach(self, name: str) -> BreachFact:
        with saying(Saying.READ, f"cloudwatch:DescribeAlarms {name}"):
            page = self._client().describe_alarms(AlarmNames=[name], AlarmTypes=KINDS)
        for composite in page.get("CompositeAlarms", ()):
            return unjudged(name, composite.get("StateValue"), "it is a composite alarm, which judges other alarms")
        for alarm in page.get("MetricAlarms", ()):
            rule = rule_of(alarm)
            return rule if rule.unsupported else self._with_points(rule, query_of(alarm))
        return no_alarm(name)

    def newest(self, name: str, since: datetime) -> datetime | None:
        with saying(Saying.READ, f"cloudwatch:DescribeAlarms {name}"):
            page = self._client().describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm"])
        for alarm in page.get("MetricAlarms", ()):
            if (why := rule_of(alarm).unsupported) is not None:
                raise Refused(f"{name}: {why}")
            period = timedelta(seconds=int(alarm["Period"]))
            # Whole periods: the one in which `since` lies began before it.
            points = self._points(name, query_of(alarm), since - period, self._clock.now() + period)
            return max((at.astimezone(UTC) for at, _ in points), default=None)
        raise Refused(f"{name}: there is no metric alarm of this name")

    def _with_points(self, rule: BreachFact, query: dict[str, Any]) -> BreachFact:
        points = self._points(rule.name, query, *span_of(rule, self._clock.now()))
        return with_points(rule, [at for at, _ in points], [value for _, value in points])

    def _points(
        self, name: str, query: dict[str, Any], start: datetime, end: datetime
    ) -> list[tuple[datetime, float]]:
        what = f"cloudwatch:GetMetricData {name}"
        with saying(Saying.READ, what):
            answer = self._client().get_metric_data(MetricDataQueries=[query], StartTime=start, EndTime=end)
        (found,) = answer["MetricDataResults"]
        if found.get("StatusCode") != "Complete":
            raise Transient(f"{what}: {found.get('StatusCode')}")
        return list(zip(found["Timestamps"], found["Values"], strict=True))

    def _client(self) -> Any:
        return self._aws.client("cloudwatch", Saying.READ)

    def _described(self, **which: Any) -> list[AlarmFact]:
        facts: list[AlarmFact] = []
        request = {**which, "AlarmTypes": KINDS}
        while True:
            with saying(Saying.READ, "cloudwatch:DescribeAlarms"):
                page = self._client().describe_alarms(**request)
            facts += map(alarm_of, [*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())])
            if not page.get("NextToken"):
                return facts
            request["NextToken"] = page["NextToken"]


def alarm_of(alarm: Mapping[str, Any]) -> AlarmFact:
    since = alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp")
    return AlarmFact(
        name=str(alarm["AlarmName"]),
        state=alarm.get("StateValue"),
        reason=alarm.get("StateReason"),
        since=since.astimezone(UTC) if isinstance(since, datetime) else None,
        treat_missing_data=alarm.get("TreatMissingData"),
    )
