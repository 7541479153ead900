"""DynamoDB as a stop uses it, by AWS's documented behaviour: batches of statements, segments, sets, large items.

Source: DynamoDB API reference (BatchStatementError, Scan, UpdateItem, "Service, account, and table quotas").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local.engine.http_api import user
from tests.local.engine.lab import Lab

SEGMENTS = 8


@pytest.fixture(scope="module")
def table(lab: Lab) -> str:
    name = lab.name("states")
    lab.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    return name


def put(lab: Lab, table: str, name: str, **attributes: dict[str, Any]) -> None:
    lab.client("dynamodb").put_item(TableName=table, Item={"id": {"S": name}, **attributes})


def get(lab: Lab, table: str, name: str) -> dict[str, Any]:
    found = lab.client("dynamodb").get_item(TableName=table, Key={"id": {"S": name}}, ConsistentRead=True)
    return dict(found.get("Item") or {})


def batch(lab: Lab, *statements: tuple[str, list[str]]) -> list[dict[str, Any]]:
    answer = lab.client("dynamodb").batch_execute_statement(
        Statements=[{"Statement": text, "Parameters": [{"S": one} for one in given]} for text, given in statements]
    )
    return list(answer["Responses"])


def update(lab: Lab, table: str, name: str, expression: str, **more: Any) -> dict[str, Any]:
    answer = lab.client("dynamodb").update_item(
        TableName=table, Key={"id": {"S": name}}, UpdateExpression=expression, **more
    )
    return dict(answer)


def refused(call: Callable[[], object], code: str = "ValidationException") -> str:
    with pytest.raises(ClientError) as found:
        call()
    assert found.value.response["Error"]["Code"] == code
    return str(found.value)


def test_each_statement_of_a_batch_has_its_own_condition_and_answer(lab: Lab, table: str) -> None:
    for name, status in (("a", "running"), ("b", "paused"), ("c", "running")):
        put(lab, table, name, status={"S": status})
    stop = f'UPDATE "{table}" SET "status" = ? SET "stopped_by" = ? WHERE "id" = ? AND "status" = ?'
    said = batch(lab, *((stop, ["stopped", "halt", one, "running"]) for one in ("a", "b", "gone", "c")))
    codes = [one.get("Error", {}).get("Code") for one in said]
    assert codes == [None, "ConditionalCheckFailed", "ConditionalCheckFailed", None]
    assert [get(lab, table, one).get("status", {}).get("S") for one in ("a", "b", "c")] == [
        "stopped",
        "paused",
        "stopped",
    ]
    assert get(lab, table, "a")["stopped_by"] == {"S": "halt"}
    assert get(lab, table, "gone") == {}


def test_an_item_that_stands_is_not_inserted_again(lab: Lab, table: str) -> None:
    insert = f"INSERT INTO \"{table}\" VALUE {{'id': ?, 'status': ?}}"
    first = batch(lab, (insert, ["record-1", "running"]), (insert, ["record-2", "warmup"]))
    again = batch(lab, (insert, ["record-1", "stopped"]), (insert, ["record-3", "running"]))
    assert [one.get("Error") for one in first] == [None, None]
    assert [one.get("Error", {}).get("Code") for one in again] == ["DuplicateItem", None]
    assert get(lab, table, "record-1")["status"] == {"S": "running"}


def test_a_batch_has_25_statements_at_most(lab: Lab, table: str) -> None:
    insert = f"INSERT INTO \"{table}\" VALUE {{'id': ?}}"
    refused(lambda: batch(lab, *((insert, [f"many-{number}"]) for number in range(26))))
    assert get(lab, table, "many-0") == {}


def test_a_statement_that_cannot_be_read_or_whose_table_is_gone_holds_up_no_other(lab: Lab, table: str) -> None:
    put(lab, table, "d", status={"S": "running"})
    said = batch(
        lab,
        (f'UPDATE "{table}" SET "status" = ? WHERE "status" = ?', ["stopped", "running"]),
        ('UPDATE "gone" SET "status" = ? WHERE "id" = ?', ["stopped", "d"]),
        (f'UPDATE "{table}" SET "status" = ? WHERE "id" = ?', ["stopped", "d"]),
    )
    assert [one.get("Error", {}).get("Code") for one in said] == ["ValidationError", "ResourceNotFound", None]


@pytest.fixture(scope="module")
def many(lab: Lab) -> str:
    """300 items of 10 kB: three pages of 1 MB and a bit."""
    name = lab.name("many")
    dynamodb = lab.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    for first in range(0, 300, 25):
        items = [{"id": {"S": f"s-{n:04}"}, "text": {"S": "x" * 10_000}} for n in range(first, first + 25)]
        dynamodb.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": one}} for one in items]})
    return name


def pages(lab: Lab, name: str, **more: Any) -> Iterator[list[str]]:
    start: dict[str, Any] = {}
    while True:
        page = lab.client("dynamodb").scan(TableName=name, ConsistentRead=True, **start, **more)
        yield [item["id"]["S"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def test_a_page_ends_at_a_megabyte(lab: Lab, many: str) -> None:
    sizes = [len(page) for page in pages(lab, many)]
    assert sum(sizes) == 300
    assert max(sizes) <= 105
    assert len(sizes) == 3


def test_segments_are_disjoint_and_whole_and_can_be_gone_on_with(lab: Lab, many: str) -> None:
    found = [
        [one for page in pages(lab, many, Segment=number, TotalSegments=SEGMENTS, Limit=7) for one in page]
        for number in range(SEGMENTS)
    ]
    assert sorted(one for segment in found for one in segment) == [f"s-{n:04}" for n in range(300)]
    assert all(found)


def test_a_segment_goes_on_where_its_last_item_is_gone_meanwhile(lab: Lab, many: str) -> None:
    dynamodb = lab.client("dynamodb")
    segment: dict[str, Any] = {"TableName": many, "Segment": 0, "TotalSegments": 2, "ConsistentRead": True}
    first = dynamodb.scan(**segment, Limit=3)
    last = first["LastEvaluatedKey"]
    text = dynamodb.get_item(TableName=many, Key=last)["Item"]
    dynamodb.delete_item(TableName=many, Key=last)
    rest = dynamodb.scan(**segment, ExclusiveStartKey=last, ProjectionExpression="id")
    seen = {one["id"]["S"] for one in (*first["Items"], *rest["Items"])}
    dynamodb.put_item(TableName=many, Item=text)
    whole = {one for page in pages(lab, many, Segment=0, TotalSegments=2) for one in page}
    assert len(seen) == len(first["Items"]) + len(rest["Items"])
    assert seen <= whole


def test_a_projection_makes_no_page_longer(lab: Lab, many: str) -> None:
    """The megabyte is that of what is read, not of what is given back."""
    assert len(list(pages(lab, many, ProjectionExpression="id"))) == 3


def test_one_write_sets_once_adds_to_one_set_and_takes_out_of_another(lab: Lab, table: str) -> None:
    put(lab, table, "switch", engaged={"BOOL": False}, released={"SS": ["x", "y"]})
    expression = (
        "SET engaged = :yes, halt_id = if_not_exists(halt_id, :halt) ADD stops :stop DELETE released :some "
        "REMOVE manage_only"
    )
    values = {
        ":yes": {"BOOL": True},
        ":halt": {"S": "h1"},
        ":stop": {"SS": ["arn-1"]},
        ":some": {"SS": ["x"]},
    }
    first = update(lab, table, "switch", expression, ExpressionAttributeValues=values, ReturnValues="ALL_NEW")[
        "Attributes"
    ]
    assert (first["halt_id"], first["stops"], first["released"]) == ({"S": "h1"}, {"SS": ["arn-1"]}, {"SS": ["y"]})
    again = {":yes": {"BOOL": True}, ":halt": {"S": "h2"}, ":stop": {"SS": ["arn-2"]}, ":some": {"SS": ["y"]}}
    second = update(lab, table, "switch", expression, ExpressionAttributeValues=again, ReturnValues="ALL_NEW")[
        "Attributes"
    ]
    assert second["halt_id"] == {"S": "h1"}
    assert sorted(second["stops"]["SS"]) == ["arn-1", "arn-2"]
    # A set without members does not exist.
    assert "released" not in second
    before = update(lab, table, "switch", "REMOVE halt_id", ReturnValues="ALL_OLD")["Attributes"]
    assert before == second


def test_a_set_is_neither_empty_nor_of_two_equal_members_nor_a_text(lab: Lab, table: str) -> None:
    wrong: list[dict[str, Any]] = [{"SS": []}, {"SS": ["a", "a"]}, {"S": "a"}]
    for one in wrong:
        given = {":s": one}
        refused(partial(update, lab, table, "sets", "ADD stops :s", ExpressionAttributeValues=given))
    assert get(lab, table, "sets") == {}


def test_one_attribute_is_changed_once_in_a_write(lab: Lab, table: str) -> None:
    values = {":a": {"SS": ["a"]}, ":b": {"SS": ["b"]}}
    said = refused(
        lambda: update(lab, table, "twice", "ADD stops :a DELETE stops :b", ExpressionAttributeValues=values)
    )
    assert "Two document paths overlap" in said
    assert get(lab, table, "twice") == {}


def test_a_clause_stands_once(lab: Lab, table: str) -> None:
    values = {":a": {"S": "a"}, ":b": {"S": "b"}}
    said = refused(lambda: update(lab, table, "twice", "SET x = :a SET y = :b", ExpressionAttributeValues=values))
    assert 'The "SET" section can only be used once' in said
    assert get(lab, table, "twice") == {}


def test_ministack_alone_does_half_of_what_contradicts_itself(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("dynamodb-update-paths")
    name = lab.name("states")
    lab.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    values = {":a": {"S": "a"}, ":b": {"S": "b"}}
    update(lab, name, "twice", "SET x = :a SET y = :b", ExpressionAttributeValues=values)
    assert get(lab, name, "twice") == {"id": {"S": "twice"}, "y": {"S": "b"}}


def test_an_item_has_400_kilobytes_at_most(lab: Lab, table: str) -> None:
    half = {":s": {"SS": [f"{n:06}" + "x" * 94 for n in range(2_100)]}}
    other = {":s": {"SS": [f"{n:06}" + "y" * 94 for n in range(2_100)]}}
    update(lab, table, "large", "ADD strategy_ids :s", ExpressionAttributeValues=half)
    said = refused(lambda: update(lab, table, "large", "ADD strategy_ids :s", ExpressionAttributeValues=other))
    assert "Item size to update has exceeded the maximum allowed size" in said
    assert len(get(lab, table, "large")["strategy_ids"]["SS"]) == 2_100


def test_a_failed_condition_shows_the_item_if_asked(lab: Lab, table: str) -> None:
    put(lab, table, "e", status={"S": "paused"})
    with pytest.raises(ClientError) as failed:
        update(
            lab,
            table,
            "e",
            "SET #s = :new",
            ConditionExpression="#s = :old",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":new": {"S": "stopped"}, ":old": {"S": "running"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    answer: Any = failed.value.response
    assert answer["Error"]["Code"] == "ConditionalCheckFailedException"
    assert answer["Item"]["status"] == {"S": "paused"}


def test_a_grant_on_one_secret_holds_for_that_secret_alone(guarded: Lab) -> None:
    secrets = guarded.client("secretsmanager")
    names = [guarded.name("page"), guarded.name("other")]
    for name in names:
        secrets.create_secret(Name=name, SecretString="token")
    resource = f"arn:aws:secretsmanager:eu-central-1:000000000000:secret:{names[0]}-??????"
    keys = user(guarded, {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": resource})
    person = boto3.client(
        "secretsmanager",
        endpoint_url=guarded.engine.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )
    assert person.get_secret_value(SecretId=names[0])["SecretString"] == "token"
    refused(lambda: person.get_secret_value(SecretId=names[1]), "AccessDeniedException")
