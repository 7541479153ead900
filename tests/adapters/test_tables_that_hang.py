"""A DynamoDB that takes the connection and never answers: what a stop waits for gives up within two seconds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying
from functions.adapters.clock import SystemClock
from functions.adapters.halts import DynamoHalts
from functions.adapters.incidents import DynamoIncidents
from functions.errors import Transient
from functions.facts import StoppedRecord

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)
SOON = 2.0


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        aws = Aws("eu-central-1")
        # Made before the watch runs: a cold start is not what is measured.
        aws.client("dynamodb", Saying.AT_ONCE)
        yield aws


def test_the_incident_that_a_stop_opens_at_once_is_given_up_within_two_seconds(deaf: Aws) -> None:
    item = {"incident_id": "inc-1", "runbook": "emergency-stop", "opened_at": NOW}
    incidents = DynamoIncidents(deaf, "incidents", guards_table="guards", clock=SystemClock())
    began = monotonic()
    with pytest.raises(Transient, match="ReadTimeout"):
        incidents.open(item, at_once=True)
    assert monotonic() - began < SOON


def test_records_of_before_are_given_up_within_two_seconds(deaf: Aws) -> None:
    """Each is stopped without one then; its own item keeps what it was."""
    clock = SystemClock()
    rows = [StoppedRecord(f"s{n}", "running", None, NOW) for n in range(60)]
    began = monotonic()
    failed = DynamoHalts(deaf, "guards", clock).record("inc-1", rows, until=clock.now() + timedelta(seconds=1))
    assert monotonic() - began < SOON
    assert set(failed) == {row.strategy_id for row in rows}
