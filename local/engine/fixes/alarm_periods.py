"""Alarms look back on the shortened clock."""

from __future__ import annotations

from ministack.services import cloudwatch

from local.engine.fixes.patching import rewrite
from local.engine.fixes.registry import Setup, fix

# A point's time may be of whole seconds, and it comes a moment after it was taken.
SHORTEST_SECONDS = 2.0


@fix("alarm-periods")
def scale_periods(setup: Setup) -> None:
    """An alarm's period is multiplied by the time scale, as that of the schedule which publishes its metric is.

    AWS: CloudWatch user guide, "Alarm evaluation": an alarm judges the datapoints of its evaluation periods. Left
    at a real minute, a count that is 0 again would keep its alarm up for a hundred looks of a shortened schedule.
    Thresholds stay as they are.
    """
    old = "cutoff = time.time() - period * eval_periods"
    new = f"cutoff = time.time() - max({SHORTEST_SECONDS}, period * eval_periods * {setup.time_scale!r})"
    rewrite(cloudwatch, "_evaluate_alarm", old, new)
