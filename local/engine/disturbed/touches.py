"""Which items of which tables a request to DynamoDB touches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import dynamodb

from local.engine.disturbed.state import Touch

READS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"})
ONE_ITEM = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem"})


def touches(operation: str, given: Mapping[str, Any]) -> list[Touch]:
    """In the order of a batch's members; empty for what touches no item."""
    return list(_touches(operation, given))


def _touches(operation: str, given: Mapping[str, Any]) -> Iterator[Touch]:
    if operation in ONE_ITEM:
        yield _item(given, 0, write=operation not in READS)
    elif operation in ("Query", "Scan"):
        page = [given.get("Segment"), given.get("ExclusiveStartKey"), given.get("ExpressionAttributeValues")]
        yield Touch(str(given.get("TableName")), json.dumps(page, sort_keys=True), write=False)
    elif operation == "ExecuteStatement":
        yield _statement(given, 0)
    elif operation in ("BatchExecuteStatement", "ExecuteTransaction"):
        members = given.get("Statements") or given.get("TransactStatements") or ()
        yield from (_statement(one, place) for place, one in enumerate(members))
    elif operation in ("TransactWriteItems", "TransactGetItems"):
        for place, one in enumerate(given.get("TransactItems") or ()):
            for member in one.values():
                yield _item(member, place, write=operation not in READS)
    elif operation == "BatchWriteItem":
        for place, (table, request) in enumerate(requests_of(given)):
            yield _item({"TableName": table, **next(iter(request.values()))}, place, write=True)


def requests_of(given: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Table and put or delete of a BatchWriteItem, in order."""
    return [(table, one) for table, many in (given.get("RequestItems") or {}).items() for one in many]


def _item(given: Mapping[str, Any], place: int, *, write: bool) -> Touch:
    table = str(given.get("TableName"))
    return Touch(table, _key(table, given.get("Key") or given.get("Item") or {}), write, place)


def _statement(given: Mapping[str, Any], place: int) -> Touch:
    """Of a statement that cannot be read the table is unknown; DynamoDB itself will say so."""
    try:
        parsed = dynamodb._parse_partiql(str(given.get("Statement")), given.get("Parameters") or [])
    except ValueError:
        return Touch("", "", write=False, place=place)
    item = parsed.get("item") or {attribute: value for attribute, op, value in parsed["conditions"] if op == "="}
    # An INSERT's value arrives as a map.
    item = item["M"] if set(item) == {"M"} else item
    return Touch(parsed["table"], _key(parsed["table"], item), parsed["op"] != "SELECT", place)


def _key(table: str, item: Mapping[str, Any]) -> str:
    """The values of the key attributes, as one text."""
    known = dynamodb._tables.get(table) or {}
    names = [known.get("pk_name"), known.get("sk_name")]
    return json.dumps([next(iter(item[name].values())) for name in names if name and name in item])
