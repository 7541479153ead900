"""What the resource keys of functions/grants.py stand for in one environment."""

from __future__ import annotations

from infra.names import Names


def resource_arns(names: Names, reports_bucket_arn: str) -> dict[str, tuple[str, ...]]:
    """ARNs by key; `reports_bucket_arn` is CloudFormation's to give."""
    platform = names.settings.platform
    log_group = names.log_group_arn(platform.log_group)
    return {
        "table:trading_state": (names.table_arn(platform.trading_state_table),),
        "table:positions": (names.table_arn(platform.positions_table),),
        "table:orders": (names.table_arn(platform.orders_table),),
        "table:strategy_config": (names.table_arn(platform.strategy_config_table),),
        "table:incidents": (names.table_arn(names.incidents_table),),
        "table:guards": (names.table_arn(names.guards_table),),
        "cluster": (names.arn("ecs", f"cluster/{platform.cluster}"),),
        "service": (names.arn("ecs", f"service/{platform.cluster}/{platform.service}"),),
        "cluster-tasks": (names.arn("ecs", f"task/{platform.cluster}/*"),),
        "task-definition": (names.arn("ecs", "task-definition/*"),),
        "log-group": (log_group, f"{log_group}:*"),
        "alarm:*": (names.arn("cloudwatch", "alarm:*"),),
        "topic:alerts": (names.alerts_topic_arn,),
        "bucket:reports": (f"{reports_bucket_arn}/*",),
        "machine:*": (names.arn("states", f"stateMachine:tradai-{names.env}-*"),),
        "execution:*": (names.arn("states", f"execution:tradai-{names.env}-*:*"),),
        "repository": (names.arn("ecr", "repository/*"),),
        "*": ("*",),
    }
