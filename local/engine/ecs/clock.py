"""How long tasks take, on the shortened clock."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field

START_SECONDS = (45.0, 120.0)
STOP_SECONDS = 10.0


@dataclass
class Clock:
    """Scaled durations of a task's life, and timers that keep the account and region of their maker.

    Attributes:
        scale: factor on every duration.
        start: shortest and longest time from PENDING to RUNNING, real seconds.
        stop: time that a container takes to end after SIGTERM, real seconds.
    """

    scale: float = 1.0
    start: tuple[float, float] = START_SECONDS
    stop: float = STOP_SECONDS
    chance: random.Random = field(default_factory=random.Random)

    @classmethod
    def from_environment(cls, scale: float) -> Clock:
        """Durations from `LOCAL_ECS_START_SECONDS` ("45,120"), `LOCAL_ECS_STOP_SECONDS`, `LOCAL_ECS_SEED`."""
        start = os.environ.get("LOCAL_ECS_START_SECONDS", "")
        shortest, longest = (float(part) for part in start.split(",")) if start else START_SECONDS
        seed = os.environ.get("LOCAL_ECS_SEED")
        return cls(
            scale=scale,
            start=(shortest, longest),
            stop=float(os.environ.get("LOCAL_ECS_STOP_SECONDS", STOP_SECONDS)),
            chance=random.Random(int(seed)) if seed else random.Random(),  # noqa: S311 # no secret
        )

    def start_time(self) -> float:
        """Scaled seconds until a new task runs."""
        return self.chance.uniform(*self.start) * self.scale

    def stop_time(self, stop_timeout: float) -> float:
        """Scaled seconds until a stopped task is gone; never longer than the container's stopTimeout."""
        return min(self.stop, stop_timeout) * self.scale

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Call `act` on a thread of its own, in the caller's context."""
        timer = threading.Timer(seconds, copy_context().run, args=(act,))
        timer.daemon = True
        timer.start()
