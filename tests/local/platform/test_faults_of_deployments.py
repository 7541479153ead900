"""deployment-stuck, deployment-failed, slow-start, image-changed."""

from __future__ import annotations

import time
from typing import Any

from tests.local.engine.lab import eventually
from tests.local.platform.rig import CLUSTER, SERVICE, Rig


def primary(rig: Rig) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in rig.service()["deployments"] if one["status"] == "PRIMARY")
    return found


def under_way(rig: Rig) -> dict[str, Any]:
    """The fault's deployment, once the old task is gone."""
    rig.stale("momentum-btc")
    return primary(rig)


def test_a_stuck_deployment_stays_in_progress_and_ends_well_by_itself(rig: Rig) -> None:
    rig.fault("deployment-stuck", count=6)
    found = under_way(rig)
    assert found["rolloutState"] == "IN_PROGRESS"
    assert (rig.service()["runningCount"], rig.service()["desiredCount"]) == (0, 1)
    rig.stays_stale("momentum-btc", seconds=0.2)
    eventually(rig.active, lambda active: not active)
    rig.fresh("momentum-btc")
    eventually(lambda: primary(rig)["rolloutState"], lambda state: state == "COMPLETED")
    assert primary(rig)["id"] == found["id"]
    assert rig.wrong() == []
    assert rig.stats()["interruptions"] == {}


def test_a_redeploy_does_not_help_a_stuck_deployment(rig: Rig) -> None:
    rig.fault("deployment-stuck", count=0)
    under_way(rig)
    rig.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, forceNewDeployment=True)
    eventually(rig.wrong, lambda wrong: wrong == [("deployment-stuck", "redeploy", True)])
    rig.stays_stale("momentum-btc")


def test_a_failed_deployment_starts_nothing_until_somebody_looks_after_it(rig: Rig) -> None:
    rig.fault("deployment-failed")
    under_way(rig)
    eventually(lambda: primary(rig)["rolloutState"], lambda state: state == "FAILED")
    rig.stays_stale("momentum-btc")
    eventually(rig.tasks_left, lambda left: not left)
    rig.call("DELETE", "/faults")
    rig.fresh("momentum-btc")


def test_a_redeploy_over_a_failed_deployment_is_noted_as_wrong(rig: Rig) -> None:
    rig.fault("deployment-failed")
    under_way(rig)
    rig.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, forceNewDeployment=True)
    eventually(rig.wrong, lambda wrong: wrong == [("deployment-failed", "redeploy", True)])


def test_a_slow_start_is_as_slow_as_wanted(rig: Rig) -> None:
    rig.fault("slow-start", count=300)
    before = rig.running()
    rig.redeploy()
    asked = time.monotonic()
    eventually(rig.running, lambda copies: copies and copies != before)
    assert time.monotonic() - asked > 1.2
    rig.fresh("momentum-btc")


def test_a_changed_image_shows_in_the_registry_and_a_redeploy_over_it_is_noted(rig: Rig) -> None:
    def registry() -> str:
        answer = rig.client("ecr").describe_images(
            repositoryName="tradai/strategy-service", imageIds=[{"imageTag": "stable"}]
        )
        return str(answer["imageDetails"][0]["imageDigest"])

    def running() -> str:
        tasks = rig.client("ecs").describe_tasks(cluster=CLUSTER, tasks=rig.running())["tasks"]
        return str(tasks[0]["containers"][0]["imageDigest"])

    assert registry() == running()
    rig.fault("image-changed")
    assert registry() != running()
    rig.redeploy_seen()
    assert rig.wrong() == [("image-changed", "redeploy with another image", True)]
    assert rig.stats()["service"]["copies_of_another_image"] == 1
    assert registry() == running()
    rig.call("DELETE", "/faults")
    rig.redeploy_seen()
    assert registry() == running()
    assert rig.stats()["service"]["copies_of_another_image"] == 1
