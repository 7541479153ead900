"""Troubles of deployments: one that does not end, one that failed, slow starts, another image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from local.platform.copies import Copy
from local.platform.faults.base import Fault, Lasting

NEVER = 86_400.0


@dataclass
class _UnderWay(Fault):
    """A deployment of the platform's own people: the old copy is gone, the new one is not there yet."""

    desired: int = 1
    deployment: str | None = None

    def begin(self) -> None:
        super().begin()
        self.desired = max(1, self.world.ecs.service()["desiredCount"])
        self.world.ecs.start_seconds(NEVER)
        self.world.lose_copies()
        self.world.ecs.scale(0)

    def tick(self) -> None:
        """First the old task has to be STOPPED: platforms deploy as carefully as runbooks do."""
        if self.deployment is None:
            if not self.world.ecs.service()["runningCount"]:
                self.world.ecs.scale(self.desired, redeploy=True)
                self.deployment = self.world.ecs.deployment_id()
                self.made()
                self.world.backdate(self.world.trading())
            return
        super().tick()
        if self.active:
            self.look_for_another()

    def look_for_another(self) -> None:
        """Somebody else's deployment over this one is wrong."""
        present = self.world.ecs.deployment_id()
        if present != self.deployment:
            self.deployment = present
            self.wrong("redeploy")

    def made(self) -> None:
        """The deployment has been made."""

    def lift(self) -> None:
        self.world.ecs.usual_start()
        if self.deployment is None:
            self.world.ecs.scale(self.desired, redeploy=True)

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        self.wrong(f"restart {strategy_id}")


class DeploymentStuck(_UnderWay, Lasting):
    name = "deployment-stuck"
    about = (
        "A deployment is in progress and its task stays PENDING. It ends well by itself; until then the only "
        "right thing is to wait."
    )


class DeploymentFailed(_UnderWay):
    name = "deployment-failed"
    about = "A deployment has FAILED and left no task. A person has to look; clearing deploys anew."
    REASON: ClassVar[str] = "ECS deployment circuit breaker: tasks failed to start."

    def made(self) -> None:
        self.world.ecs.fail_deployment(self.REASON)
        # The task that never came up goes; a failed deployment starts no other.
        self.world.ecs.usual_start()

    def redeployed(self, _copy: Copy, /) -> None:
        self.look_for_another()
        self.end()

    def repair(self) -> None:
        self.world.ecs.redeploy()


class SlowStart(Fault):
    name = "slow-start"
    about = "A new task takes much longer than usual to start, until cleared."
    count_means = "platform seconds that a start takes (default 300)"
    SECONDS: ClassVar[int] = 300

    def begin(self) -> None:
        self.world.ecs.start_seconds(self.SECONDS if self.count is None else self.count)

    def lift(self) -> None:
        self.world.ecs.usual_start()


@dataclass
class ImageChanged(Fault):
    name = "image-changed"
    about = "The tag of the service's image points to another build: a redeploy would bring untried code."
    digest: str = ""

    def begin(self) -> None:
        self.digest = self.world.ecs.push_image("2")

    def lift(self) -> None:
        self.world.ecs.push_image("1")

    def redeployed(self, copy: Copy, /) -> None:
        if copy.image_digest == self.digest:
            self.wrong("redeploy with another image")
