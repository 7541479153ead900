"""A log group with a retention, kept or removed as the environment's data is."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.settings import Settings


def removal_of(settings: Settings) -> RemovalPolicy:
    """What happens to data when its resource leaves the stack."""
    return RemovalPolicy.RETAIN if settings.retain_data else RemovalPolicy.DESTROY


def log_group(scope: Construct, name: str, settings: Settings) -> logs.LogGroup:
    return logs.LogGroup(
        scope,
        "Log",
        log_group_name=name,
        retention=logs.RetentionDays[_RETENTION[settings.log_retention_days]],
        removal_policy=removal_of(settings),
    )


_RETENTION = {
    1: "ONE_DAY",
    7: "ONE_WEEK",
    30: "ONE_MONTH",
    90: "THREE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    731: "TWO_YEARS",
    1827: "FIVE_YEARS",
}
