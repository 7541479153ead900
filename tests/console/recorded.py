"""Recorded histories in AWS's shape, and a Step Functions client that plays them back as they grew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from console.live.definition import Definition
from console.live.steps import Moment, Run
from console.live.teller import Teller
from console.redact import redact

FOLDER = Path(__file__).parent / "histories"
ALL = sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> dict[str, Any]:
    """`executionArn`, `definition`, `events`; times as boto3 gives them."""
    recorded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    for event in recorded["events"]:
        event["timestamp"] = datetime.fromisoformat(event["timestamp"])
    return recorded


def told(name: str) -> tuple[Run, list[Moment]]:
    """A recorded run, told to its end."""
    recorded = load(name)
    arn = recorded["executionArn"]
    run = Run(arn, arn.split(":")[6].split("-", 2)[2])
    run.definition = Definition.parse(json.dumps(recorded["definition"]))
    teller = Teller(run)
    return run, [moment for event in recorded["events"] for moment in teller.feed(redact(event))]


class PlayedBack:
    """boto3's client, as far as it is used; each history shows what had happened until `self.now`."""

    def __init__(self, *names: str) -> None:
        self._runs = {run["executionArn"]: run for run in map(load, names)}
        self._moments = iter(sorted({e["timestamp"] for run in self._runs.values() for e in run["events"]}))
        self.now = next(self._moments)
        self.calls: list[str] = []

    def advance(self) -> bool:
        """To the next event of any run; False where nothing is left."""
        was = self.now
        self.now = next(self._moments, was)
        return bool(self.now != was)

    def get_execution_history(self, **arguments: Any) -> dict[str, Any]:
        self.calls.append("get_execution_history")
        events = [e for e in self._run(arguments)["events"] if e["timestamp"] <= self.now]
        if arguments.get("reverseOrder"):
            events.reverse()
        start = int(arguments.get("nextToken", 0))
        end = start + arguments["maxResults"]
        more = {"nextToken": str(end)} if end < len(events) else {}
        return {"events": events[start:end], **more}

    def describe_state_machine_for_execution(self, **arguments: Any) -> dict[str, Any]:
        return {"definition": json.dumps(self._run(arguments)["definition"])}

    def describe_execution(self, **arguments: Any) -> dict[str, Any]:
        self.calls.append("describe_execution")
        run = self._run(arguments)
        return {"input": run["events"][0]["executionStartedEventDetails"]["input"]}

    def list_executions(self, **arguments: Any) -> dict[str, Any]:
        self.calls.append("list_executions")
        machine = arguments["stateMachineArn"].rsplit(":", 1)[-1]
        found = [
            {"executionArn": arn, "startDate": run["events"][0]["timestamp"]}
            for arn, run in self._runs.items()
            if arn.split(":")[6] == machine and run["events"][0]["timestamp"] <= self.now
        ]
        return {"executions": found[::-1]}

    def _run(self, arguments: dict[str, Any]) -> dict[str, Any]:
        arn = arguments["executionArn"]
        if arn not in self._runs:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist", "Message": arn}}, "GetExecutionHistory")
        return self._runs[arn]


def texts(moments: list[Moment]) -> Iterator[str]:
    for moment in moments:
        yield f"{moment.what.value} {moment.step.name if moment.step else moment.run.machine}"
