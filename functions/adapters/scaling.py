"""Application Auto Scaling of the strategy service's task count."""

from __future__ import annotations

from typing import Any, Final

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.facts import ScalingFact

SERVICE: Final = "application-autoscaling"
DIMENSION: Final = "ecs:service:DesiredCount"


class ServiceScaling:
    def __init__(self, aws: Aws, *, cluster: str, service: str) -> None:
        self._aws = aws
        self._target = f"service/{cluster}/{service}"

    def describe(self) -> ScalingFact | None:
        with saying(Saying.READ, f"{SERVICE}:DescribeScalableTargets {self._target}"):
            answer = self._aws.client(SERVICE, Saying.READ).describe_scalable_targets(
                ServiceNamespace="ecs", ResourceIds=[self._target], ScalableDimension=DIMENSION
            )
        for target in answer.get("ScalableTargets", ()):
            suspended = target.get("SuspendedState", {})
            return ScalingFact(
                minimum=int(target["MinCapacity"]),
                maximum=int(target["MaxCapacity"]),
                scale_in_suspended=bool(suspended.get("DynamicScalingInSuspended")),
                scale_out_suspended=bool(suspended.get("DynamicScalingOutSuspended")),
                scheduled_suspended=bool(suspended.get("ScheduledScalingSuspended")),
            )
        return None

    def suspend(self) -> None:
        self._change(
            {
                "DynamicScalingInSuspended": True,
                "DynamicScalingOutSuspended": True,
                "ScheduledScalingSuspended": True,
            }
        )

    def restore(self, before: ScalingFact) -> None:
        self._change(
            {
                "DynamicScalingInSuspended": before.scale_in_suspended,
                "DynamicScalingOutSuspended": before.scale_out_suspended,
                "ScheduledScalingSuspended": before.scheduled_suspended,
            }
        )

    def _change(self, suspended: dict[str, Any]) -> None:
        """What an update does not name stays as it is: bounds and policies. Saying it twice does nothing more."""
        with saying(Saying.REPEATABLE, f"{SERVICE}:RegisterScalableTarget {self._target}"):
            self._aws.client(SERVICE, Saying.REPEATABLE).register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=self._target,
                ScalableDimension=DIMENSION,
                SuspendedState=suspended,
            )
