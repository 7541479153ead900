"""`python -m benchmarks.bare_stop ENDPOINT`: the same writes as an emergency stop, as fast as boto3 makes them.

One write of the kill switch, then eight threads: a scan segment each, one record a strategy in the guards table,
the conditional stop, 25 statements a call; the service to zero beside it. It proves nothing, tells nobody, and
gives up at the first trouble: the limit that the runbook is measured against. Prints one JSON object; importing and
making clients is not counted.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

STATES, GUARDS = "tradai-trading-state-local", "tradai-runbook-guards-local"
CLUSTER, SERVICE = "tradai-local", "tradai-strategy-service-local"
THREADS = 8
HALT = "bare"
# Not the runbooks' own: their watch would stop the same strategies beside it.
SWITCH = "bare-kill-switch"
NAMES = ("guard_id", "halt_id", "strategy_id", "status", "recorded_at")
RECORD = f'INSERT INTO "{GUARDS}" VALUE ' + "{" + ", ".join(f"'{name}': ?" for name in NAMES) + "}"
STOP = (
    f'UPDATE "{STATES}" SET "status" = ? SET "stopped_by" = ? SET "stopped_at" = ? SET "status_before" = ? '
    'WHERE "strategy_id" = ? AND "status" = ?'
)


def main() -> int:
    endpoint = sys.argv[1]
    config = Config(max_pool_connections=2 * THREADS, parameter_validation=False)
    session = boto3.Session("bench", "bench", region_name="eu-central-1")
    dynamodb = session.client("dynamodb", endpoint_url=endpoint, config=config)
    ecs = session.client("ecs", endpoint_url=endpoint, config=config)
    dynamodb.describe_table(TableName=STATES)
    began = time.time()
    dynamodb.update_item(
        TableName=GUARDS,
        Key={"guard_id": {"S": SWITCH}},
        UpdateExpression="SET engaged = :yes, halt_id = :halt",
        ExpressionAttributeValues={":yes": {"BOOL": True}, ":halt": {"S": HALT}},
    )
    with ThreadPoolExecutor(THREADS + 1) as pool:
        down = pool.submit(ecs.update_service, cluster=CLUSTER, service=SERVICE, desiredCount=0)
        stopped = sum(pool.map(lambda number: segment(dynamodb, number), range(THREADS)))
        down.result()
    print(json.dumps({"began": began, "seconds": time.time() - began, "stopped": stopped}))
    return 0


def segment(dynamodb: Any, number: int) -> int:
    count = 0
    for page in pages(dynamodb, number):
        trading = [(one["strategy_id"]["S"], one["status"]["S"]) for one in page]
        for first in range(0, len(trading), 25):
            batch, at = trading[first : first + 25], datetime.now(UTC).isoformat()
            write(dynamodb, RECORD, [[f"halt/{HALT}/strategy/{one}", HALT, one, was, at] for one, was in batch])
            write(dynamodb, STOP, [["stopped", HALT, at, was, one, was] for one, was in batch])
            count += len(batch)
    return count


def pages(dynamodb: Any, number: int) -> Iterator[list[dict[str, Any]]]:
    found = dynamodb.get_paginator("scan").paginate(
        TableName=STATES,
        Segment=number,
        TotalSegments=THREADS,
        ConsistentRead=True,
        ProjectionExpression="strategy_id, #s",
        FilterExpression="#s IN (:r, :w)",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":r": {"S": "running"}, ":w": {"S": "warmup"}},
    )
    return (page["Items"] for page in found)


def write(dynamodb: Any, statement: str, parameters: list[list[str]]) -> None:
    answer = dynamodb.batch_execute_statement(
        Statements=[{"Statement": statement, "Parameters": [{"S": one} for one in given]} for given in parameters]
    )
    errors = [one["Error"] for one in answer["Responses"] if "Error" in one]
    assert not errors, errors[0]


if __name__ == "__main__":
    sys.exit(main())
