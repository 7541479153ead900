"""Twin of the service's auto-scaling: `world.scaling`, None where the service is not scaled by itself."""

from __future__ import annotations

from dataclasses import replace

from functions.adapters.memory.world import World
from functions.errors import Broken
from functions.facts import ScalingFact


class MemoryScaling:
    def __init__(self, world: World) -> None:
        self._world = world

    def describe(self) -> ScalingFact | None:
        return self._world.scaling

    def suspend(self) -> None:
        self._set(scale_in=True, scale_out=True, scheduled=True)

    def restore(self, before: ScalingFact) -> None:
        self._set(
            scale_in=before.scale_in_suspended,
            scale_out=before.scale_out_suspended,
            scheduled=before.scheduled_suspended,
        )

    def _set(self, *, scale_in: bool, scale_out: bool, scheduled: bool) -> None:
        if self._world.scaling is None:
            raise Broken("application-autoscaling:RegisterScalableTarget: the service is not scaled by itself")
        self._world.scaling = replace(
            self._world.scaling,
            scale_in_suspended=scale_in,
            scale_out_suspended=scale_out,
            scheduled_suspended=scheduled,
        )
