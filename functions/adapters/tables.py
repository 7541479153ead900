"""A DynamoDB table in plain Python: items are dicts, expressions are DynamoDB's own.

In an expression `#name` stands for the attribute of that name (declared here by itself) unless `names`
says otherwise; `:value` stands for `values["value"]`. A condition that does not hold raises
`ConditionFailed` with the item that stands there, so that a writer can tell its own earlier try.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.attribute_values import Item, packed, packed_item, unpacked_item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying, code_of, saying, word_for
from functions.errors import Transient

KEYS_A_BATCH: Final = 100
BATCH_TRIES: Final = 5


class Table:
    """`key` is the name of the partition key, `sort` that of the sort key where the table has one."""

    def __init__(self, aws: Aws, name: str, key: str, sort: str | None = None) -> None:
        self._aws, self.name, self.key, self._sort = aws, name, key, sort

    def get(self, key: str, attributes: Sequence[str] = ()) -> Item | None:
        """By the partition key, consistently; whole, or only these attributes of it."""
        request = {"TableName": self.name, "Key": {self.key: packed(key)}, "ConsistentRead": True}
        with saying(Saying.READ, f"dynamodb:GetItem {self.name}"):
            answer = self._reader().get_item(**request, **_only(attributes))
        return unpacked_item(answer["Item"]) if "Item" in answer else None

    def batch(self, keys: Sequence[str], attributes: Sequence[str] = ()) -> dict[str, Item]:
        """Those of the keys that have an item; consistent. What DynamoDB leaves over is asked for again.
        `attributes`, where it names any, must name the key too."""
        found: dict[str, Item] = {}
        unique = list(dict.fromkeys(keys))
        reading = {"ConsistentRead": True, **_only(attributes)}
        for start in range(0, len(unique), KEYS_A_BATCH):
            left: Any = [{self.key: packed(key)} for key in unique[start : start + KEYS_A_BATCH]]
            for _ in range(BATCH_TRIES):
                with saying(Saying.READ, f"dynamodb:BatchGetItem {self.name}"):
                    answer = self._reader().batch_get_item(RequestItems={self.name: {"Keys": left, **reading}})
                for item in map(unpacked_item, answer["Responses"].get(self.name, ())):
                    found[str(item[self.key])] = item
                left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys")
                if not left:
                    break
            else:
                raise Transient(f"dynamodb:BatchGetItem {self.name}: {len(left)} keys stayed unprocessed")
        return found

    def scan(self, filter_expression: str | None = None, **values: Any) -> Iterator[Item]:
        """Every item over all pages, consistently."""
        yield from self._pages("scan", {"FilterExpression": filter_expression}, values)

    def segment(
        self, number: int, of: int, start: str | None, attributes: Sequence[str], limit: int
    ) -> tuple[list[Item], str | None]:
        """One page of one segment of a parallel scan, consistently, and the key from which to go on. A page may be
        empty and not the last one."""
        request = {"TableName": self.name, "ConsistentRead": True, **_only(attributes)}
        request |= {"Segment": number, "TotalSegments": of, "Limit": limit}
        if start is not None:
            request["ExclusiveStartKey"] = {self.key: packed(start)}
        with saying(Saying.READ, f"dynamodb:Scan {self.name} segment {number} of {of}"):
            page = self._reader().scan(**request)
        last = unpacked_item(page.get("LastEvaluatedKey", {})).get(self.key)
        return [unpacked_item(item) for item in page["Items"]], last

    def query(self, key: str, filter_expression: str | None = None, **values: Any) -> Iterator[Item]:
        """Every item of one partition over all pages, consistently."""
        given = {"KeyConditionExpression": f"#{self.key} = :_key", "FilterExpression": filter_expression}
        yield from self._pages("query", given, {**values, "_key": key})

    def index(self, index: str, key: str, value: str) -> Iterator[Item]:
        """Every entry of one partition of an index, by its sort key. An index runs a moment behind its table."""
        given = {"KeyConditionExpression": f"#{key} = :_key"}
        yield from self._pages("query", given, {"_key": value}, ConsistentRead=False, IndexName=index)

    def update(
        self,
        kind: Saying,
        key: str | tuple[str, str],
        expression: str,
        condition: str | None,
        values: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
        returning: str = "NONE",
    ) -> Item:
        """UpdateItem; the answer is what `returning` asks for."""
        request = {
            **self.updating(key, expression, condition, values, names),
            "ReturnValues": returning,
        }
        answer = self._conditionally(kind, "update_item", "dynamodb:UpdateItem", request)
        return unpacked_item(answer.get("Attributes", {}))

    def put(
        self,
        item: Mapping[str, Any],
        condition: str,
        values: Mapping[str, Any] | None = None,
        kind: Saying = Saying.REPEATABLE,
    ) -> None:
        """PutItem, repeatable: the condition tells our own earlier try."""
        request = {
            "TableName": self.name,
            "Item": packed_item(item),
            **expressions({"ConditionExpression": condition}, values or {}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        self._conditionally(kind, "put_item", "dynamodb:PutItem", request)

    def delete(self, key: str, condition: str, values: Mapping[str, Any]) -> None:
        """DeleteItem, repeatable."""
        request = {
            "TableName": self.name,
            "Key": {self.key: packed(key)},
            **expressions({"ConditionExpression": condition}, values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        self._conditionally(Saying.REPEATABLE, "delete_item", "dynamodb:DeleteItem", request)

    def updating(
        self,
        key: str | tuple[str, str],
        expression: str,
        condition: str | None,
        values: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The `Update` of a transaction, which is UpdateItem's own request too."""
        given = {"UpdateExpression": expression, "ConditionExpression": condition}
        return {
            "TableName": self.name,
            "Key": self._whole(key),
            **expressions(given, values or {}, names),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def checking(
        self, key: str, condition: str, values: Mapping[str, Any], names: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The `ConditionCheck` of a transaction."""
        return {
            "TableName": self.name,
            "Key": {self.key: packed(key)},
            **expressions({"ConditionExpression": condition}, values, names),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _whole(self, key: str | tuple[str, str]) -> dict[str, Any]:
        if isinstance(key, str):
            return {self.key: packed(key)}
        return {str(name): packed(part) for name, part in zip((self.key, self._sort), key, strict=True)}

    def _reader(self) -> Any:
        return self._aws.client("dynamodb", Saying.READ)

    def _pages(
        self, operation: str, given: Mapping[str, str | None], values: Mapping[str, Any], **how: Any
    ) -> Iterator[Item]:
        request = {"TableName": self.name, "ConsistentRead": True, **expressions(given, values), **how}
        while True:
            with saying(Saying.READ, f"dynamodb:{operation.capitalize()} {self.name}"):
                page = getattr(self._reader(), operation)(**request)
            yield from map(unpacked_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _conditionally(self, kind: Saying, method: str, action: str, request: dict[str, Any]) -> Any:
        try:
            return getattr(self._aws.client("dynamodb", kind), method)(**request)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                old: Any = error.response.get("Item")
                raise ConditionFailed(unpacked_item(old) if old else None) from None
            raise word_for(error, kind, f"{action} {self.name}") from error
        except BotoCoreError as error:
            raise word_for(error, kind, f"{action} {self.name}") from error


def _only(attributes: Sequence[str]) -> dict[str, Any]:
    """The projection to these attributes; to all of them where none is named."""
    if not attributes:
        return {}
    return expressions({"ProjectionExpression": ", ".join(f"#{name}" for name in attributes)}, {})


def expressions(
    given: Mapping[str, str | None], values: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The expressions that are stated, with their names and values declared."""
    request: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    used = set(re.findall(r"#(\w+)", " ".join(request.values())))
    if used:
        request["ExpressionAttributeNames"] = {f"#{name}": (names or {}).get(name, name) for name in used}
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": packed(value) for name, value in values.items()}
    return request
