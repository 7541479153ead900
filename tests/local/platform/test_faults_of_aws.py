"""AWS in trouble for everybody but the stand-in: what a plain client is answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.engine.lab import eventually
from tests.local.platform.rig import STATES, Rig

GUARDS = "tradai-runbook-guards-local"
TOPIC = "arn:aws:sns:eu-central-1:000000000000:tradai-local-alerts"
IDS = [f"many-{number:03}" for number in range(200)]
UPDATE = f'UPDATE "{STATES}" SET "status" = ? WHERE "strategy_id" = ? AND "status" = ?'


@pytest.fixture
def many(rig: Rig) -> Rig:
    """200 strategies more, of which none trades."""
    rig.batch({"PutRequest": {"Item": {"strategy_id": {"S": one}, "status": {"S": "paused"}}}} for one in IDS)
    return rig


def stop(rig: Rig, ids: list[str], expected: str = "paused", status: str = "stopped") -> dict[str, str | None]:
    """The error's code, by strategy, of batches of 25."""
    said: dict[str, str | None] = {}
    for first in range(0, len(ids), 25):
        batch = ids[first : first + 25]
        statements: list[dict[str, Any]] = [
            {"Statement": UPDATE, "Parameters": [{"S": status}, {"S": one}, {"S": expected}]} for one in batch
        ]
        answers = rig.client("dynamodb").batch_execute_statement(Statements=statements)["Responses"]
        said |= {one: answer.get("Error", {}).get("Code") for one, answer in zip(batch, answers, strict=True)}
    return said


def code_of(call: Callable[[], object]) -> str | None:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def statuses(rig: Rig) -> dict[str, str]:
    """As the table has them, read by somebody who is spared."""
    rig.call("DELETE", "/faults")
    items = rig.client("dynamodb").scan(TableName=STATES, ConsistentRead=True)["Items"]
    return {item["strategy_id"]["S"]: item["status"]["S"] for item in items}


def test_a_throttled_table_refuses_single_statements_and_does_the_rest(many: Rig) -> None:
    many.fault("table-throttled", count=30)
    said = stop(many, IDS)
    refused = {one for one, code in said.items() if code == "ProvisionedThroughputExceeded"}
    assert 30 <= len(refused) <= 90
    assert {code for one, code in said.items() if one not in refused} == {None}
    scan = [code_of(lambda: many.client("dynamodb").scan(TableName=STATES)) for _ in range(30)]
    assert set(scan) == {None, "ProvisionedThroughputExceededException"}
    table = statuses(many)
    assert {one for one in IDS if table[one] == "paused"} == refused


def test_the_same_writes_fail_in_the_same_places_in_every_run(many: Rig) -> None:
    runs = []
    for _ in range(2):
        many.fault("write-fails", count=10)
        runs.append(stop(many, IDS))
        many.call("DELETE", "/faults")
        many.batch({"PutRequest": {"Item": {"strategy_id": {"S": one}, "status": {"S": "paused"}}}} for one in IDS)
    assert runs[0] == runs[1]
    assert set(runs[0].values()) == {None, "InternalServerError"}


def test_of_the_writes_that_fail_some_were_carried_out(many: Rig) -> None:
    many.fault("write-fails", count=40)
    failed = [one for one, code in stop(many, IDS).items() if code is not None]
    table = statuses(many)
    assert {table[one] for one in failed} == {"paused", "stopped"}
    assert {table[one] for one in IDS if one not in failed} == {"stopped"}


def test_one_item_is_refused_however_it_is_written_and_no_other(rig: Rig) -> None:
    rig.fault("item-refused", "momentum-btc")
    assert stop(rig, ["momentum-btc", "momentum-eth"], "running", "paused") == {
        "momentum-btc": "AccessDenied",
        "momentum-eth": None,
    }
    assert code_of(lambda: rig.set_status("momentum-btc", "stopped")) == "AccessDeniedException"
    write = {"Put": {"TableName": STATES, "Item": {"strategy_id": {"S": "momentum-btc"}}}}
    dynamodb = rig.client("dynamodb")
    assert code_of(lambda: dynamodb.transact_write_items(TransactItems=[write])) == "AccessDeniedException"
    # The service itself may go on, and everybody may read.
    before = rig.item("momentum-btc")["last_heartbeat"]
    eventually(lambda: rig.item("momentum-btc")["last_heartbeat"], lambda beat: beat > before)
    assert rig.call("POST", "/faults", {"name": "item-refused"}).status == 400


def test_a_throttled_transaction_says_which_of_its_items_it_was(rig: Rig) -> None:
    rig.fault("table-throttled", count=100)
    write = {"Put": {"TableName": STATES, "Item": {"strategy_id": {"S": "momentum-btc"}}}}
    with pytest.raises(ClientError) as cancelled:
        rig.client("dynamodb").transact_write_items(TransactItems=[write])
    answer: Any = cancelled.value.response
    reasons = answer["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["ProvisionedThroughputExceeded"]
    batch = {STATES: [{"PutRequest": {"Item": {"strategy_id": {"S": one}}}} for one in IDS[:3]]}
    refused = code_of(lambda: rig.client("dynamodb").batch_write_item(RequestItems=batch))
    assert refused == "ProvisionedThroughputExceededException"


def test_a_throttled_batch_write_leaves_items_over(many: Rig) -> None:
    many.fault("table-throttled", count=50)
    requests = [{"PutRequest": {"Item": {"strategy_id": {"S": one}, "status": {"S": "gone"}}}} for one in IDS[:25]]
    left = many.client("dynamodb").batch_write_item(RequestItems={STATES: requests})["UnprocessedItems"][STATES]
    names = {one["PutRequest"]["Item"]["strategy_id"]["S"] for one in left}
    assert 0 < len(names) < 25
    table = statuses(many)
    assert {one for one in IDS[:25] if table[one] != "gone"} == names


def test_the_guards_answer_nothing_but_errors_and_late_if_wanted(rig: Rig) -> None:
    dynamodb, key = rig.client("dynamodb"), {"guard_id": {"S": "kill-switch"}}
    rig.fault("guards-down", count=1)
    began = time.monotonic()
    assert code_of(lambda: dynamodb.get_item(TableName=GUARDS, Key=key)) == "InternalServerError"
    assert time.monotonic() - began >= 1
    assert code_of(lambda: rig.item("momentum-btc")) is None


def test_the_topic_refuses_every_message(rig: Rig) -> None:
    sns = rig.client("sns")
    rig.fault("topic-down")
    assert code_of(lambda: sns.publish(TopicArn=TOPIC, Message="halted")) == "AuthorizationError"
    rig.call("DELETE", "/faults")
    assert code_of(lambda: sns.publish(TopicArn=TOPIC, Message="halted")) is None


@pytest.mark.parametrize("name", ["table-throttled", "write-fails"])
def test_a_share_that_is_none_is_refused(rig: Rig, name: str) -> None:
    for count in (0, 101):
        assert rig.call("POST", "/faults", {"name": name, "count": count}).status == 400
    assert rig.active() == []
