"""A table that only one role may write, and its index of open requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.local.engine.http_api import deploy, role, user
from tests.local.engine.lab import Lab, eventually

EVERYTHING = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
WRITES = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "PartiQLUpdate",
    "PartiQLInsert",
    "PartiQLDelete",
]
KEY = {"approval_id": {"S": "apr-1"}}


def table(lab: Lab, writer: str | None = None) -> str:
    """Key `approval_id`, index `open` on (`open_marker`, `asked_at`); with a writer, denied to all others."""
    keys = ("approval_id", "open_marker", "asked_at")
    index = {
        "IndexName": "open",
        "KeySchema": [
            {"AttributeName": "open_marker", "KeyType": "HASH"},
            {"AttributeName": "asked_at", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    properties: dict[str, Any] = {
        "TableName": lab.name("approvals"),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in keys],
        "KeySchema": [{"AttributeName": "approval_id", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [index],
    }
    if writer:
        denied = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": [f"dynamodb:{one}" for one in WRITES],
            "Resource": "*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [writer]}},
        }
        properties["ResourcePolicy"] = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [denied]}}
    return deploy(
        lab, {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}, {"Name": {"Ref": "Table"}}
    )["Name"]


def client(lab: Lab, keys: Credentials) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=lab.engine.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
    )


def acting_as(lab: Lab, arn: str) -> Any:
    document = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})
    lab.client("iam").put_role_policy(RoleName=arn.rsplit("/", 1)[-1], PolicyName="p", PolicyDocument=document)
    given = lab.client("sts").assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
    return client(lab, Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]))


def denied(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        return "AccessDenied" in error.response["Error"]["Code"]
    return False


def test_only_the_role_that_the_policy_spares_may_write(guarded: Lab) -> None:
    writer, other = role(guarded), role(guarded)
    name = table(guarded, writer)
    ours, theirs = acting_as(guarded, writer), acting_as(guarded, other)
    person = client(guarded, user(guarded, EVERYTHING))
    assert not denied(lambda: ours.put_item(TableName=name, Item=KEY))
    for one in (theirs, person):
        assert [denied(write) for write in writes(one, name)] == [True] * 6
        assert not denied(partial(one.get_item, TableName=name, Key=KEY))


def writes(dynamodb: Any, name: str) -> list[Callable[[], object]]:
    """Every way to change an item."""
    change = {"UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}
    statement = f"UPDATE \"{name}\" SET v = 1 WHERE approval_id = 'apr-1'"
    return [
        partial(dynamodb.put_item, TableName=name, Item=KEY),
        partial(dynamodb.update_item, TableName=name, Key=KEY, **change),
        partial(dynamodb.delete_item, TableName=name, Key=KEY),
        partial(dynamodb.transact_write_items, TransactItems=[{"Put": {"TableName": name, "Item": KEY}}]),
        partial(dynamodb.batch_write_item, RequestItems={name: [{"PutRequest": {"Item": KEY}}]}),
        partial(dynamodb.execute_statement, Statement=statement),
    ]


def test_a_tables_policy_can_be_read_and_goes_with_the_next_template(lab: Lab) -> None:
    name = table(lab, "arn:aws:iam::000000000000:role/decider")
    arn = f"arn:aws:dynamodb:eu-central-1:000000000000:table/{name}"
    kept = json.loads(lab.client("dynamodb").get_resource_policy(ResourceArn=arn)["Policy"])
    assert kept["Statement"][0]["Effect"] == "Deny"
    cloudformation = lab.client("cloudformation")
    stack = next(
        one["StackName"]
        for one in cloudformation.describe_stacks()["Stacks"]
        if {"OutputKey": "Name", "OutputValue": name}.items() <= (one.get("Outputs") or [{}])[0].items()
    )
    template = cloudformation.get_template(StackName=stack)["TemplateBody"]
    body = template if isinstance(template, dict) else json.loads(template)
    del body["Resources"]["Table"]["Properties"]["ResourcePolicy"]
    cloudformation.update_stack(StackName=stack, TemplateBody=json.dumps(body))
    eventually(
        lambda: cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"],
        lambda status: status == "UPDATE_COMPLETE",
    )
    with pytest.raises(ClientError, match="PolicyNotFound"):
        lab.client("dynamodb").get_resource_policy(ResourceArn=arn)


def test_the_index_holds_what_has_its_key_and_nothing_else(lab: Lab) -> None:
    dynamodb, name = lab.client("dynamodb"), table(lab)
    for number, marker in enumerate(("open", None, "open")):
        item = {"approval_id": {"S": f"apr-{number}"}, "asked_at": {"S": f"2026-01-0{3 - number}"}}
        dynamodb.put_item(TableName=name, Item={**item, **({"open_marker": {"S": marker}} if marker else {})})

    def still_open() -> list[str]:
        found = dynamodb.query(
            TableName=name,
            IndexName="open",
            KeyConditionExpression="open_marker = :o",
            ExpressionAttributeValues={":o": {"S": "open"}},
        )
        return [item["approval_id"]["S"] for item in found["Items"]]

    assert still_open() == ["apr-2", "apr-0"]
    dynamodb.update_item(TableName=name, Key={"approval_id": {"S": "apr-2"}}, UpdateExpression="REMOVE open_marker")
    assert still_open() == ["apr-0"]


def test_of_ten_who_change_the_same_version_at_once_one_does(lab: Lab) -> None:
    name = table(lab)
    lab.client("dynamodb").put_item(TableName=name, Item={**KEY, "version": {"N": "1"}})

    def change(who: int) -> bool:
        try:
            lab.client("dynamodb").update_item(
                TableName=name,
                Key=KEY,
                UpdateExpression="SET version = :next, who = :who",
                ConditionExpression="version = :seen",
                ExpressionAttributeValues={":next": {"N": "2"}, ":seen": {"N": "1"}, ":who": {"N": str(who)}},
            )
        except lab.client("dynamodb").exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(change, range(200))).count(True) == 1


def test_ministack_alone_looks_at_no_tables_policy(guarded_without: Callable[[str], Lab]) -> None:
    lab = guarded_without("table-policies")
    name = table(lab, role(lab))
    person = client(lab, user(lab, EVERYTHING))
    assert not denied(lambda: person.put_item(TableName=name, Item=KEY))


def test_ministack_alone_denies_the_role_that_a_condition_names(guarded_without: Callable[[str], Lab]) -> None:
    lab = guarded_without("iam-principal-arn")
    writer = role(lab)
    name, ours = table(lab, writer), acting_as(lab, writer)
    assert denied(lambda: ours.put_item(TableName=name, Item=KEY))
