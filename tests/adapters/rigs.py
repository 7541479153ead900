"""What a contract test sets up and looks at, the same words for the twin and for ministack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from functions.adapters.breaches import with_points
from functions.adapters.memory import World, twins
from functions.adapters.memory.task_definitions import DEFINITIONS
from functions.adapters.memory.world import Line, Started
from functions.facts import AlarmFact, BreachFact, DeploymentFact, ScalingFact, ServiceFact, TaskFact
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
IMAGE = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/strategy:live"


COMPONENTS = ("orders", "signals")


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
    def announced(self) -> list[str]: ...
    def end_execution(self, arn: str) -> None: ...
    def scale_by_itself(self, minimum: int, maximum: int, *, suspended: bool) -> None: ...
    def posts(self) -> list[tuple[str, str, str]]: ...
    def judged_alarm(self, name: str, values: Mapping[int, float]) -> None: ...
    def pages_of(self, size: int) -> None: ...


class MemoryRig:
    def __init__(self, now: datetime) -> None:
        self.world = World(now=now, has_status_page=True)
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

    def announced(self) -> list[str]:
        return list(self.world.announced)

    def end_execution(self, arn: str) -> None:
        started: Started = self.world.executions[arn]
        self.world.executions[arn] = replace(started, status="ABORTED")

    def scale_by_itself(self, minimum: int, maximum: int, *, suspended: bool) -> None:
        self.world.scaling = ScalingFact(minimum, maximum, suspended, suspended, suspended)

    def posts(self) -> list[tuple[str, str, str]]:
        return [(each["id"], each["status"], each["body"]) for each in self.world.posts]

    def judged_alarm(self, name: str, values: Mapping[int, float]) -> None:
        rule = BreachFact(name, "OK", "notBreaching", "GreaterThanThreshold", Decimal("0.05"), 2, 3, 60, ())
        times = [self.world.now - timedelta(minutes=ago) for ago in values]
        self.world.breaches[name] = with_points(rule, times, list(values.values()))

    def pages_of(self, size: int) -> None:
        self.world.page = size


class SetClock:
    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at
