"""The real adapters on ministack, under the same words as their twins."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from functions.adapters.memory.world import KEYS
from functions.adapters.trading_state import PAGE
from functions.adapters.wiring import ADAPTERS, Parts
from functions.links import stop_line
from functions.ports import Ports
from functions.settings import Settings
from tests.adapters.aws_platform import AwsPlatform
from tests.adapters.rigs import BUCKET, COMPONENTS, IMAGE, MACHINES, SETTINGS, Sent, SetClock
from tests.adapters.side_server import TOKEN, SideServer

EXCHANGE_SECRET = "tradai-local-exchange-binanceusdm-main"
STRATEGY_SECRET = "tradai-local-freqtrade"
# Nobody answers there: a bot that does has a test of its own.
STRATEGY_API = "http://127.0.0.1:1/{strategy_id}"


class AwsRig(AwsPlatform):
    """Wired as in Lambda, on one ministack for the whole test session."""

    def __init__(self, session: boto3.Session, side: SideServer) -> None:
        super().__init__(session)
        self.side = side
        secret = session.client("secretsmanager").create_secret(Name="tradai/status-page", SecretString=TOKEN)
        key = json.dumps({"apiKey": "key-of-the-tests", "secret": "secret-of-the-tests"})
        session.client("secretsmanager").create_secret(Name=EXCHANGE_SECRET, SecretString=key)
        bot = json.dumps({"username": "runbooks", "password": "password-of-the-tests"})
        session.client("secretsmanager").create_secret(Name=STRATEGY_SECRET, SecretString=bot)
        page = {"url": side.incidents_url, "secret": secret["Name"], "components": COMPONENTS}
        given = {"emergency_stop": {"status_page": page}, "strategy_api": {"url": STRATEGY_API}}
        self.settings = Settings.model_validate({**SETTINGS.model_dump(), **given})
        self.endpoint = self.dynamodb.meta.endpoint_url
        self.clock = SetClock(datetime.fromisoformat("2026-01-31T03:00:00+00:00"))
        environment = {"REPORTS_BUCKET": BUCKET, "STATE_MACHINE_PREFIX": MACHINES}
        parts = Parts(self.settings, environment, self.clock)
        made: dict[str, Any] = {port: build(parts) for port, build in ADAPTERS.items()}
        self.ports = Ports(**made)
        self.watch(parts.aws.session)

    def reset(self, now: datetime) -> None:
        """As before the first test: other mails are not looked at any more."""
        self.clock.at = now
        self.clean()
        self.side.clear()
        self.pages_of(PAGE)
        self._mails_before = len(self._mails())

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
        """Without the last line, which every message must have."""
        bodies = [json.loads(body) for body in self._bodies(queue)]
        last = f"\n\n{stop_line(SETTINGS)}"
        assert all(body["Message"].endswith(last) for body in bodies)
        return [(body["Subject"], body["Message"].removesuffix(last)) for body in bodies]

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

    def announced(self) -> list[str]:
        """By the event whole, as whoever hears it gets it; each is read once."""
        heard = [json.loads(body) for body in self._bodies("changes")]
        assert {(one["source"], one["detail-type"]) for one in heard} <= {("tradai.runbooks", "Incident Changed")}
        return [one["detail"]["incident_id"] for one in heard]

    def end_execution(self, arn: str) -> None:
        self.session.client("stepfunctions").stop_execution(executionArn=arn)

    def scale_by_itself(self, minimum: int, maximum: int, *, suspended: bool) -> None:
        self.side.register(minimum, maximum, suspended=suspended)

    def posts(self) -> list[tuple[str, str, str]]:
        return [(each["id"], each["status"], each["body"]) for each in self.side.posts]

    def judged_alarm(self, name: str, values: Mapping[int, float]) -> None:
        """Two of three points of a minute each above 0.05; `values` by how many minutes ago."""
        metric: Any = {"Namespace": "Risk", "MetricName": name, "Dimensions": [{"Name": "Desk", "Value": "one"}]}
        self.cloudwatch.put_metric_alarm(
            **metric,
            AlarmName=name,
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=0.05,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
        self.put_metric(metric, values)
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="x")

    def put_metric(self, metric: Mapping[str, Any], values: Mapping[int, float]) -> None:
        named: dict[str, Any] = {key: metric[key] for key in ("MetricName", "Dimensions")}
        data: Any = [
            {**named, "Timestamp": self.clock.at - timedelta(minutes=ago), "Value": value}
            for ago, value in values.items()
        ]
        if data:
            self.cloudwatch.put_metric_data(Namespace=metric["Namespace"], MetricData=data)

    def pages_of(self, size: int) -> None:
        state: Any = self.ports.trading_state
        state._page = size
