"""Every module of fixes, in the order in which they are applied."""

from __future__ import annotations

from local.engine.fixes import (
    alarm_events,
    ecs_lifecycle,
    lambda_errors,
    lambda_exit,
    lambda_log_end,
    lambda_throttle,
    schedule_scale,
)

MODULES = (
    lambda_errors,
    lambda_exit,
    lambda_throttle,
    lambda_log_end,
    alarm_events,
    schedule_scale,
    ecs_lifecycle,
)
