"""Many strategies at once, and away again: for measurements and for stops at any size."""

from __future__ import annotations

import re

from local.platform.aws import Aws
from local.platform.names import CONFIG_TABLE, STATE_TABLE
from local.platform.seeding.tables import ITEMS_A_BATCH, StrategySeed, put_strategies

MOST = 10_000
OURS = re.compile(r"strategy-\d{5}")


def put_many(aws: Aws, count: int) -> list[str]:
    """`strategy-00001` and so on, running, with a heartbeat of now and a config each. Returns their ids."""
    seeds = [StrategySeed(f"strategy-{number:05}") for number in range(1, count + 1)]
    put_strategies(aws, seeds)
    return [seed.strategy_id for seed in seeds]


def remove_many(aws: Aws) -> int:
    """Takes all of those away again, and leaves every other strategy. Returns how many there were."""
    dynamodb = aws.client("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=CONFIG_TABLE, ProjectionExpression="strategy_id", ConsistentRead=True
    )
    ids = [item["strategy_id"] for page in pages for item in page["Items"]]
    ours = [one for one in ids if OURS.fullmatch(one["S"])]
    for table in (STATE_TABLE, CONFIG_TABLE):
        for first in range(0, len(ours), ITEMS_A_BATCH):
            requests = [
                {"DeleteRequest": {"Key": {"strategy_id": one}}} for one in ours[first : first + ITEMS_A_BATCH]
            ]
            dynamodb.batch_write_item(RequestItems={table: requests})
    return len(ours)
