"""Application Auto Scaling for ECS services: scalable targets, as far as the runbooks and the platform need them.

In the engine's own memory; what a target then does to its service is the stand-in's affair (`platform/scaling.py`).
Source: Application Auto Scaling API reference, DescribeScalableTargets, RegisterScalableTarget,
DeregisterScalableTarget.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.services import ecs

from local.engine.environment import ACCOUNT_ID, REGION

NAMESPACE, DIMENSION = "ecs", "ecs:service:DesiredCount"
ACTIVITIES = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
MOST_RESULTS = 50
ROLE = (
    f"arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)


class Said(Exception):
    """An error of the API: its name and what it says."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Target:
    """One scalable target; `suspended` holds all three activities."""

    resource_id: str
    least: int
    most: int
    suspended: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(ACTIVITIES, False))
    made: float = field(default_factory=time.time)
    arn: str = field(
        default_factory=lambda: (
            f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT_ID}:scalable-target/1{uuid.uuid4().hex[:28]}"
        )
    )

    def told(self) -> dict[str, Any]:
        return {
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": DIMENSION,
            "MinCapacity": self.least,
            "MaxCapacity": self.most,
            "RoleARN": ROLE,
            "CreationTime": self.made,
            "SuspendedState": dict(self.suspended),
            "ScalableTargetARN": self.arn,
        }


targets: dict[str, Target] = {}


def describe(given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Said."""
    _known(given.get("ServiceNamespace"), given.get("ScalableDimension"))
    if given.get("ScalableDimension") and not given.get("ResourceIds"):
        raise Said("ValidationException", "ScalableDimension needs ResourceIds")
    wanted = given.get("ResourceIds")
    found = [one.told() for name, one in sorted(targets.items()) if not wanted or name in wanted]
    page = min(int(given.get("MaxResults") or MOST_RESULTS), MOST_RESULTS)
    token = str(given.get("NextToken") or "0")
    if not token.isdecimal() or int(token) > len(found):
        raise Said("InvalidNextTokenException", f"The next token {token} is invalid")
    end = int(token) + page
    more = {"NextToken": str(end)} if end < len(found) else {}
    return {"ScalableTargets": found[int(token) : end], **more}


def register(given: Mapping[str, Any]) -> dict[str, Any]:
    """Registers or updates; what is not named stays as it is. Raises Said."""
    _known(given.get("ServiceNamespace"), given.get("ScalableDimension") or "missing")
    name = str(given.get("ResourceId") or "")
    target = targets.get(name)
    least = given.get("MinCapacity", target.least if target else None)
    most = given.get("MaxCapacity", target.most if target else None)
    if least is None or most is None:
        raise Said("ValidationException", "MinCapacity and MaxCapacity are required for a new scalable target")
    if not 0 <= least <= most:
        raise Said("ValidationException", "Minimum capacity cannot be greater than maximum capacity")
    if not _service_is_there(name):
        raise Said("ValidationException", f"ECS service doesn't exist: {name}")
    suspended = given.get("SuspendedState") or {}
    if set(suspended) - set(ACTIVITIES):
        raise Said("ValidationException", f"SuspendedState: {', '.join(ACTIVITIES)}")
    target = targets.setdefault(name, Target(name, least, most))
    target.least, target.most = least, most
    target.suspended |= {activity: bool(value) for activity, value in suspended.items()}
    return {"ScalableTargetARN": target.arn}


def deregister(given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Said."""
    _known(given.get("ServiceNamespace"), given.get("ScalableDimension") or "missing")
    if targets.pop(str(given.get("ResourceId")), None) is None:
        raise Said("ObjectNotFoundException", "No scalable target registered for this resource")
    return {}


OPERATIONS = {
    "DescribeScalableTargets": describe,
    "RegisterScalableTarget": register,
    "DeregisterScalableTarget": deregister,
}


def _known(namespace: object, dimension: object) -> None:
    if namespace != NAMESPACE:
        raise Said("ValidationException", f"ServiceNamespace: only {NAMESPACE} is known here, not {namespace}")
    if dimension not in (None, DIMENSION):
        raise Said("ValidationException", f"ScalableDimension: only {DIMENSION} is known here, not {dimension}")


def _service_is_there(resource_id: str) -> bool:
    """`service/{cluster}/{service}`."""
    kind, _, name = resource_id.partition("/")
    services = [one for _key, one in ecs._services.all_items()]
    return kind == "service" and any(
        one["serviceArn"].endswith(f":service/{name}") and one.get("status") != "INACTIVE" for one in services
    )
