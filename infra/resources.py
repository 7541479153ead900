"""What the resource keys of functions/grants.py stand for in one environment."""

from __future__ import annotations

from typing import Final

from infra.names import Names

# The sparse index of requests with something left to do (functions/adapters/approvals.py).
OPEN_INDEX: Final = "open"


def resource_arns(names: Names, reports_bucket_arn: str) -> dict[str, tuple[str, ...]]:
    """ARNs by key (`sender`: the address); `reports_bucket_arn` is CloudFormation's to give.

    Empty where the settings name no such thing: nothing is granted on it then.
    """
    platform = names.settings.platform
    log_group = names.log_group_arn(platform.log_group)
    approvals = names.table_arn(names.approvals_table)
    sender = names.settings.approvals.sender
    return {
        "table:trading_state": (names.table_arn(platform.trading_state_table),),
        "table:positions": (names.table_arn(platform.positions_table),),
        "table:orders": (names.table_arn(platform.orders_table),),
        "table:strategy_config": (names.table_arn(platform.strategy_config_table),),
        "table:incidents": (names.table_arn(names.incidents_table),),
        "table:guards": (names.table_arn(names.guards_table),),
        "table:approvals": (approvals,),
        "index:approvals": (f"{approvals}/index/{OPEN_INDEX}",),
        "cluster": (names.arn("ecs", f"cluster/{platform.cluster}"),),
        "service": (names.arn("ecs", f"service/{platform.cluster}/{platform.service}"),),
        "cluster-tasks": (names.arn("ecs", f"task/{platform.cluster}/*"),),
        "task-definition": (names.arn("ecs", "task-definition/*:*"),),
        "task-roles": (names.role_arn(platform.task_role), names.role_arn(platform.execution_role)),
        "scalable-target": (names.arn("application-autoscaling", "scalable-target/*"),),
        "secret:status-page": _status_page_secret(names),
        "secret:exchange": _exchange_secrets(names),
        "secret:strategy-api": _strategy_api_secrets(names),
        "log-group": (log_group, f"{log_group}:*"),
        "alarm:*": (names.arn("cloudwatch", "alarm:*"),),
        "event-bus": (names.default_bus_arn,),
        "topic:alerts": (names.alerts_topic_arn,),
        "topic:paging": (names.paging_topic_arn,),
        "sender": (sender,) if sender else (),
        "identity:sender": _identities(names, sender),
        "configuration-set": (names.arn("ses", f"configuration-set/{names.configuration_set}"),),
        "bucket:reports": (f"{reports_bucket_arn}/*",),
        "machine:*": (names.arn("states", f"stateMachine:tradai-{names.env}-*"),),
        "machine:emergency-stop": (names.machine_arn("emergency-stop"),),
        "machine:verify-trading": (names.machine_arn("verify-trading"),),
        "machine:test-order": (names.machine_arn("test-order"),),
        "execution:*": (names.arn("states", f"execution:tradai-{names.env}-*:*"),),
        "repository": (names.arn("ecr", "repository/*"),),
        "*": ("*",),
    }


def _identities(names: Names, sender: str | None) -> tuple[str, ...]:
    """SES takes the address's own identity where it is verified, else its domain's; settings do not say which."""
    if sender is None:
        return ()
    return tuple(names.arn("ses", f"identity/{one}") for one in (sender, sender.partition("@")[2]))


def _status_page_secret(names: Names) -> tuple[str, ...]:
    """By its name, or by its ARN where the settings give that; without a page in the settings too, for a deployment
    may name one by a parameter."""
    return (_secret(names, names.settings.status_page_secret),)


def _exchange_secrets(names: Names) -> tuple[str, ...]:
    """Those of every account of the settings at every venue. Where the settings know no account, the items of the
    platform's own tables name them: then every account's, of these venues and this environment only."""
    settings = names.settings
    accounts = sorted({one.account for one in settings.platform.accounts.values()}) or ["*"]
    return tuple(
        _secret(names, exchange.secret.format(env=names.env, venue=venue, account=account))
        for venue, exchange in settings.exchanges.items()
        for account in accounts
    )


def _strategy_api_secrets(names: Names) -> tuple[str, ...]:
    """The one of all strategies, or those of the strategies that the settings name; where the address is a pattern,
    every strategy's of this environment. Without an address in the settings too, for a deployment may name one by a
    parameter."""
    api = names.settings.strategy_api
    only = sorted(api.urls) if api.url is None and api.urls else ["*"]
    ids = only if "{strategy_id}" in api.secret else [""]
    return tuple(dict.fromkeys(_secret(names, api.secret_of(one, names.env)) for one in ids))


def _secret(names: Names, secret: str) -> str:
    """A name, or the ARN where the settings give that. Secrets Manager ends an ARN in six characters of its own."""
    return secret if secret.startswith("arn:") else names.arn("secretsmanager", f"secret:{secret}-??????")


def targets(names: Names) -> dict[str, str]:
    """The ARNs of what direct integrations may name."""
    return {"alerts_topic": names.alerts_topic_arn, "guards_table": names.table_arn(names.guards_table)}
