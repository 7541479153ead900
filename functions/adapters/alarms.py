"""CloudWatch alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.facts import AlarmFact

KINDS = ["MetricAlarm", "CompositeAlarm"]


class CloudWatchAlarms:
    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def state(self, name: str) -> AlarmFact:
        for fact in self._described(AlarmNames=[name]):
            return fact
        return AlarmFact(name, None, reason="there is no alarm of this name")

    def in_alarm(self, prefix: str) -> Sequence[AlarmFact]:
        return self._described(AlarmNamePrefix=prefix, StateValue="ALARM")

    def _described(self, **which: Any) -> list[AlarmFact]:
        facts: list[AlarmFact] = []
        request = {**which, "AlarmTypes": KINDS}
        while True:
            with saying(Saying.READ, "cloudwatch:DescribeAlarms"):
                page = self._aws.client("cloudwatch", Saying.READ).describe_alarms(**request)
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
