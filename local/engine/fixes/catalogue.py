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
    sfn_base,
    sfn_branch_history,
    sfn_callbacks,
    sfn_children,
    sfn_names,
    sfn_paths,
    sfn_siblings,
    sfn_stop,
    sfn_task_history,
)

MODULES = (
    lambda_errors,
    lambda_exit,
    lambda_throttle,
    lambda_log_end,
    alarm_events,
    schedule_scale,
    ecs_lifecycle,
    sfn_base,
    sfn_stop,
    sfn_siblings,
    sfn_branch_history,
    sfn_paths,
    sfn_children,
    sfn_callbacks,
    sfn_task_history,
    sfn_names,
)
