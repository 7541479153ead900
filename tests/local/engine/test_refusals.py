from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from tests.local.engine.lab import Lab


def ask(lab: Lab, method: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{lab.engine.endpoint_url}/_local/refusals", data, method=method)) as answer:
        return json.load(answer)


def table(lab: Lab) -> str:
    name = lab.name("table")
    key = {"AttributeName": "id", "AttributeType": "S"}
    lab.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[key],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    return name


def put(lab: Lab, name: str) -> str | None:
    """The error's code, or None."""
    try:
        lab.client("dynamodb").put_item(TableName=name, Item={"id": {"S": "1"}})
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def test_refuses_as_often_as_asked_and_only_what_was_asked(lab: Lab) -> None:
    ours, theirs = table(lab), table(lab)
    refusal = {"target": "DynamoDB_20120810.PutItem", "error": "ThrottlingException", "times": 2, "holds": ours}
    assert ask(lab, "POST", refusal) == {"refusals": [refusal]}
    assert put(lab, theirs) is None
    assert [put(lab, ours) for _ in range(3)] == ["ThrottlingException", "ThrottlingException", None]
    assert ask(lab, "GET") == {"refusals": []}


def test_forgets_what_stands(lab: Lab) -> None:
    name = table(lab)
    ask(lab, "POST", {"target": "PutItem", "error": "ThrottlingException", "times": 50})
    assert put(lab, name) == "ThrottlingException"
    assert ask(lab, "DELETE") == {"refusals": []}
    assert put(lab, name) is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "send target"),
        ({"target": "PutItem", "error": "E", "often": 1}, "send target"),
        ({"target": "PutItem", "error": "E", "times": True}, "times"),
        ({"target": "PutItem", "error": "E", "times": 0}, "times"),
        ({"target": "", "error": "E"}, "target"),
        ({"target": "PutItem"}, "target"),
    ],
)
def test_a_wrong_wish_is_refused_by_the_fields_name(lab: Lab, body: object, said: str) -> None:
    with pytest.raises(HTTPError) as refused:
        ask(lab, "POST", body)
    assert refused.value.code == 400
    assert said in json.load(refused.value)["message"]
    assert ask(lab, "GET") == {"refusals": []}
