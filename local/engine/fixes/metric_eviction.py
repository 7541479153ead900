"""Old datapoints are looked for once a minute, not at every call."""

from __future__ import annotations

import time
from collections.abc import Callable

from ministack.services import cloudwatch

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

EVERY_SECONDS = 60.0


@fix("metric-eviction")
def look_once_a_minute(_setup: Setup) -> None:
    """Ministack goes through every datapoint that there is before it answers any call of CloudWatch.

    No difference from AWS: nothing here lives for the two weeks after which ministack drops a datapoint. But each
    call was slower than the one before.
    """
    around(cloudwatch, "_evict_old_metrics", lambda original: once_in(EVERY_SECONDS, original, time.monotonic))


def once_in(seconds: float, act: Callable[[], None], clock: Callable[[], float]) -> Callable[[], None]:
    """`act`, left out where it was done less than `seconds` of the clock ago."""
    done_at = [float("-inf")]

    def sometimes() -> None:
        now = clock()
        if now - done_at[0] >= seconds:
            done_at[0] = now
            act()

    return sometimes
