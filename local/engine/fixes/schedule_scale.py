"""Schedules run on the shortened clock."""

from __future__ import annotations

from collections.abc import Callable

from ministack.services import eventbridge

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

SHORTEST_SECONDS = 0.5
TICK_SECONDS = 0.1
LONGEST_TICK_SECONDS = 10.0


@fix("schedule-scale")
def scale_schedules(setup: Setup) -> None:
    """`rate(...)` periods are multiplied by the time scale, and looked at often enough to keep them.

    AWS: EventBridge user guide, "Creating a rule that runs on a schedule": a rate starts to count when the
    rule is made. Ministack counts whole seconds and looks every ten.
    """

    def make(original: Callable[[str], int | None]) -> Callable[[str], float | None]:
        def parse(expression: str) -> float | None:
            seconds = original(expression)
            return None if seconds is None else max(SHORTEST_SECONDS, seconds * setup.time_scale)

        return parse

    around(eventbridge, "_parse_rate_seconds", make)
    # The shortest AWS rate is a minute: a tick of a tenth of that is fine enough on any scale.
    tick = min(LONGEST_TICK_SECONDS, max(TICK_SECONDS, 60 * setup.time_scale / 10))
    eventbridge._SCHEDULER_TICK_INTERVAL = tick
