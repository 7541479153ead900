"""CloudWatch metrics that an alarm depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.ports import Clock

NAMESPACE: Final = "TradAI/Runbooks"


class CloudWatchMeasures:
    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._aws, self._clock = aws, clock

    def put(self, name: str, value: float, dimensions: Mapping[str, str]) -> None:
        datum = {
            "MetricName": name,
            "Value": value,
            "Timestamp": self._clock.now(),
            "Dimensions": [{"Name": key, "Value": dimensions[key]} for key in sorted(dimensions)],
        }
        with saying(Saying.ACT, f"cloudwatch:PutMetricData {NAMESPACE} {name}"):
            self._aws.client("cloudwatch", Saying.ACT).put_metric_data(Namespace=NAMESPACE, MetricData=[datum])
