"""An AWS that answers everything in the shape of its own models, with values that nobody means.

Which members an answer may have is botocore's word; those that no adapter speaks of are left out, so that one
answer is made quickly. Tables hold plain items, poisoned. Whatever is paged has an end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from botocore import exceptions as failures
from botocore.exceptions import ClientError
from botocore.hooks import HierarchicalEmitter
from botocore.model import ServiceModel
from botocore.session import get_session

import functions.adapters
from functions.adapters.attribute_values import packed_item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import TURNED_AWAY, WORLD_SAID_NO
from functions.settings import Settings
from tests.fuzz.hostile import LEAK, jsonlike, text
from tests.fuzz.items import TABLES, poisoned

# What Secrets Manager holds; it may stand nowhere else.
KEY: Final = "Ours0ApiKeyNobodyMaySee"
PASSWORD: Final = "Ours0PasswordNobodyMaySee"
OURS: Final = (KEY, PASSWORD)
CODES: Final = (
    *sorted(TURNED_AWAY)[:4],
    *sorted(WORLD_SAID_NO)[:2],
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ExecutionDoesNotExist",
    "ExecutionAlreadyExists",
    "ImageNotFoundException",
    "InternalServerError",
    "ValidationException",
    "NoSuchKey",
    "TaskTimedOut",
    "MessageRejected",
    "",
)
MOMENTS: Final = (
    datetime(2026, 1, 31, 3, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
)
# Words that adapters look for, so that their answers are walked deeper than by chance.
PLAUSIBLE: Final = (
    "Complete",
    "Running",
    "ALARM",
    "OK",
    "ACTIVE",
    "PRIMARY",
    "RUNNING",
    "STOPPED",
    "TaskStateEntered",
    "TaskStateExited",
    "TaskScheduled",
    "TaskFailed",
    "ExecutionStarted",
    "ExecutionFailed",
    "startExecution.sync:2",
    "@timestamp",
    "@message",
    "2026-01-31 03:00:00.000",
    "tradai-local-strategy",
)
PAGES: Final = 3


class HostileAws(Aws):
    """`rng` decides what is answered; `asked` counts, so that pages have an end."""

    def __init__(self, rng: Random, settings: Settings) -> None:
        super().__init__(settings.region)
        self._rng, self.asked = rng, 0
        named = settings.platform
        self.tables = {
            named.trading_state_table: "trading_state",
            named.positions_table: "positions",
            named.orders_table: "orders",
            named.strategy_config_table: "strategy_config",
            f"tradai-runbook-incidents-{settings.env}": "incidents",
            f"tradai-runbook-guards-{settings.env}": "guards",
            f"tradai-runbook-approvals-{settings.env}": "approvals",
        }

    def client(self, service: str, saying: object) -> Any:
        del saying
        return HostileClient(self, service, self._rng)


class HostileClient:
    def __init__(self, aws: HostileAws, service: str, rng: Random) -> None:
        self._aws, self._service, self._rng = aws, service, rng
        self._model, self._names = _models(service)
        self.meta = SimpleNamespace(service_model=self._model, events=HierarchicalEmitter())

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = self._names[method]

        def say(**request: Any) -> Any:
            self._aws.asked += 1
            self._may_fail(operation)
            if self._service == "dynamodb":
                return _dynamo(self._aws, self._rng, operation, request)
            if operation == "GetSecretValue":
                return {"SecretString": _secret(self._rng)}
            answer = _of(self._rng, self._model.operation_model(operation).output_shape, 5)
            if self._aws.asked >= PAGES:
                answer = {name: value for name, value in answer.items() if name not in ("nextToken", "NextToken")}
            if operation == "GetObject" and "Body" in answer:
                answer["Body"] = BytesIO(text(self._rng).encode("utf-16" if self._rng.randrange(2) else "utf-8"))
            return answer

        return say

    def _may_fail(self, operation: str) -> None:
        chance = self._rng.randrange(12)
        if chance == 0:
            raise refusal(self._rng, self._rng.choice(CODES), operation)
        if chance == 1:
            raise self._rng.choice(
                (
                    failures.ReadTimeoutError(endpoint_url="https://x"),
                    failures.EndpointConnectionError(endpoint_url="https://x"),
                    failures.NoCredentialsError(),
                    failures.ParamValidationError(report="wrong"),
                )
            )


def refusal(rng: Random, code: str, operation: str, **more: Any) -> ClientError:
    status = rng.choice((400, 403, 429, 500, 503))
    told: Any = {"Error": {"Code": code, "Message": text(rng)}, "ResponseMetadata": {"HTTPStatusCode": status}}
    if not rng.randrange(5):
        told = {"Error": {}}
    answer: Any = {**told, **more}
    return ClientError(answer, operation)


def _dynamo(aws: HostileAws, rng: Random, operation: str, request: Mapping[str, Any]) -> Any:
    def item(table: str) -> dict[str, Any]:
        return packed_item(_kept(poisoned(rng, aws.tables[table], rng.choice(TABLES[aws.tables[table]]))))

    last = aws.asked >= PAGES
    match operation:
        case "GetItem":
            return {"Item": item(request["TableName"])} if rng.randrange(6) else {}
        case "BatchGetItem":
            ((table, asked),) = request["RequestItems"].items()
            found = [{**item(table), **key} for key in asked["Keys"][:20] if rng.randrange(4)]
            return {"Responses": {table: found}, "UnprocessedKeys": {}}
        case "Query" | "Scan":
            found = [item(request["TableName"]) for _ in range(rng.randrange(3))]
            return {"Items": found, **({} if last else {"LastEvaluatedKey": {"k": {"S": "a"}}})}
        case "UpdateItem" | "PutItem" | "DeleteItem":
            new = request.get("ReturnValues") == "ALL_NEW"
            if rng.randrange(3) or "ConditionExpression" not in request:
                added = {"tokens": {"SS": ["a"]}} if "#tokens" in str(request) else {}
                return {"Attributes": {**item(request["TableName"]), **added}} if new else {}
            old = {"Item": item(request["TableName"])} if rng.randrange(3) else {}
            raise refusal(rng, "ConditionalCheckFailedException", operation, **old)
        case "TransactWriteItems":
            if rng.randrange(3) == 0:
                return {}
            tables = [next(iter(member.values()))["TableName"] for member in request["TransactItems"]]
            told = ("None", "ConditionalCheckFailed", "TransactionConflict")
            reasons = [{"Code": rng.choice(told), "Item": item(table)} for table in tables]
            raise refusal(rng, "TransactionCanceledException", operation, CancellationReasons=reasons)
        case "BatchExecuteStatement":
            said = [_statement(rng, item) for _ in request["Statements"]]
            return {"Responses": said[: rng.choice((len(said), len(said), len(said) - 1))]}
    raise AssertionError(f"the adapters say something new to DynamoDB: {operation}")


def _statement(rng: Random, item: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    if rng.randrange(2):
        return {}
    code = rng.choice(("ConditionalCheckFailed", "DuplicateItem", "AccessDenied", ""))
    return {"Error": {"Code": code, "Message": text(rng), "Item": item("tradai-trading-state-local")}}


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    """Without what DynamoDB could not hold: sets of numbers and bytes go by other ways than the runbooks' own."""
    return {name: value for name, value in item.items() if not _holds(value, (bytes, set))} | {
        name: value for name, value in item.items() if isinstance(value, set) and value and _texts(value)
    }


