"""A plain boto3 client's view of an engine, with short ways to make functions and machines."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

from local.engine.process import Engine

ROLE = "arn:aws:iam::000000000000:role/lab"
T = TypeVar("T")


@dataclass
class Lab:
    """Clients of one engine; every made thing gets a name of its own."""

    engine: Engine
    role: str = ROLE
    _clients: dict[str, Any] = field(default_factory=dict)
    _count: int = 0

    def client(self, name: str) -> Any:
        if name not in self._clients:
            pair = self.engine.credentials
            # The name is no literal, so the stubs' overloads cannot choose: Any it is.
            make: Any = boto3.client
            self._clients[name] = make(
                name,
                endpoint_url=self.engine.endpoint_url,
                region_name="eu-central-1",
                aws_access_key_id=pair.access_key_id,
                aws_secret_access_key=pair.secret_access_key,
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self._clients[name]

    def configure(self, **values: Any) -> None:
        """Ministack's own switches of Step Functions, by the names of its module."""
        body = json.dumps({f"stepfunctions.{name}": value for name, value in values.items()}).encode()
        url = f"{self.engine.endpoint_url}/_ministack/config"
        with urlopen(Request(url, body, {"Content-Type": "application/json"})) as answer:
            assert answer.status == 200

    def name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}-{self._count}"

    def function(self, body: str, *, role: str | None = None, timeout: int = 10) -> str:
        """A Lambda whose `handler(event, context)` has the given body; returns its ARN."""
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        source = f"import json, os, time\ndef handler(event, context):\n{indented}\n"
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("main.py", source)
        made = self.client("lambda").create_function(
            FunctionName=self.name("function"),
            Runtime="python3.11",
            Role=role or self.role,
            Handler="main.handler",
            Timeout=timeout,
            Code={"ZipFile": archive.getvalue()},
        )
        return str(made["FunctionArn"])

    def machine(self, states: Mapping[str, Any], *, role: str | None = None) -> str:
        """A Standard machine that starts at the first state; returns its ARN."""
        definition = {"StartAt": next(iter(states)), "States": states}
        made = self.client("stepfunctions").create_state_machine(
            name=self.name("machine"), definition=json.dumps(definition), roleArn=role or self.role
        )
        return str(made["stateMachineArn"])

    def start(self, machine: str, value: object = None, **named: str) -> str:
        made = self.client("stepfunctions").start_execution(
            stateMachineArn=machine, input=json.dumps({} if value is None else value), **named
        )
        return str(made["executionArn"])

    def execution(self, arn: str) -> dict[str, Any]:
        return dict(self.client("stepfunctions").describe_execution(executionArn=arn))

    def end(self, arn: str) -> dict[str, Any]:
        return eventually(lambda: self.execution(arn), lambda found: found["status"] != "RUNNING")

    def run(self, states: Mapping[str, Any], value: object = None) -> dict[str, Any]:
        return self.end(self.start(self.machine(states), value))

    def history(self, arn: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def entered(self, arn: str) -> list[str]:
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self.history(arn)
            if event["type"].endswith("StateEntered")
        ]

    def inbox(self, pattern: Mapping[str, Any]) -> Callable[[], list[dict[str, Any]]]:
        """A queue that gets every matching event; call the result to read what came so far."""
        sqs, events, rule = self.client("sqs"), self.client("events"), self.name("rule")
        url = sqs.create_queue(QueueName=rule)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])
        seen: list[dict[str, Any]] = []

        def read() -> list[dict[str, Any]]:
            while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    seen.append(json.loads(message["Body"]))
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return seen

        return read


def eventually(look: Callable[[], T], good: Callable[[T], object], seconds: float = 15.0) -> T:
    """Look until it is good; fail with the last thing seen."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if good(found):
            return found
        assert time.monotonic() < deadline, f"not within {seconds:g} s; last seen: {found!r}"
        time.sleep(0.05)


def types(history: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(event["type"]) for event in history]
