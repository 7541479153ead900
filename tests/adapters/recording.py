"""Writes down every sentence that an adapter says to AWS, as IAM sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from functions.adapters.wiring import ADAPTERS, Parts
from functions.ports import Clock
from tests.adapters.aws_rig import EXCHANGE_SECRET, STRATEGY_SECRET, AwsRig
from tests.adapters.rigs import BUCKET, MACHINES, SENDER, SETTINGS

Asked = tuple[str, str]

# The service's name in IAM where it differs from botocore's, and what each action is asked on.
PREFIXES = {"stepfunctions": "states", "sfn": "states", "sesv2": "ses"}
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
    "states:GetExecutionHistory": "execution:*",
    "states:StartExecution": "machine:*",
    "ecs:ListTaskDefinitions": "*",
    "ecs:RegisterTaskDefinition": "task-definition",
    "states:SendTaskSuccess": "machine:*",
    "events:PutEvents": "event-bus",
    "s3:PutObject": "bucket:reports",
    "s3:GetObject": "bucket:reports",
    "application-autoscaling:DescribeScalableTargets": "*",
    "application-autoscaling:RegisterScalableTarget": "scalable-target",
    "cloudwatch:GetMetricData": "*",
}
# Secrets by name: the rig makes no other ones.
SECRETS = {
    "tradai/status-page": "secret:status-page",
    EXCHANGE_SECRET: "secret:exchange",
    STRATEGY_SECRET: "secret:strategy-api",
}
# What the members of TransactWriteItems are asked as (DynamoDB Developer Guide, "Transactions and IAM").
MEMBERS = {
    "Update": "UpdateItem",
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


# Actions that leave everything as it is.
READS = re.compile(r"[a-z0-9-]+:(Get|Describe|List|Query|Scan|BatchGet)")
# PartiQL's verbs are actions of their own (Developer Guide, "IAM security policies with PartiQL").
STATEMENT = re.compile(r'(INSERT|UPDATE)(?: INTO)? "([^"]+)" ')


class Recording:
    """`port(name)` makes a real adapter whose sentences land in `asked` as (action, resource key).

    `only_read`: whether nothing but reading has been asked since somebody set it.
    """

    def __init__(self, rig: AwsRig, clock: Clock) -> None:
        environment = {"REPORTS_BUCKET": BUCKET, "STATE_MACHINE_PREFIX": MACHINES}
        self._topics = {SETTINGS.platform.alerts_topic: "alerts", SETTINGS.platform.paging_topic: "paging"}
        self._parts = Parts(rig.settings, environment, clock)
        self._tables = {name: f"table:{table}" for table, name in rig.tables.items()}
        self.asked: set[Asked] = set()
        self.only_read = False
        self.session = self._parts.aws.session
        rig.share_models(self.session)
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
        self.only_read = self.only_read and READS.match(action) is not None
        if action == "sns:Publish":
            self.asked.add((action, f"topic:{self._topics[params['TopicArn'].rpartition(':')[2]]}"))
        elif action == "ses:SendEmail":
            # SES asks for the sender and for the configuration set, each by itself.
            assert params["FromEmailAddress"] == SENDER
            self.asked.add((action, "identity:sender"))
            if params.get("ConfigurationSetName") == "tradai-runbooks-local":
                self.asked.add((action, "configuration-set"))
        elif action == "states:StartExecution" and params["stateMachineArn"].endswith("-emergency-stop"):
            self.asked.add((action, "machine:emergency-stop"))
        elif action == "states:StartExecution" and params["stateMachineArn"].endswith("-verify-trading"):
            self.asked.add((action, "machine:verify-trading"))
        elif action == "states:StartExecution" and params["stateMachineArn"].endswith("-test-order"):
            self.asked.add((action, "machine:test-order"))
        elif action == "secretsmanager:GetSecretValue":
            self.asked.add((action, SECRETS[params["SecretId"]]))
        elif service != "dynamodb":
            self.asked.add((action, RESOURCES[action]))
            self._implied(action, params)
        elif model.name == "BatchExecuteStatement":
            for told in params["Statements"]:
                verb, table = STATEMENT.match(told["Statement"]).groups()  # type: ignore[union-attr]  # it must match
                self.asked.add((f"dynamodb:PartiQL{verb.capitalize()}", self._tables[table]))
        elif model.name == "TransactWriteItems":
            for member in params["TransactItems"]:
                ((kind, part),) = member.items()
                self.asked.add((f"dynamodb:{MEMBERS[kind]}", self._tables[part["TableName"]]))
        else:
            for table in params.get("RequestItems") or [params["TableName"]]:
                of_index = "IndexName" in params
                key = self._tables[table].replace("table:", "index:") if of_index else self._tables[table]
                self.asked.add((action, key))

    def _implied(self, action: str, params: Mapping[str, Any]) -> None:
        """What AWS asks for besides (ECS Developer Guide, "Grant permission to tag resources on creation"; IAM
        User Guide, "Grant a user permissions to pass a role"; Application Auto Scaling User Guide, "Permissions
        validation for API calls on target resources")."""
        if action == "application-autoscaling:RegisterScalableTarget":
            self.asked |= {("ecs:DescribeServices", "service"), ("ecs:UpdateService", "service")}
        if action == "ecs:RegisterTaskDefinition":
            if params.get("tags"):
                self.asked.add(("ecs:TagResource", "task-definition"))
            if params.get("taskRoleArn") or params.get("executionRoleArn"):
                self.asked.add(("iam:PassRole", "task-roles"))