def _texts(value: set[Any]) -> bool:
    return all(isinstance(one, str) for one in value)


def _holds(value: Any, kinds: tuple[type, ...]) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, kinds) or any(_holds(one, kinds) for one in inner)


def _secret(rng: Random) -> str:
    whole = {"apiKey": KEY, "secret": PASSWORD, "username": "bot", "password": PASSWORD}
    return rng.choice(
        (json.dumps(whole), json.dumps(whole), PASSWORD, "", "{", f'{{"apiKey": "{KEY}"}}', "[" * 9_999)
    )


@cache
def _models(service: str) -> tuple[ServiceModel, dict[str, str]]:
    session = get_session()
    model = ServiceModel(session.get_service_data(service), service)
    return model, {xform(name): name for name in model.operation_names}


def xform(name: str) -> str:
    """botocore's `xform_name`, without its table of exceptions: none of ours is in it."""
    spread = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spread).lower()


@cache
def _spoken() -> frozenset[str]:
    """Every word in quotes in an adapter: the members that one of them may look at."""
    folder = Path(functions.adapters.__file__).parent
    found = {word for file in folder.rglob("*.py") for word in re.findall(r'"([@\w-]+)"', file.read_text("utf-8"))}
    return frozenset(found)


def _of(rng: Random, shape: Any, depth: int) -> Any:
    """`shape`: botocore's; its kinds have members of their own."""
    if shape is None:
        return {}
    match shape.type_name:
        case "structure":
            members = {name: one for name, one in shape.members.items() if name in _spoken()}
            return {name: _of(rng, one, depth - 1) for name, one in members.items() if depth and rng.randrange(10)}
        case "list":
            return [_of(rng, shape.member, depth - 1) for _ in range(rng.choice((0, 1, 1, 2)))] if depth else []
        case "map":
            return {text(rng): _of(rng, shape.value, depth - 1)} if depth else {}
        case "timestamp":
            return rng.choice(MOMENTS)
        case "integer" | "long":
            return rng.choice((0, 1, 2, 60, -1, 2**31 - 1, 2**63 - 1))
        case "float" | "double":
            return rng.choice((0.0, 0.5, -1.0, 1e308, float("nan"), float("inf")))
        case "boolean":
            return rng.choice((True, False))
        case "string":
            return _word(rng, shape)
    return b"\xff\x00"


def _word(rng: Random, shape: Any) -> str:
    match rng.randrange(6):
        case 0 | 1 if shape.enum:
            return str(rng.choice(shape.enum))
        case 2 | 3:
            return rng.choice(PLAUSIBLE)
        case 4:
            return rng.choice((json.dumps(jsonlike(rng)), "[" * 5_000, f'{{"ExecutionArn": "{LEAK}"}}'))
    return text(rng)
