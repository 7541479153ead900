"""DynamoDB and SNS as they answer in trouble.

Source: DynamoDB API reference, "Common errors", BatchStatementError, CancellationReason, BatchWriteItem
(UnprocessedItems); SNS API reference, Publish.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core.responses import error_response_json

from local.engine.disturbed.state import Disturbance, Touch, hit_by, spared
from local.engine.disturbed.touches import requests_of, touches
from local.engine.fixes.patching import MinistackChanged

Answer = tuple[int, dict[str, str], bytes]
Service = Callable[[str, str, dict[str, str], bytes, Any], Awaitable[Answer]]

THROTTLED = "ProvisionedThroughputExceededException"
TEXTS = {
    THROTTLED: "The level of configured provisioned throughput for the table was exceeded. Consider increasing "
    "your provisioning level with the UpdateTable API.",
    "AccessDeniedException": "User is not authorized to perform this action on this item",
    "InternalServerError": "The server encountered an internal error trying to fulfill the request.",
}
IN_A_BATCH = {THROTTLED: "ProvisionedThroughputExceeded", "AccessDeniedException": "AccessDenied"}


def install() -> None:
    """Puts itself before the two services. Without a standing disturbance requests pass untouched."""
    for name, make in (("dynamodb", _dynamodb), ("sns", _sns)):
        if name not in app.SERVICE_HANDLERS:
            raise MinistackChanged(f"ministack has no {name} any more")
        app.SERVICE_HANDLERS[name] = make(app.SERVICE_HANDLERS[name])


def _dynamodb(original: Service) -> Service:
    async def answer(method: str, path: str, headers: dict[str, str], body: bytes, params: Any) -> Answer:
        if spared(headers):
            return await original(method, path, headers, body, params)
        operation, given = headers.get("x-amz-target", "").rpartition(".")[2], json.loads(body or b"{}")
        hit = hit_by(touches(operation, given))
        if not hit:
            return await original(method, path, headers, body, params)

        async def carry_out(changed: Mapping[str, Any]) -> Answer:
            return await original(method, path, headers, json.dumps(changed).encode(), params)

        await asyncio.sleep(max(one.seconds for one in hit.values()))
        if operation == "BatchExecuteStatement":
            return await _some_statements(given, hit, carry_out)
        if operation == "BatchWriteItem" and all(one.error == THROTTLED for one in hit.values()):
            return await _some_requests(given, hit, carry_out)
        if any(one.does_it_anyway(touch) for touch, one in hit.items()):
            await carry_out(given)
        return _error(operation, given, hit)

    return answer


async def _some_statements(
    given: Mapping[str, Any], hit: Mapping[Touch, Disturbance], carry_out: Callable[[Any], Awaitable[Answer]]
) -> Answer:
    """What is hit is answered here, in its place; the rest, and what is done all the same, by DynamoDB."""
    failing = {touch.place: (touch, one) for touch, one in hit.items()}
    done = [
        place
        for place in range(len(given["Statements"]))
        if place not in failing or failing[place][1].does_it_anyway(failing[place][0])
    ]
    responses: list[Any] = [None] * len(given["Statements"])
    told: dict[str, Any] = {}
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    if done:
        status, headers, body = await carry_out({**given, "Statements": [given["Statements"][p] for p in done]})
        told = json.loads(body)
        if status != 200:
            return status, headers, body
        for place, said in zip(done, told["Responses"], strict=True):
            responses[place] = said
    for place, (_touch, one) in failing.items():
        code = IN_A_BATCH.get(one.error, one.error)
        responses[place] = {"Error": {"Code": code, "Message": TEXTS[one.error]}, "TableName": one.resource}
    headers.pop("x-amz-crc32", None)
    return 200, headers, json.dumps({**told, "Responses": responses}).encode()


async def _some_requests(
    given: Mapping[str, Any], hit: Mapping[Touch, Disturbance], carry_out: Callable[[Any], Awaitable[Answer]]
) -> Answer:
    left: dict[str, list[Any]] = {}
    rest: dict[str, list[Any]] = {}
    for place, (table, request) in enumerate(requests_of(given)):
        (left if any(touch.place == place for touch in hit) else rest).setdefault(table, []).append(request)
    if not rest:
        return error_response_json(THROTTLED, TEXTS[THROTTLED], 400)  # type: ignore[no-any-return] # untyped there
    status, headers, body = await carry_out({**given, "RequestItems": rest})
    if status != 200:
        return status, headers, body
    headers.pop("x-amz-crc32", None)
    told = json.loads(body)
    # What DynamoDB itself left over comes first; the tables are disjoint from each other.
    for table, requests in (told.get("UnprocessedItems") or {}).items():
        left[table] = [*requests, *left.get(table, [])]
    return status, headers, json.dumps({**told, "UnprocessedItems": left}).encode()


def _error(operation: str, given: Mapping[str, Any], hit: Mapping[Touch, Disturbance]) -> Answer:
    first = next(iter(hit.values()))
    if operation in ("TransactWriteItems", "ExecuteTransaction") and first.error == THROTTLED:
        return _cancelled(given, hit)
    status = 500 if first.error == "InternalServerError" else 400
    return error_response_json(first.error, TEXTS[first.error], status)  # type: ignore[no-any-return] # as above


def _cancelled(given: Mapping[str, Any], hit: Mapping[Touch, Disturbance]) -> Answer:
    places = {touch.place for touch in hit}
    members = given.get("TransactItems") or given.get("TransactStatements") or ()
    code = IN_A_BATCH[THROTTLED]
    reasons = [
        {"Code": code, "Message": TEXTS[THROTTLED]} if place in places else {"Code": "None"}
        for place in range(len(members))
    ]
    names = ", ".join(reason["Code"] for reason in reasons)
    text = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{names}]"
    return error_response_json(  # type: ignore[no-any-return] # as above
        "TransactionCanceledException", text, 400, {"CancellationReasons": reasons}
    )


def _sns(original: Service) -> Service:
    async def answer(method: str, path: str, headers: dict[str, str], body: bytes, params: Any) -> Answer:
        if spared(headers):
            return await original(method, path, headers, body, params)
        given = {name: value[0] for name, value in parse_qs(body.decode("utf-8", "replace")).items()}
        topic = Touch(given.get("TopicArn", ""), given.get("Action", ""), write=True)
        if not given.get("Action", "").startswith("Publish") or not hit_by([topic]):
            return await original(method, path, headers, body, params)
        text = f"User is not authorized to perform: SNS:Publish on resource: {topic.resource}"
        xml = (
            '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
            f"<Code>AuthorizationError</Code><Message>{text}</Message></Error></ErrorResponse>"
        )
        return 403, {"Content-Type": "text/xml"}, xml.encode()

    return answer
