"""What a contract test sets up and looks at, the same words for the twin and for ministack."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.session import Session

from functions.adapters.memory import World, twins
from functions.adapters.memory.task_definitions import DEFINITIONS
from functions.adapters.memory.world import KEYS, Line, Started
from functions.adapters.wiring import ADAPTERS, Parts
from functions.facts import AlarmFact, DeploymentFact, ServiceFact, TaskFact
from functions.ports import Ports
from functions.settings import Settings

SENDER = "runbooks@tradai.example"
SETTINGS = Settings.model_validate(
    {
        "env": "local",
        "account_id": "000000000000",
        "region": "eu-central-1",
        "platform": {"paging_topic": "tradai-local-paging"},
        "approvals": {"sender": SENDER},
    }
)
BUCKET = "tradai-runbook-reports"
MACHINES = "arn:aws:states:eu-central-1:000000000000:stateMachine:tradai-local-"
KEYS_ONLY: Any = {"ProjectionType": "KEYS_ONLY"}
IMAGE = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/strategy:live"


@dataclass(frozen=True)
class Sent:
    """One mail as it left."""

    to: str
    subject: str
    text: str
    html: str


class Rig(Protocol):
    ports: Ports

    def set_time(self, now: datetime) -> None: ...
    def put(self, table: str, item: Mapping[str, Any]) -> None: ...
    def item(self, table: str, *key: str) -> dict[str, Any] | None: ...
    def log(self, at: datetime, message: str) -> None: ...
    def alarm(self, name: str, state: str, reason: str) -> None: ...
    def make_service(self, desired: int) -> None: ...
    def push_image(self) -> str: ...
    def messages(self) -> list[tuple[str, str]]: ...
    def pages(self) -> list[tuple[str, str]]: ...
    def mails(self) -> list[Sent]: ...
    def refused_address(self) -> str: ...
    def register(self, definition: Mapping[str, Any], tags: Mapping[str, str]) -> str: ...
    def registered(self, arn: str) -> dict[str, Any]: ...
    def waiting(self) -> str: ...
    def answered(self) -> Any: ...
    def object(self, key: str) -> str | None: ...
    def measured(self, name: str) -> bool: ...
    def end_execution(self, arn: str) -> None: ...


class MemoryRig:
    def __init__(self, now: datetime) -> None:
        self.world = World(now=now)
        self.ports = twins(self.world)

    def set_time(self, now: datetime) -> None:
        self.world.now = now

    def put(self, table: str, item: Mapping[str, Any]) -> None:
        self.world.put(table, item)

    def item(self, table: str, *key: str) -> dict[str, Any] | None:
        return self.world.item(table, *key)

    def log(self, at: datetime, message: str) -> None:
        self.world.lines.append(Line(at, message))

    def alarm(self, name: str, state: str, reason: str) -> None:
        self.world.alarms[name] = AlarmFact(name, state, reason, self.world.now, "breaching")

    def make_service(self, desired: int) -> None:
        made = DeploymentFact("ecs-svc/1", "PRIMARY", "COMPLETED", self.world.now, "strategy:1")
        tasks = tuple(
            TaskFact(f"arn:task/{n}", "RUNNING", "RUNNING", self.world.now, deployment_id="ecs-svc/1")
            for n in range(desired)
        )
        self.world.service = ServiceFact(
            SETTINGS.platform.service,
            "ACTIVE",
            desired,
            desired,
            0,
            200,
            100,
            (made,),
            tasks,
            image=IMAGE,
            cpu=512,
            memory_mb=1024,
        )

    def push_image(self) -> str:
        self.world.digests[IMAGE] = f"sha256:{'a' * 64}"
        return self.world.digests[IMAGE]

    def messages(self) -> list[tuple[str, str]]:
        return self.world.sent

    def pages(self) -> list[tuple[str, str]]:
        return self.world.paged

    def mails(self) -> list[Sent]:
        return [Sent(mail.to, mail.subject, mail.text, mail.html) for mail in self.world.mails]

    def register(self, definition: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        revision = 1 + sum(each["family"] == definition["family"] for each in self.world.definitions)
        arn = f"{DEFINITIONS}{definition['family']}:{revision}"
        kept = [{"key": key, "value": value} for key, value in tags.items()]
        made = {**definition, "taskDefinitionArn": arn, "revision": revision, "status": "ACTIVE", "tags": kept}
        self.world.definitions.append(made)
        return arn

    def registered(self, arn: str) -> dict[str, Any]:
        (found,) = [each for each in self.world.definitions if each["taskDefinitionArn"] == arn]
        return found

    def refused_address(self) -> str:
        self.world.refused_addresses.add("somebody@elsewhere.example")
        return "somebody@elsewhere.example"

    def waiting(self) -> str:
        return "a-token-that-is-waited-for"

    def answered(self) -> Any:
        return self.world.callbacks["a-token-that-is-waited-for"]

    def object(self, key: str) -> str | None:
        found = self.world.objects.get(key)
        return found[0] if found else None

    def measured(self, name: str) -> bool:
        return any(each[0] == name for each in self.world.measures)

    def end_execution(self, arn: str) -> None:
        started: Started = self.world.executions[arn]
        self.world.executions[arn] = replace(started, status="ABORTED")


def _schema(keys: Sequence[str]) -> list[Any]:
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]


class SetClock:
    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


class AwsRig:
    """The real adapters, wired as in Lambda, on one ministack for the whole test session."""

    def __init__(self, session: boto3.Session, account: str) -> None:
        self.session, self.endpoint = session, session.client("sts").meta.endpoint_url
        self.clock = SetClock(datetime.fromisoformat("2026-01-31T03:00:00+00:00"))
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
        environment = {"REPORTS_BUCKET": BUCKET, "STATE_MACHINE_PREFIX": MACHINES}
        parts = Parts(SETTINGS, environment, self.clock)
        made: dict[str, Any] = {port: build(parts) for port, build in ADAPTERS.items()}
        self.ports = Ports(**made)
        self.watch(parts.aws.session)

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
        self.queues = {name: self._queue(name) for name in ("alerts", "paging", "tokens")}
        for name in ("alerts", "paging"):
            topic = self.session.client("sns").create_topic(Name=f"tradai-local-{name}")["TopicArn"]
            queue = f"arn:aws:sqs:eu-central-1:000000000000:{name}"
            self.session.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        ses: Any = self.session.client("sesv2")
        ses.create_email_identity(EmailIdentity="tradai.example")
        sandbox = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://tradai.example"}
        ses.put_account_details(ProductionAccessEnabled=False, **sandbox)
        ses.create_configuration_set(ConfigurationSetName="tradai-runbooks-local")
        self._machine("stale-heartbeat", {"Type": "Wait", "Seconds": 3600})
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

    def reset(self, now: datetime) -> None:
        """Empties what was touched; machines and the bucket keep what they have."""
        self.clock.at = now
        touched, self._touched = self._touched, set()
        self._clean(touched)
        self._touched.clear()

    def watch(self, session: Session) -> None:
        """Before its clients are made: what they touch is cleaned too."""
        session.register("before-parameter-build", self._touch)

    def _touch(self, **told: Any) -> None:
        params, service = told["params"], told["model"].service_model.service_name
        self._touched.add(service)
        for member in params.get("TransactItems", ()):
            self._touched.update(part["TableName"] for part in member.values())
        self._touched.add(params.get("TableName", ""))

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
        self._mails_before = len(self._mails())

    def _clean_logs(self) -> None:
        group = SETTINGS.platform.log_group
        if self.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            self.logs.delete_log_group(logGroupName=group)
        self.logs.create_log_group(logGroupName=group)
        self.logs.create_log_stream(logGroupName=group, logStreamName="strategy/1")

    def set_time(self, now: datetime) -> None:
        self.clock.at = now

    def put(self, table: str, item: Mapping[str, Any]) -> None:
        pack = TypeSerializer().serialize
        self.dynamodb.put_item(TableName=self.tables[table], Item={key: pack(value) for key, value in item.items()})

    def item(self, table: str, *key: str) -> dict[str, Any] | None:
        keys = {name: {"S": value} for name, value in zip(KEYS[table], key, strict=True)}
        found = self.dynamodb.get_item(TableName=self.tables[table], Key=keys).get("Item")
        unpack = TypeDeserializer().deserialize
        return {name: unpack(value) for name, value in found.items()} if found else None

    def log(self, at: datetime, message: str) -> None:
        self.logs.put_log_events(
            logGroupName=SETTINGS.platform.log_group,
            logStreamName="strategy/1",
            logEvents=[{"timestamp": int(at.timestamp() * 1000), "message": message}],
        )

    def alarm(self, name: str, state: str, reason: str) -> None:
        self.cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="Test",
            MetricName="Age",
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=120,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="breaching",
        )
        wanted: Any = state
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=wanted, StateReason=reason)

    def make_service(self, desired: int) -> None:
        self.ecs.register_task_definition(
            family="strategy",
            cpu="512",
            memory="1024",
            containerDefinitions=[{"name": "strategy", "image": IMAGE, "essential": True}],
        )
        self.ecs.create_service(
            cluster=SETTINGS.platform.cluster,
            serviceName=SETTINGS.platform.service,
            taskDefinition="strategy",
            desiredCount=desired,
            deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 100},
        )

    def push_image(self) -> str:
        ecr: Any = self.session.client("ecr")
        if not ecr.describe_repositories()["repositories"]:
            ecr.create_repository(repositoryName="strategy")
        manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"})
        if not ecr.describe_images(repositoryName="strategy")["imageDetails"]:
            ecr.put_image(repositoryName="strategy", imageManifest=manifest, imageTag="live")
        return str(ecr.describe_images(repositoryName="strategy")["imageDetails"][0]["imageDigest"])

    def messages(self) -> list[tuple[str, str]]:
        return self._received("alerts")

    def pages(self) -> list[tuple[str, str]]:
        return self._received("paging")

    def _received(self, queue: str) -> list[tuple[str, str]]:
        bodies = [json.loads(body) for body in self._bodies(queue)]
        return [(body["Subject"], body["Message"]) for body in bodies]

    def _bodies(self, queue: str) -> list[str]:
        sqs = self.session.client("sqs")
        found: Any = sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10).get("Messages", [])
        return [message["Body"] for message in found]

    def mails(self) -> list[Sent]:
        new = self._mails()[self._mails_before :]
        return [Sent(m["To"][0], m["Subject"], m["BodyText"], m["BodyHtml"]) for m in new]

    def _mails(self) -> list[Any]:
        with urllib.request.urlopen(f"{self.endpoint}/_ministack/ses/messages", timeout=5) as answer:
            found: list[Any] = json.load(answer)["messages"].get(SETTINGS.account_id, [])
        return found

    def refused_address(self) -> str:
        """In SES's sandbox every address that is not verified is refused."""
        return "somebody@elsewhere.example"

    def register(self, definition: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        told: Any = {**definition, "tags": [{"key": key, "value": value} for key, value in tags.items()]}
        return self.ecs.register_task_definition(**told)["taskDefinition"]["taskDefinitionArn"]

    def registered(self, arn: str) -> dict[str, Any]:
        found: Any = self.ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
        return {**found["taskDefinition"], "tags": found["tags"]}

    def waiting(self) -> str:
        sfn = self.session.client("stepfunctions")
        self._execution = sfn.start_execution(stateMachineArn=self.asking)["executionArn"]
        return self._soon(lambda: next(iter(self._bodies("tokens")), ""))

    def answered(self) -> Any:
        sfn = self.session.client("stepfunctions")
        told = self._soon(lambda: sfn.describe_execution(executionArn=self._execution).get("output", ""))
        return json.loads(told)

    def _soon(self, look: Callable[[], str]) -> str:
        """What is there within 10 s."""
        deadline = time.monotonic() + 10
        while not (found := look()):
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.05)
        return found

    def object(self, key: str) -> str | None:
        s3 = self.session.client("s3")
        if not s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("KeyCount"):
            return None
        return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()

    def measured(self, name: str) -> bool:
        now = self.clock.at
        found = self.cloudwatch.get_metric_statistics(
            Namespace="TradAI/Runbooks",
            MetricName=name,
            Dimensions=[{"Name": "Runbook", "Value": "stale-heartbeat"}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=60,
            Statistics=["Sum"],
        )
        return any(Decimal(str(point["Sum"])) > 0 for point in found["Datapoints"])

    def end_execution(self, arn: str) -> None:
        self.session.client("stepfunctions").stop_execution(executionArn=arn)
