"""An embedded AWS with the stack for one measurement, and what is read from it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import boto3

from console import local_stack
from console.local_api import LocalApi
from console.pieces import RealPieces
from tests.processes import family, pss_kb

T = TypeVar("T")
REGION = "eu-central-1"
STATES = "tradai-trading-state-local"
ALARM = "tradai-local-heartbeat-stale"


@dataclass
class Rig:
    """`pid` is the engine's process; its children run the Lambda functions."""

    endpoint_url: str
    pid: int
    machines: dict[str, str]

    @property
    def api(self) -> LocalApi:
        return LocalApi(self.endpoint_url)

    def client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
        )

    def heartbeats(self) -> dict[str, datetime]:
        items = self.client("dynamodb").scan(TableName=STATES, ConsistentRead=True)["Items"]
        return {i["strategy_id"]["S"]: datetime.fromisoformat(i["last_heartbeat"]["S"]) for i in items}

    def until(self, look: Callable[[], T | None], what: str, seconds: float) -> T:
        deadline = time.monotonic() + seconds
        while not (seen := look()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {seconds:.0f} s in vain until {what}")
            time.sleep(0.05)
        return seen

    def healthy(self, seconds: float = 300) -> None:
        """Every fault cleared, every heartbeat fresh, the alarm OK, nothing running, budgets as new."""
        self.api.clear_faults()
        self.until(lambda: self._fresh() and self.alarm_ok(), "the platform is healthy", seconds)
        self.until(lambda: not any(self.running(arn) for arn in self.machines.values()), "no run is left", seconds)
        table, dynamo = "tradai-runbook-guards-local", self.client("dynamodb")
        for item in dynamo.scan(TableName=table)["Items"]:
            dynamo.delete_item(TableName=table, Key={"guard_id": item["guard_id"]})

    def running(self, machine_arn: str) -> list[dict[str, Any]]:
        found = self.client("stepfunctions").list_executions(stateMachineArn=machine_arn, statusFilter="RUNNING")
        return list(found["executions"])

    def executions(self, runbook: str) -> list[str]:
        found = self.client("stepfunctions").list_executions(stateMachineArn=self.machines[runbook])
        return [entry["executionArn"] for entry in found["executions"]]

    def history(self, arn: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def incident(self, arn: str) -> dict[str, Any] | None:
        """The incident of an execution, found by its ARN."""
        for item in self.client("dynamodb").scan(TableName="tradai-runbook-incidents-local")["Items"]:
            if item["execution_arn"]["S"] == arn:
                return dict(item)
        return None

    def memory_mb(self) -> float:
        """Proportional set size of the engine and all its Lambda processes (shared pages count once)."""
        return sum(pss_kb(pid) for pid in family(self.pid)) / 1024

    def _fresh(self) -> bool:
        now = datetime.now().astimezone()
        return all((now - at).total_seconds() < 100 for at in self.heartbeats().values())

    def alarm_ok(self) -> bool:
        found = self.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
        return bool(found) and found[0]["StateValue"] == "OK"


@contextmanager
def rig(time_scale: float) -> Iterator[Rig]:
    with TemporaryDirectory(prefix="tradai-bench-") as folder:
        before = os.environ.get("TRADAI_LOCAL_DIR")
        os.environ["TRADAI_LOCAL_DIR"] = folder
        try:
            stack = local_stack.up(RealPieces(), lambda _: None, time_scale=time_scale)
            try:
                state = stack.state
                yield Rig(state.endpoint_url, state.pid, dict(state.state_machines))
            finally:
                stack.close()
        finally:
            if before is None:
                del os.environ["TRADAI_LOCAL_DIR"]
            else:
                os.environ["TRADAI_LOCAL_DIR"] = before


def payload(event: dict[str, Any], details: str, key: str) -> Any:
    """A JSON text inside an event."""
    return json.loads(event[details][key])
