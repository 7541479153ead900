"""What auto-scaling does to the service: whoever scales it to zero and forgets to suspend it finds it back.

Source: Application Auto Scaling user guide, "Suspend and resume scaling"; ECS developer guide, "Automatically scale
your service": a desired count below the target's minimum is brought up to it, unless scaling out is suspended.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from local.platform.aws import Aws
from local.platform.names import CLUSTER, RESOURCE_ID, SERVICE
from local.platform.pace import Pace

# Platform seconds that the service must stand below its minimum. In real ones never less than SHORTEST: a runbook
# that scales to zero between two tasks, or a person who looks, is not what this is about.
AFTER = 600.0
SHORTEST = 15.0


class AutoScaling:
    def __init__(self, aws: Aws, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self._aws, self._clock = aws, clock
        self._after = max(pace.real(AFTER), SHORTEST)
        self._below_since: float | None = None
        self.brought_back = 0

    def look(self) -> None:
        """One period."""
        least = self._least()
        if least is None or self._desired() >= least:
            self._below_since = None
            return
        if self._below_since is None:
            self._below_since = self._clock()
        if self._clock() - self._below_since >= self._after:
            self._aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=least)
            self.brought_back += 1
            self._below_since = None

    def _least(self) -> int | None:
        """None: it is not scaled by itself, or scaling out is suspended."""
        found = self._aws.client("application-autoscaling").describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[RESOURCE_ID]
        )["ScalableTargets"]
        if not found or found[0]["SuspendedState"]["DynamicScalingOutSuspended"]:
            return None
        return int(found[0]["MinCapacity"])

    def _desired(self) -> int:
        answer = self._aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])
        return int(answer["services"][0]["desiredCount"])
