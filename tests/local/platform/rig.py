"""The stand-in platform as an outside client sees it: boto3 and HTTP, nothing of the stand-in's own code."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError

from tests.local.engine.lab import Lab, eventually

# A heartbeat every 0.15 s, a look at the table every 0.075 s.
SCALE = 0.005
CLUSTER, SERVICE = "tradai-local", "tradai-strategy-service-local"
STATES, CONFIGS = "tradai-trading-state-local", "tradai-strategy-config-local"
ALARM = "tradai-local-heartbeat-stale"
LOGS = "/ecs/tradai-strategy-service-local"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Rig(Lab):
    """One engine with a seeded platform."""

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        accept: str = "application/json",
        timeout: float = 10,
    ) -> Reply:
        request = urllib.request.Request(
            f"{self.engine.endpoint_url}/_local{path}",
            None if body is None else json.dumps(body).encode(),
            {"accept": accept},
            method=method,
        )
        try:
            answer = urllib.request.urlopen(request, timeout=timeout)
        except HTTPError as error:
            answer = error
        with answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status or 0, headers, answer.read().decode())

    def fault(self, name: str, strategy: str | None = None, count: int | None = None) -> None:
        wish = {"name": name, "strategy": strategy, "count": count}
        reply = self.call("POST", "/faults", {key: value for key, value in wish.items() if value is not None})
        assert reply.status == 201, reply.text

    def active(self) -> list[str]:
        return [fault["name"] for fault in self.call("GET", "/faults").json["active"]]

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/stats").json
        return found

    def wrong(self) -> list[tuple[str, str, bool]]:
        return [(one["fault"], one["remedy"], one["harm"]) for one in self.stats()["wrong_remedies"]]

    def running(self) -> list[str]:
        found: list[str] = self.call("GET", "/health").json["copies"]
        return found

    # The tables.

    def item(self, strategy_id: str) -> dict[str, Any]:
        key = {"strategy_id": {"S": strategy_id}}
        found = self.client("dynamodb").get_item(TableName=STATES, Key=key, ConsistentRead=True)
        return {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}

    def put(self, strategy_id: str, **attributes: str) -> None:
        item = {"strategy_id": strategy_id, **attributes}
        self.client("dynamodb").put_item(
            TableName=STATES, Item={name: {"S": value} for name, value in item.items()}
        )

    def batch(self, requests: Iterable[dict[str, Any]]) -> None:
        """Puts and deletes of the trading state, as many as there are."""
        waiting = list(requests)
        for first in range(0, len(waiting), 25):
            self.client("dynamodb").batch_write_item(RequestItems={STATES: waiting[first : first + 25]})

    def delete(self, strategy_id: str) -> None:
        self.client("dynamodb").delete_item(TableName=STATES, Key={"strategy_id": {"S": strategy_id}})

    def set_status(self, strategy_id: str, status: str) -> None:
        self._set(STATES, strategy_id, "status", {"S": status})

    def set_config(self, strategy_id: str, name: str, value: dict[str, Any]) -> None:
        self._set(CONFIGS, strategy_id, name, value)

    def _set(self, table: str, strategy_id: str, name: str, value: dict[str, Any]) -> None:
        self.client("dynamodb").update_item(
            TableName=table,
            Key={"strategy_id": {"S": strategy_id}},
            UpdateExpression="SET #name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": value},
        )

    def age(self, strategy_id: str) -> float:
        """Seconds since the strategy's heartbeat."""
        beat = datetime.fromisoformat(self.item(strategy_id)["last_heartbeat"])
        return (datetime.now(UTC) - beat).total_seconds()

    # Remedies, as a person would type them.

    def redeploy(self) -> None:
        """The careful one: the old task is seen STOPPED before a new one is asked for."""
        ecs = self.client("ecs")
        ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=0)
        eventually(self.tasks_left, lambda left: not left)
        ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=1, forceNewDeployment=True)

    def redeploy_seen(self) -> None:
        before = self.running()
        self.redeploy()
        eventually(self.running, lambda now: now and now != before)

    def tasks_left(self) -> list[str]:
        ecs = self.client("ecs")
        arns = [
            arn
            for wanted in ("RUNNING", "STOPPED")
            for arn in ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE, desiredStatus=wanted)["taskArns"]
        ]
        tasks = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"] if arns else []
        return [task["taskArn"] for task in tasks if task["lastStatus"] != "STOPPED"]

    def restart(self, strategy_id: str) -> None:
        """Stopped, acknowledged, running."""
        self.set_status(strategy_id, "stopped")
        eventually(
            lambda: self.item(strategy_id),
            lambda item: item.get("acknowledged_status") == "stopped",
        )
        self.set_status(strategy_id, "running")

    # What to look at.

    def alarm(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]
        return found

    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])[
            "services"
        ][0]
        return found

    def lines(self, since: float, pattern: str | None = None) -> list[str]:
        """Log lines since a Unix time."""
        pages = (
            self.client("logs")
            .get_paginator("filter_log_events")
            .paginate(logGroupName=LOGS, startTime=int(since * 1000))
        )
        found = [event["message"] for page in pages for event in page["events"]]
        return [line for line in found if pattern is None or pattern in line]

    def stale(self, strategy_id: str, seconds: float = 15.0) -> None:
        eventually(lambda: self.age(strategy_id), lambda age: age > 120, seconds)

    def fresh(self, strategy_id: str, seconds: float = 15.0) -> None:
        eventually(lambda: self.age(strategy_id), lambda age: age < 60, seconds)

    def stays_stale(self, *strategy_ids: str, seconds: float = 0.5) -> None:
        """For longer than two beats take."""
        self.holds(lambda: all(self.age(one) > 120 for one in strategy_ids), seconds)

    @staticmethod
    def holds(look: Callable[[], bool], seconds: float = 0.5) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert look()
            time.sleep(0.05)
