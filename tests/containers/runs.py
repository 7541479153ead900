"""Cases run on an engine that speaks Step Functions' API, many at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.engine.environment import ACCOUNT_ID, REGION

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/second-engine"
IN_FLIGHT = 16
LONGEST_SECONDS = 120.0


@dataclass(frozen=True)
class Job:
    """One run.

    Attributes:
        machine: the deployed name.
        case: the test case's name in the mock file.
        given: the input, as JSON text.
    """

    machine: str
    case: str
    given: str


@dataclass(frozen=True)
class Ran:
    """`status`: as DescribeExecution says, or what the engine refused. `history`: every event, oldest first."""

    status: str
    history: list[dict[str, Any]]


def client(endpoint_url: str) -> Any:
    """A client that takes any engine's word: none of them knows anything of AWS's credentials."""
    return boto3.client(
        "stepfunctions",
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(max_pool_connections=IN_FLIGHT, retries={"total_max_attempts": 3}),
    )


class Runner:
    """One engine by its boto3 client. It is never asked for more than `IN_FLIGHT` runs at a time."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._machines: dict[str, str] = {}
        self._refused: dict[str, str] = {}

    def make(self, machines: Mapping[str, Mapping[str, Any]]) -> None:
        """Create each machine under its name; one that is refused makes every run of it a refused one."""
        for name, definition in machines.items():
            try:
                made = self._client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
                self._machines[name] = made["stateMachineArn"]
            except ClientError as error:
                self._refused[name] = f"refused: {error}"

    def run(self, jobs: Iterable[Job]) -> dict[Job, Ran]:
        """Run them to their ends; one that takes too long is left RUNNING and stopped."""
        todo = list(jobs)
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            return dict(zip(todo, pool.map(self._one, todo), strict=True))

    def _one(self, job: Job) -> Ran:
        if job.machine in self._refused:
            return Ran(self._refused[job.machine], [])
        arn = f"{self._machines[job.machine]}#{job.case}"
        try:
            started = self._client.start_execution(stateMachineArn=arn, input=job.given)["executionArn"]
        except ClientError as error:
            return Ran(f"refused: {error}", [])
        deadline = time.monotonic() + LONGEST_SECONDS
        pause = 0.02
        while (status := self._client.describe_execution(executionArn=started)["status"]) == "RUNNING":
            if time.monotonic() > deadline:
                self._client.stop_execution(executionArn=started)
                break
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=started)
        return Ran(status, [event for page in pages for event in page["events"]])
