"""`config list` and `config undo`, over tables of a real DynamoDB's semantics and the API that keeps the notes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest

from console.configs import standing, undo
from console.errors import ExitCode
from console.main import run
from functions.adapters.memory import World, twins
from functions.errors import Transient, Uncertain
from tests.adapters.ministack import REGION, ministack
from tests.console.aws_fake import FakeAws, fake_aws

Capture = pytest.CaptureFixture[str]
TABLE, INCIDENTS = "tradai-strategy-config-local", "tradai-runbook-incidents-local"
INCIDENT, OTHER = "inc-1", "inc-2"
NOTE = f"POST /api/operators/incidents/{INCIDENT}/note"
KEPT = {"by": "alice", "message": "Kept.", "kept": []}
SIGNED = f"AWS4-HMAC-SHA256 Credential=test/20260301/{REGION}/dynamodb/aws4_request, Signature=0"
UNTIL = "2026-03-01T07:00:00.000000Z"


@dataclass
class Stand:
    """The tables, and what the API was told."""

    resource: Any
    api: FakeAws

    def put(self, strategy_id: str, **fields: Any) -> None:
        self.resource.Table(TABLE).put_item(Item={"strategy_id": strategy_id, **fields})

    def get(self, strategy_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.resource.Table(TABLE).get_item(Key={"strategy_id": strategy_id})["Item"]
        return found

    def notes(self) -> list[str]:
        return [str(body["note"]) for path, body in self.api.said if path == NOTE]


def temporary(old: Any, value: Any, incident_id: str = INCIDENT) -> dict[str, Any]:
    return {"incident_id": incident_id, "old": old, "value": value, "expires_at": UNTIL}


def lasting(old: Any, value: Any, incident_id: str = INCIDENT) -> dict[str, Any]:
    return {"incident_id": incident_id, "old": old, "value": value, "at": "2026-03-01T03:00:00.000000Z"}


@pytest.fixture(scope="module")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ministack(tmp_path_factory.mktemp("ministack")) as endpoint:
        yield endpoint


@pytest.fixture
def stand(engine_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    # The command sets it for the adapters; as it was, when the test is over.
    monkeypatch.setenv("AWS_ENDPOINT_URL", engine_url)
    resource = boto3.resource("dynamodb", region_name=REGION, endpoint_url=engine_url)
    for table, key in ((TABLE, "strategy_id"), (INCIDENTS, "incident_id")):
        resource.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        )
    resource.Table(INCIDENTS).put_item(Item={"incident_id": INCIDENT, "runbook": "order-failures"})
    with fake_aws() as api:
        api.answer = through(engine_url, api.answer)  # type: ignore[assignment,method-assign] # of this one
        api.answers[NOTE] = (200, KEPT)
        yield Stand(resource, api)
    for table in (TABLE, INCIDENTS):
        resource.Table(table).delete()


def through(
    url: str, otherwise: Callable[[str, str, str, str], tuple[int, bytes]]
) -> Callable[[str, str, str, str], tuple[int, bytes]]:
    """Lets the engine answer what is said to DynamoDB."""

    def answer(method: str, path: str, target: str, body: str) -> tuple[int, bytes]:
        if not target.startswith("DynamoDB"):
            return otherwise(method, path, target, body)
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0", "Authorization": SIGNED}
        try:
            with urlopen(Request(url, body.encode(), headers), timeout=10) as told:
                return told.status, told.read()
        except HTTPError as error:
            return error.code, error.read()

    return answer


def call(*line: str) -> int:
    return run([*line, "--env", "local"])


def changed(stand: Stand) -> None:
    """Two strategies: one field changed for a while, one for good, one by another incident."""
    stand.put("s1", limit_offset_bps=10, override_limit_offset_bps=temporary(5, 10), exchange="okx")
    stand.put("s2", symbols=["A"], change_symbols=lasting(["A", "B"], ["A"]), stake_amount=Decimal("2.5"),
              change_stake_amount=lasting(5, Decimal("2.5"), OTHER))  # fmt: skip


def test_what_stands_is_listed_with_old_and_new_value(stand: Stand, capsys: Capture) -> None:
    changed(stand)
    assert call("config", "list") == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        "inc-1  s1: limit_offset_bps 5 -> 10, until 2026-03-01 07:00 UTC",
        "inc-2  s2: stake_amount 5 -> 2.5, lasting",
        "inc-1  s2: symbols A, B -> A, lasting",
    ]
    assert call("config", "list", "--incident", OTHER, "--json") == ExitCode.OK
    (one,) = json.loads(capsys.readouterr().out)
    assert one == {"incident_id": OTHER, "strategy_id": "s2", "field": "stake_amount", "old": "5", "value": "2.5",
                   "until": None, "lasting": True}  # fmt: skip


def test_everything_of_an_incident_is_put_back_and_told_in_it(stand: Stand, capsys: Capture) -> None:
    changed(stand)
    assert call("config", "undo", INCIDENT) == ExitCode.OK
    assert stand.get("s1") == {"strategy_id": "s1", "limit_offset_bps": 5, "exchange": "okx"}
    assert stand.get("s2")["symbols"] == ["A", "B"]
    assert (stand.get("s2")["stake_amount"], "change_stake_amount" in stand.get("s2")) == (Decimal("2.5"), True)
    told = ["s1: limit_offset_bps is 5 again", "s2: symbols is A, B again"]
    assert capsys.readouterr().out.splitlines() == told
    assert stand.notes() == [f"config undo: {'; '.join(told)}"]


def test_a_second_time_there_is_nothing_left_and_no_second_note(stand: Stand, capsys: Capture) -> None:
    changed(stand)
    call("config", "undo", INCIDENT)
    capsys.readouterr()
    assert call("config", "undo", INCIDENT) == ExitCode.OK
    assert capsys.readouterr().out == "nothing of inc-1 stands any more\n"
    assert len(stand.notes()) == 1


def test_what_somebody_changed_since_stays_and_is_named(stand: Stand, capsys: Capture) -> None:
    changed(stand)
    stand.put("s1", limit_offset_bps=7, override_limit_offset_bps=temporary(5, 10))
    assert call("config", "undo", INCIDENT) == ExitCode.NOT_UNDONE
    assert stand.get("s1") == {"strategy_id": "s1", "limit_offset_bps": 7}
    assert stand.get("s2")["symbols"] == ["A", "B"]
    first, _ = capsys.readouterr().out.splitlines()
    assert first == "s1: limit_offset_bps is 7 now, and not 10 as the incident left it: it stays as it is"
    assert "stays as it is" in stand.notes()[0]


def test_a_dry_run_only_shows(stand: Stand, capsys: Capture) -> None:
    changed(stand)
    before = stand.get("s1"), stand.get("s2")
    assert call("config", "undo", INCIDENT, "--dry-run") == ExitCode.OK
    assert capsys.readouterr().out.startswith("would put back s1: limit_offset_bps 10 -> 5\n")
    assert (stand.get("s1"), stand.get("s2"), stand.notes()) == (*before, [])


def test_an_incident_that_there_is_not_is_told_and_nothing_done(stand: Stand, capsys: Capture) -> None:
    changed(stand)
    assert call("config", "undo", "inc-9") == ExitCode.NOT_FOUND
    assert "inc-9" in capsys.readouterr().err


def test_who_may_not_write_the_note_has_put_it_back_all_the_same(stand: Stand, capsys: Capture) -> None:
    changed(stand)
    stand.api.answers[NOTE] = (403, {"message": "You are nobody here."})
    assert call("config", "undo", INCIDENT, "--json") == ExitCode.OK
    told = capsys.readouterr()
    assert "the incident does not say so" in told.err
    assert [one["result"] for one in json.loads(told.out)] == ["done", "done"]
    assert stand.get("s1")["limit_offset_bps"] == 5


def test_tables_that_cannot_be_read_are_one_line(stand: Stand, capsys: Capture) -> None:
    stand.resource.Table(TABLE).delete()
    try:
        assert call("config", "list") == ExitCode.AWS_TROUBLE
        assert "the strategy configs cannot be read" in capsys.readouterr().err
    finally:
        stand.resource.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "strategy_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "strategy_id", "AttributeType": "S"}],
        )


@pytest.mark.parametrize(("word", "done"), [(Transient("throttled"), False), (Uncertain("no answer"), None)])
def test_one_that_cannot_be_put_back_keeps_no_other(word: Exception, done: bool | None) -> None:
    world = World(now=datetime(2026, 3, 1, tzinfo=UTC))
    config = twins(world).strategy_config
    for strategy_id in ("s1", "s2"):
        world.put("strategy_config", {"strategy_id": strategy_id, "f": 1, "g": 1})
        config.override(
            strategy_id, "f", expected=1, value=2, incident_id=INCIDENT, expires_at=world.now + timedelta(hours=4)
        )
        config.change(strategy_id, "g", expected=1, value=2, incident_id=INCIDENT, at=world.now)
    world.trouble["strategy_config.put_back"] = word  # type: ignore[assignment] # one of the four words
    found = list(undo(config, standing(config, INCIDENT)))
    assert [(one.change.field, one.done) for one in found] == [("f", done), ("g", True)] * 2
    assert all(str(word) in one.why for one in found if one.change.field == "f")
