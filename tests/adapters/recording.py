"""Writes down every sentence that an adapter says to AWS, as IAM sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.adapters.wiring import ADAPTERS, Parts
from functions.ports import Clock
from tests.adapters.rigs import BUCKET, MACHINES, SETTINGS, AwsRig

Asked = tuple[str, str]

# The service's name in IAM where it differs from botocore's, and what each action is asked on.
PREFIXES = {"stepfunctions": "states", "sfn": "states"}
RESOURCES = {
    "ecs:DescribeServices": "service",
    "ecs:UpdateService": "service",
    "ecs:DescribeTasks": "cluster-tasks",
    "ecs:ListTasks": "*",
    "ecs:DescribeTaskDefinition": "*",
    "ecr:DescribeImages": "repository",
    "logs:StartQuery": "log-group",
    "logs:GetQueryResults": "log-group",
    "cloudwatch:DescribeAlarms": "alarm:*",
    "cloudwatch:PutMetricData": "*",
    "states:DescribeExecution": "execution:*",
    "states:StartExecution": "machine:*",
    "sns:Publish": "topic:alerts",
    "s3:PutObject": "bucket:reports",
}
# What the members of TransactWriteItems are asked as (DynamoDB Developer Guide, "Transactions and IAM").
MEMBERS = {
    "Update": "UpdateItem",
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


class Recording:
    """`port(name)` makes a real adapter whose sentences land in `asked` as (action, resource key)."""

    def __init__(self, rig: AwsRig, clock: Clock) -> None:
        environment = {"REPORTS_BUCKET": BUCKET, "STATE_MACHINE_PREFIX": MACHINES}
        self._parts = Parts(SETTINGS, environment, clock)
        self._tables = {name: f"table:{table}" for table, name in rig.tables.items()}
        self.asked: set[Asked] = set()
        self.session = self._parts.aws.session
        rig.watch(self.session)
        self.session.register("before-parameter-build", self._heard)

    def port(self, name: str) -> Any:
        return ADAPTERS[name](self._parts)

    def during(self, work: Callable[[], object]) -> set[Asked]:
        self.asked.clear()
        work()
        return set(self.asked)

    def _heard(self, **told: Any) -> None:
        params, model = told["params"], told["model"]
        service = model.service_model.service_name
        action = f"{PREFIXES.get(service, service)}:{model.name}"
        if service != "dynamodb":
            self.asked.add((action, RESOURCES[action]))
        elif model.name == "TransactWriteItems":
            for member in params["TransactItems"]:
                ((kind, part),) = member.items()
                self.asked.add((f"dynamodb:{MEMBERS[kind]}", self._tables[part["TableName"]]))
        else:
            for table in params.get("RequestItems") or [params["TableName"]]:
                self.asked.add((action, self._tables[table]))
