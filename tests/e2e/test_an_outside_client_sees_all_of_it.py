"""`runbooks local up --detach --json`, and then nothing but boto3 and urllib (CONTRACT.md 7)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import boto3
import pytest

# One engine for all of them.
pytestmark = pytest.mark.xdist_group("outside")

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = ("AWS_", "TRADAI_")
fetch = build_opener(ProxyHandler({})).open


def runbooks(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(LEFT_OUT)}
    environment["TRADAI_LOCAL_DIR"] = str(folder)
    command = [str(Path(sys.executable).with_name("runbooks")), *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What `local up` prints. Any credentials do: policies are not enforced here."""
    folder = tmp_path_factory.mktemp("outside")
    up = runbooks(folder, "local", "up", "--detach", "--json", "--time-scale", "0.01")
    try:
        assert up.returncode == 0, up.stderr
        found: dict[str, Any] = json.loads(up.stdout)
        yield found
    finally:
        down = runbooks(folder, "local", "down")
    assert down.returncode == 0, down.stderr


def client(told: dict[str, Any], service: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=told["endpoint_url"],
        region_name=told["region"],
        aws_access_key_id="anybody",
        aws_secret_access_key="anything",
    )


def until(look: Callable[[], Any], seconds: float = 120) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def http(method: str, url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    wanted = Request(url, data, {"Accept": "application/json", "Content-Type": "application/json"}, method=method)
    with fetch(wanted, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def test_prints_the_addresses_that_the_contract_names(told: dict[str, Any]) -> None:
    assert set(told) == {
        "endpoint_url", "region", "approvals_url", "mailbox_url", "exchange_url", "state_machines",
    }  # fmt: skip
    assert told["region"] == "eu-central-1"
    assert told["endpoint_url"].startswith("http://127.0.0.1:")
    for name in ("mailbox_url", "exchange_url"):
        assert told[name].startswith(told["endpoint_url"])
    assert {"stale-heartbeat", "verify-trading"} <= set(told["state_machines"])
    assert http("GET", f"{told['exchange_url']}/fapi/v1/ping") == {}


def test_sees_a_cure_from_its_own_strategy_to_the_incident(told: dict[str, Any]) -> None:
    dynamodb, steps = client(told, "dynamodb"), client(told, "stepfunctions")
    state, mine = "tradai-trading-state-local", "outside-1"
    # Whoever puts a strategy there, the service works for it.
    dynamodb.put_item(TableName=state, Item={"strategy_id": {"S": mine}, "status": {"S": "running"}})

    def beat() -> datetime | None:
        item = dynamodb.get_item(TableName=state, Key={"strategy_id": {"S": mine}})["Item"]
        text = item.get("last_heartbeat", {}).get("S")
        return datetime.fromisoformat(text) if text else None

    def alarm(state: str) -> bool:
        name = "tradai-local-heartbeat-stale"
        return bool(client(told, "cloudwatch").describe_alarms(AlarmNames=[name], StateValue=state)["MetricAlarms"])

    def runs() -> list[Any]:
        machine = told["state_machines"]["stale-heartbeat"]
        return list(steps.list_executions(stateMachineArn=machine)["executions"])

    until(beat)
    # A strategy without a heartbeat may have raised the alarm before its first one.
    until(lambda: alarm("OK") and all(one["status"] != "RUNNING" for one in runs()))
    before = {one["executionArn"] for one in runs()}
    http("POST", f"{told['endpoint_url']}/_local/faults", {"name": "service-crashed"})
    until(lambda: alarm("ALARM"))
    run = until(lambda: [one for one in runs() if one["executionArn"] not in before])[-1]
    ended = until(lambda: _ended(steps, run["executionArn"]), 240)
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert output["outcome"] == "resolved"
    key = {"incident_id": {"S": output["incident_id"]}}
    incident = dynamodb.get_item(TableName="tradai-runbook-incidents-local", Key=key)["Item"]
    assert incident["outcome"] == {"S": "resolved"}
    assert incident["cause"] == {"S": "service_crashed"}
    assert {"S": mine} in incident["strategy_ids"]["L"]
    since = beat()
    assert since is not None
    assert datetime.now(UTC) - since < timedelta(seconds=30)
    sent = http("GET", told["mailbox_url"])["messages"]
    assert [one for one in sent if output["incident_id"] in one["text"]]
    (stack,) = client(told, "cloudformation").describe_stacks(StackName="tradai-local-runbooks")["Stacks"]
    bucket = next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "ReportsBucket")
    report = client(told, "s3").get_object(Bucket=bucket, Key=incident["report_key"]["S"])["Body"].read().decode()
    assert mine in report


def test_can_raise_the_alarm_itself(told: dict[str, Any]) -> None:
    """CloudWatch's own call; every strategy beats, so the run has to say that the alarm is wrong."""
    ended = _ended_after_the_alarm(told)
    if ended["status"] == "SUCCEEDED":
        # The platform's detector has said OK again before the third look: then there was nothing to do.
        assert json.loads(ended["output"])["outcome"] == "nothing_to_do"
        ended = _ended_after_the_alarm(told)
    assert (ended["status"], ended["error"]) == ("FAILED", "Escalated")
    assert "raised from outside" in ended["cause"]


def _ended_after_the_alarm(told: dict[str, Any]) -> dict[str, Any]:
    """Raises the alarm; the run that it starts, once that has ended."""
    steps, machine = client(told, "stepfunctions"), told["state_machines"]["stale-heartbeat"]
    before = len(steps.list_executions(stateMachineArn=machine)["executions"])
    client(told, "cloudwatch").set_alarm_state(
        AlarmName="tradai-local-heartbeat-stale", StateValue="ALARM", StateReason="raised from outside"
    )
    runs = until(lambda: _more(steps.list_executions(stateMachineArn=machine)["executions"], before))
    newest = max(runs, key=lambda run: run["startDate"])
    ended: dict[str, Any] = until(lambda: _ended(steps, newest["executionArn"]))
    return ended


def test_two_copies_never_traded(told: dict[str, Any]) -> None:
    assert http("GET", f"{told['endpoint_url']}/_local/stats")["moments_with_two_copies"] == 0


def _more(runs: list[Any], than: int) -> list[Any]:
    return runs if len(runs) > than else []


def _ended(steps: Any, arn: str) -> Any:
    found = steps.describe_execution(executionArn=arn)
    return found if found["status"] != "RUNNING" else None
