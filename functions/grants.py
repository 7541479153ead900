"""What each port method needs of IAM: the one table from which every task's role is derived.

`infra/policies.py` turns the resource keys into ARNs. tests/adapters/test_grants_calls.py holds the table to
the calls that the adapters really make, tests/infra/test_grants_reference.py to AWS's service authorization
reference. TransactWriteItems is no action of its own: DynamoDB asks for UpdateItem and ConditionCheckItem on
the tables that the transaction touches (Developer Guide, "Transactions and IAM").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a statement's `Condition` block; `value` is text, or a resource key for ARN operators."""

    operator: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Grant:
    """`why` is the reason for a resource that stands for more than one thing."""

    actions: tuple[str, ...]
    resource: str
    why: str = ""
    condition: Condition | None = None


def _table(name: str, *actions: str) -> Grant:
    return Grant(tuple(f"dynamodb:{action}" for action in actions), f"table:{name}")


_ALARMS = Grant(
    ("cloudwatch:DescribeAlarms",),
    "alarm:*",
    "an answer by prefix spans alarms whose names are not known before",
)
_UPDATE_SERVICE = Grant(("ecs:UpdateService",), "service")
_START_QUERY = Grant(("logs:StartQuery",), "log-group", "the group's ARN ends in :* for actions on its streams")
_GET_RESULTS = Grant(
    ("logs:GetQueryResults",), "log-group", "the group's ARN ends in :* for actions on its streams"
)
_QUERY = (_START_QUERY, _GET_RESULTS)
_DESCRIBE_DEFINITION = Grant(("ecs:DescribeTaskDefinition",), "*", "the action knows no resources")
# Application Auto Scaling asks on the caller's behalf whether he may do to the service what it will do (its User
# Guide, "Permissions validation for API calls on target resources").
_CHANGE_SCALING = (
    Grant(
        ("application-autoscaling:RegisterScalableTarget",),
        "scalable-target",
        "AWS names a target by an id of its own; the condition holds it to the task count of ECS services",
        Condition("StringEquals", "application-autoscaling:scalable-dimension", "ecs:service:DesiredCount"),
    ),
    Grant(("ecs:DescribeServices", "ecs:UpdateService"), "service"),
)
_STATUS_PAGE_TOKEN = Grant(
    ("secretsmanager:GetSecretValue",),
    "secret:status-page",
    "Secrets Manager ends a secret's ARN in six characters of its own",
)
_EXCHANGE_KEY = Grant(
    ("secretsmanager:GetSecretValue",),
    "secret:exchange",
    "a secret's ARN ends in six characters of its own; whose key it is stands in the position",
)
_STRATEGY_PASSWORD = Grant(
    ("secretsmanager:GetSecretValue",),
    "secret:strategy-api",
    "a secret's ARN ends in six characters of its own; whose bot is asked stands in the position",
)
_CLUSTER_ONLY = Condition("ArnEquals", "ecs:cluster", "cluster")

