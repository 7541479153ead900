"""What stands on ministack for the contract tests, made once and emptied between them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.loaders import Loader
from botocore.session import Session

from functions.adapters.memory.world import KEYS
from tests.adapters.rigs import BUCKET, SETTINGS

KEYS_ONLY: Any = {"ProjectionType": "KEYS_ONLY"}


def _schema(keys: Sequence[str]) -> list[Any]:
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]


class AwsPlatform:
    """Tables, topics, queues, machines, SES in its sandbox, and a cluster."""

    def __init__(self, session: boto3.Session) -> None:
        self.session = session
        self._loader = Loader()
        self.tables = {
            "trading_state": SETTINGS.platform.trading_state_table,
            "strategy_config": SETTINGS.platform.strategy_config_table,
            "positions": SETTINGS.platform.positions_table,
            "orders": SETTINGS.platform.orders_table,
            "incidents": "tradai-runbook-incidents-local",
            "guards": "tradai-runbook-guards-local",
            "approvals": "tradai-runbook-approvals-local",
        }
        # What a test touches is cleaned before the next one, and nothing else: most touch one table.
        self._touched = {*self.tables.values(), "logs"}
        session.events.register("before-parameter-build", self._touch)
        self.dynamodb = session.client("dynamodb")
        self.logs = session.client("logs")
        self.ecs = session.client("ecs")
        self.cloudwatch = session.client("cloudwatch")
        self._create()

    def _create(self) -> None:
        for table, name in self.tables.items():
            indexed = ("open_marker", "asked_at") if table == "approvals" else ()
            index: Any = {"IndexName": "open", "KeySchema": _schema(indexed), "Projection": KEYS_ONLY}
            more: Any = {"GlobalSecondaryIndexes": [index]} if indexed else {}
            self.dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=_schema(KEYS[table]),
                AttributeDefinitions=[
                    {"AttributeName": key, "AttributeType": "S"} for key in (*KEYS[table], *indexed)
                ],
                **more,
            )
        self.session.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        self.ecs.create_cluster(clusterName=SETTINGS.platform.cluster)
        self.queues = {name: self._queue(name) for name in ("alerts", "paging", "tokens", "changes")}
        rule: Any = {"Name": "changes", "EventPattern": json.dumps({"source": ["tradai.runbooks"]})}
        self.session.client("events").put_rule(**rule)
        changes: Any = {"Id": "queue", "Arn": "arn:aws:sqs:eu-central-1:000000000000:changes"}
        self.session.client("events").put_targets(Rule="changes", Targets=[changes])
        for name in ("alerts", "paging"):
            topic = self.session.client("sns").create_topic(Name=f"tradai-local-{name}")["TopicArn"]
            queue = f"arn:aws:sqs:eu-central-1:000000000000:{name}"
            self.session.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        ses: Any = self.session.client("sesv2")
        ses.create_email_identity(EmailIdentity="tradai.example")
        sandbox = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://tradai.example"}
        ses.put_account_details(ProductionAccessEnabled=False, **sandbox)
        ses.create_configuration_set(ConfigurationSetName="tradai-runbooks-local")
        for runbook in ("stale-heartbeat", "emergency-stop", "verify-trading", "test-order"):
            self._machine(runbook, {"Type": "Wait", "Seconds": 3600})
        asking = {"QueueUrl": self.queues["tokens"], "MessageBody.$": "$$.Task.Token"}
        waits = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
        self.asking = self._machine("asking", {"Type": "Task", "Resource": waits, "Parameters": asking})

    def _queue(self, name: str) -> str:
        return str(self.session.client("sqs").create_queue(QueueName=name)["QueueUrl"])

    def _machine(self, name: str, state: Mapping[str, Any]) -> str:
        return self.session.client("stepfunctions").create_state_machine(
            name=f"tradai-local-{name}",
            roleArn="arn:aws:iam::000000000000:role/any",
            definition=json.dumps({"StartAt": "Only", "States": {"Only": {**state, "End": True}}}),
        )["stateMachineArn"]

    def clean(self) -> None:
        """Empties what was touched; machines, mails and the bucket keep what they have."""
        touched, self._touched = self._touched, set()
        self._clean(touched)
        self._touched.clear()

    def share_models(self, session: Session) -> None:
        """What botocore knows of a service takes longer to read than most tests to run."""
        session.register_component("data_loader", self._loader)

    def watch(self, session: Session) -> None:
        """Before its clients are made: what they touch is cleaned too."""
        session.register("before-parameter-build", self._touch)

    def _touch(self, **told: Any) -> None:
        params, service = told["params"], told["model"].service_model.service_name
        self._touched.add(service)
        for member in params.get("TransactItems", ()):
            self._touched.update(part["TableName"] for part in member.values())
        self._touched.add(params.get("TableName", ""))
        self._touched.update(params.get("RequestItems", ()))

    def _clean(self, touched: set[str]) -> None:
        for table, name in self.tables.items():
            if name not in touched:
                continue
            for page in self.dynamodb.get_paginator("scan").paginate(TableName=name):
                for item in page["Items"]:
                    self.dynamodb.delete_item(TableName=name, Key={key: item[key] for key in KEYS[table]})
        if "logs" in touched:
            self._clean_logs()
        if "cloudwatch" in touched:
            names = [each["AlarmName"] for each in self.cloudwatch.describe_alarms()["MetricAlarms"]]
            if names:
                self.cloudwatch.delete_alarms(AlarmNames=names)
        if "ecs" in touched:
            cluster, service = SETTINGS.platform.cluster, SETTINGS.platform.service
            if self.ecs.describe_services(cluster=cluster, services=[service])["services"]:
                self.ecs.delete_service(cluster=cluster, service=service, force=True)
        if "sns" in touched:
            for queue in self.queues.values():
                self.session.client("sqs").purge_queue(QueueUrl=queue)

    def _clean_logs(self) -> None:
        group = SETTINGS.platform.log_group
        if self.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            self.logs.delete_log_group(logGroupName=group)
        self.logs.create_log_group(logGroupName=group)
        self.logs.create_log_stream(logGroupName=group, logStreamName="strategy/1")
