"""Auto-scaling brings the service back to its minimum, unless it is suspended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.platform.aws import Aws
from local.platform.pace import Pace
from local.platform.scaling import AFTER, AutoScaling
from tests.local.platform.rig import CLUSTER, SERVICE, Rig

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{SERVICE}",
    "ScalableDimension": "ecs:service:DesiredCount",
}


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def at_zero(rig: Rig) -> Iterator[Rig]:
    rig.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=0)
    yield rig
    suspend(rig, False)
    rig.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=1)


def suspend(rig: Rig, out: bool) -> None:
    scaling = rig.client("application-autoscaling")
    scaling.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingOutSuspended": out})


def desired(rig: Rig) -> int:
    return int(rig.service()["desiredCount"])


def test_the_service_is_a_target_from_one_to_four_tasks(rig: Rig) -> None:
    target = rig.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    found = target["ScalableTargets"][0]
    assert (found["ResourceId"], found["MinCapacity"], found["MaxCapacity"]) == (TARGET["ResourceId"], 1, 4)
    assert not any(found["SuspendedState"].values())


def test_a_stop_that_forgets_to_suspend_is_undone_after_a_while(at_zero: Rig, aws: Aws) -> None:
    watch = Watch()
    scaling = AutoScaling(aws, Pace(1.0), watch)
    scaling.look()
    watch.now = AFTER - 1
    scaling.look()
    assert desired(at_zero) == 0
    watch.now = AFTER
    scaling.look()
    assert (desired(at_zero), scaling.brought_back) == (1, 1)


def test_a_suspended_service_stays_where_it_is(at_zero: Rig, aws: Aws) -> None:
    watch = Watch()
    scaling = AutoScaling(aws, Pace(1.0), watch)
    scaling.look()
    suspend(at_zero, True)
    watch.now = 10 * AFTER
    scaling.look()
    assert desired(at_zero) == 0
    suspend(at_zero, False)
    scaling.look()
    # The while begins anew.
    assert desired(at_zero) == 0