GRANTS: Final[Mapping[str, tuple[Grant, ...]]] = {
    "clock.now": (),
    "trading_state.all": (_table("trading_state", "Scan"),),
    "trading_state.get": (_table("trading_state", "GetItem"),),
    "trading_state.stop": (_table("trading_state", "UpdateItem"),),
    "trading_state.start": (
        _table("trading_state", "UpdateItem"),
        _table("guards", "ConditionCheckItem"),
    ),
    "trading_state.segment": (_table("trading_state", "Scan"),),
    "trading_state.stop_many": (_table("trading_state", "BatchGetItem", "PartiQLUpdate"),),
    "trading_state.bring_back": (
        _table("trading_state", "UpdateItem"),
        _table("guards", "ConditionCheckItem"),
    ),
    "trading_state.pause": (_table("trading_state", "UpdateItem"),),
    "trading_state.unpause": (
        _table("trading_state", "UpdateItem"),
        _table("guards", "ConditionCheckItem"),
    ),
    "trading_state.hand_over": (
        _table("trading_state", "UpdateItem"),
        _table("guards", "ConditionCheckItem", "GetItem"),
    ),
    "strategy_config.get": (_table("strategy_config", "GetItem"),),
    "strategy_config.venues": (_table("strategy_config", "BatchGetItem"),),
    "strategy_config.traded": (_table("strategy_config", "Scan"),),
    "strategy_config.override": (_table("strategy_config", "UpdateItem"),),
    "strategy_config.put_back": (_table("strategy_config", "GetItem", "UpdateItem"),),
    "strategy_config.switch": (_table("strategy_config", "UpdateItem"),),
    "strategy_config.overrides": (_table("strategy_config", "Scan"),),
    "strategy_config.change": (_table("strategy_config", "GetItem", "UpdateItem"),),
    "strategy_config.undo": (_table("strategy_config", "GetItem", "UpdateItem"),),
    "strategy_config.changes": (_table("strategy_config", "Scan"),),
    "strategy_api.bot": (_STRATEGY_PASSWORD,),
    "strategy_api.pairs": (_STRATEGY_PASSWORD,),
    "strategy_api.candles": (_STRATEGY_PASSWORD,),
    "positions.open_of": (_table("positions", "Scan"),),
    "positions.each_open": (_table("positions", "Scan"),),
    "positions.every_open": (_table("positions", "Scan"),),
    "positions.by_id": (_table("positions", "BatchGetItem"),),
    "positions.close": (_table("positions", "UpdateItem"),),
    "orders.of": (_table("orders", "Query"),),
    "orders.working": (_table("orders", "Query"),),
    "orders.every_working": (_table("orders", "Scan"),),
    "orders.correct": (_table("orders", "UpdateItem"),),
    "service.describe": (
        Grant(("ecs:DescribeServices",), "service"),
        Grant(("ecs:DescribeTasks",), "cluster-tasks", "tasks are named by ECS when they start"),
        Grant(
            ("ecs:ListTasks",),
            "*",
            "ListTasks knows no task as its resource; the condition holds it to the cluster",
            _CLUSTER_ONLY,
        ),
        _DESCRIBE_DEFINITION,
    ),
    "service.scale": (_UPDATE_SERVICE,),
    "service.redeploy": (_UPDATE_SERVICE,),
    "task_definitions.describe": (_DESCRIBE_DEFINITION,),
    "task_definitions.marked": (
        Grant(("ecs:ListTaskDefinitions",), "*", "the action knows no resources"),
        _DESCRIBE_DEFINITION,
    ),
    "task_definitions.register": (
        _DESCRIBE_DEFINITION,
        Grant(
            ("ecs:RegisterTaskDefinition",),
            "task-definition",
            "a revision is numbered when it is registered; its family is the platform's",
        ),
        Grant(
            ("ecs:TagResource",),
            "task-definition",
            "a revision is numbered when it is registered; the condition holds it to the registration itself",
            Condition("StringEquals", "ecs:CreateAction", "RegisterTaskDefinition"),
        ),
        Grant(
            ("iam:PassRole",),
            "task-roles",
            condition=Condition("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
        ),
    ),
    "registry.digest": (
        Grant(
            ("ecr:DescribeImages",),
            "repository",
            "the repository stands in the task definition, which the platform changes",
        ),
    ),
    "logs.read": _QUERY,
    "logs.signals": _QUERY,
    "logs.first_said": _QUERY,
    "log_queries.start": (_START_QUERY,),
    "log_queries.fetch": (_GET_RESULTS,),
    "alarms.state": (_ALARMS,),
    "alarms.in_alarm": (_ALARMS,),
    "alarms.breach": (_ALARMS, Grant(("cloudwatch:GetMetricData",), "*", "the action knows no resources")),
    "alarms.newest": (_ALARMS, Grant(("cloudwatch:GetMetricData",), "*", "the action knows no resources")),
    "probes.look": (),
    "exchange.status": (),
    "exchange.account": (_EXCHANGE_KEY,),
    "exchange.market": (_EXCHANGE_KEY,),
    "exchange.symbols": (_EXCHANGE_KEY,),
    "exchange.book": (_EXCHANGE_KEY,),
    "exchange.position": (_EXCHANGE_KEY,),
    "exchange.positions": (_EXCHANGE_KEY,),
    "exchange.orders": (_EXCHANGE_KEY,),
    "exchange.order": (_EXCHANGE_KEY,),
    "exchange.fills": (_EXCHANGE_KEY,),
    "exchange.funding": (_EXCHANGE_KEY,),
    "exchange.rate": (_EXCHANGE_KEY,),
    "exchange.create": (_EXCHANGE_KEY,),
    "exchange.validate": (_EXCHANGE_KEY,),
    "exchange.probe": (_EXCHANGE_KEY,),
    "exchange.place_again": (_EXCHANGE_KEY,),
    "exchange.cancel": (_EXCHANGE_KEY,),
    "closes.prepare": (
        _table("guards", "ConditionCheckItem", "PutItem", "UpdateItem"),
        _table("approvals", "UpdateItem"),
    ),
    "closes.send": (_table("guards", "UpdateItem"),),
    "closes.settle": (_table("guards", "UpdateItem"),),
    "closes.attempts": (_table("guards", "BatchGetItem"),),
    "closes.incidents": (_table("guards", "GetItem"),),
    "closes.write_down": (_table("guards", "GetItem", "PutItem"),),
    "closes.write_down_anew": (_table("guards", "UpdateItem"),),
    "closes.written_down": (_table("guards", "GetItem"),),
    "closes.approval_used_by": (_table("approvals", "GetItem"),),
    "closes.begin": (_table("guards", "GetItem", "PutItem"),),
    "closes.over": (_table("guards", "DeleteItem", "GetItem", "PutItem"),),
    "closes.conclude": (_table("guards", "UpdateItem"),),
    "closes.result": (_table("guards", "GetItem"),),
    "incidents.open": (_table("incidents", "PutItem"),),
    "incidents.get": (_table("incidents", "GetItem"),),
    "incidents.note": (_table("incidents", "UpdateItem"),),
    "incidents.intend": (
        _table("incidents", "ConditionCheckItem", "UpdateItem"),
        _table("guards", "ConditionCheckItem", "UpdateItem"),
    ),
    "incidents.settle": (_table("incidents", "UpdateItem"),),
    "incidents.close": (_table("incidents", "GetItem", "UpdateItem"),),
    "incidents.record_approval": (_table("incidents", "GetItem", "UpdateItem"),),
    "incidents.follow_up": (_table("incidents", "GetItem", "UpdateItem"),),
    "incidents.acknowledge": (_table("incidents", "UpdateItem"),),
    "guards.take": (_table("guards", "PutItem"),),
    "guards.take_over": (_table("guards", "UpdateItem"),),
    "guards.held": (_table("guards", "GetItem"),),
    "guards.release": (_table("guards", "DeleteItem"),),
    "guards.kill_switch": (_table("guards", "GetItem"),),
    "guards.payments": (_table("guards", "GetItem"),),
    "guards.spend": (_table("guards", "GetItem", "PutItem"),),
    "guards.count": (_table("guards", "UpdateItem"),),
    "guards.remember_remedy": (_table("guards", "UpdateItem"),),
    "guards.remedies": (_table("guards", "BatchGetItem"),),
    "halts.engage": (_table("guards", "UpdateItem"),),
    "halts.record": (_table("guards", "PartiQLInsert"),),
    "halts.records": (_table("guards", "Scan"),),
    "halts.records_of": (_table("guards", "BatchGetItem"),),
    "halts.record_service": (_table("guards", "PutItem"),),
    "halts.service_record": (_table("guards", "GetItem"),),
    "halts.allow_managing": (_table("guards", "UpdateItem"),),
    "halts.allow_service": (_table("guards", "UpdateItem"),),
    "halts.release": (_table("guards", "GetItem", "UpdateItem"),),
    "halts.told": (_table("guards", "GetItem"),),
    "halts.tell": (_table("guards", "UpdateItem"),),
    "scaling.describe": (
        Grant(("application-autoscaling:DescribeScalableTargets",), "*", "the action knows no resources"),
    ),
    "scaling.suspend": _CHANGE_SCALING,
    "scaling.restore": _CHANGE_SCALING,
    "status_page.post": (_STATUS_PAGE_TOKEN,),
    "status_page.update": (_STATUS_PAGE_TOKEN,),
    "executions.status": (
        Grant(
            ("states:DescribeExecution",),
            "execution:*",
            "executions are named when they start; the machines are the runbooks' own",
        ),
    ),
    "histories.of": (
        Grant(
            ("states:GetExecutionHistory",),
            "execution:*",
            "executions are named when they start; the machines are the runbooks' own",
        ),
    ),
    "pictures.timeline": (),
    "executions.start": (
        Grant(("states:StartExecution",), "machine:*", "any runbook may be started; all are the stack's own"),
    ),
    "executions.start_stop": (Grant(("states:StartExecution",), "machine:emergency-stop"),),
    "executions.start_verification": (Grant(("states:StartExecution",), "machine:verify-trading"),),
    "executions.start_withdrawal": (Grant(("states:StartExecution",), "machine:test-order"),),
    "approvals.ask": (_table("approvals", "PutItem"),),
    "approvals.get": (_table("approvals", "GetItem"),),
    "approvals.open": (
        Grant(("dynamodb:Query",), "index:approvals"),
        _table("approvals", "BatchGetItem"),
    ),
    "approvals.change": (_table("approvals", "UpdateItem"),),
    "approvals.token": (_table("approvals", "GetItem"),),
    "callbacks.succeed": (
        Grant(
            ("states:SendTaskSuccess",),
            "machine:*",
            "any runbook may wait for a person; all are the stack's own, and the token names one waiting state",
        ),
    ),
    "mailer.send": (
        Grant(
            ("ses:SendEmail",), "identity:sender", condition=Condition("StringEquals", "ses:FromAddress", "sender")
        ),
        Grant(("ses:SendEmail",), "configuration-set"),
    ),
    "notifier.page": (Grant(("sns:Publish",), "topic:paging"),),
    "notifier.publish": (Grant(("sns:Publish",), "topic:alerts"),),
    "reports.put": (
        Grant(("s3:PutObject",), "bucket:reports", "every report has a key of its own in the private bucket"),
    ),
    "reports.get": (
        Grant(("s3:GetObject",), "bucket:reports", "every report has a key of its own in the private bucket"),
    ),
    "reports.console_url": (),
    "announcements.changed": (Grant(("events:PutEvents",), "event-bus"),),
    "measures.put": (
        Grant(
            ("cloudwatch:PutMetricData",),
            "*",
            "the action knows no resources; the condition holds it to our namespace",
            Condition("StringEquals", "cloudwatch:namespace", "TradAI/Runbooks"),
        ),
    ),
}
