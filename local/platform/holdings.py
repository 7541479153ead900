"""Positions and orders in the platform's tables, as the bots keep them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from local.platform.aws import Aws
from local.platform.names import ACCOUNTS, CONFIG_TABLE, ORDERS_TABLE, POSITIONS_TABLE, STATE_TABLE, VENUE

Item = dict[str, Any]


class NoSuchStrategy(ValueError):
    """Nobody of that name stands in the trading state."""


@dataclass(frozen=True)
class Owner:
    """Whose position it is, by the strategy's config."""

    strategy_id: str
    exchange: str
    account: str
    mode: str
    symbol: str
    stake: Decimal


class Holdings:
    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def owner(self, wanted: str | None) -> Owner:
        """Of the wanted strategy, or of the first in the table. Raises NoSuchStrategy."""
        known = sorted(item["strategy_id"] for item in self._all(STATE_TABLE))
        if wanted is None and known:
            wanted = known[0]
        if wanted is None or wanted not in known:
            raise NoSuchStrategy(f"there is no strategy {wanted!r}; there are {', '.join(known) or 'none'}")
        return _owner(wanted, self.config(wanted))

    def config(self, strategy_id: str) -> Item:
        """Empty where there is none."""
        found = self._aws.client("dynamodb").get_item(
            TableName=CONFIG_TABLE, Key={"strategy_id": {"S": strategy_id}}, ConsistentRead=True
        )
        return _plain(found.get("Item", {}))

    def configs(self) -> dict[str, Item]:
        """Every strategy's config."""
        return {item["strategy_id"]: item for item in self._all(CONFIG_TABLE)}

    def owners(self) -> dict[str, Owner]:
        """Of every strategy that has a config."""
        return {strategy_id: _owner(strategy_id, item) for strategy_id, item in self.configs().items()}

    def positions(self) -> dict[str, Item]:
        """Every position by its id."""
        return {item["position_id"]: item for item in self._all(POSITIONS_TABLE)}

    def counts(self) -> dict[str, int]:
        """How many positions have which status."""
        return dict(Counter(str(item.get("status")) for item in self._all(POSITIONS_TABLE)))

    def orders(self, position_id: str) -> list[Item]:
        pages = self._aws.client("dynamodb").get_paginator("query").paginate(
            TableName=ORDERS_TABLE,
            KeyConditionExpression="position_id = :position",
            ExpressionAttributeValues={":position": {"S": position_id}},
            ConsistentRead=True,
        )  # fmt: skip
        return [_plain(item) for page in pages for item in page["Items"]]

    def change(self, table: str, key: Mapping[str, str], only_if: str | None = None, **values: Any) -> bool:
        """Sets attributes of an item that is there. `only_if`: the status that it must still have; False: it has
        another, or is gone."""
        serialize = TypeSerializer().serialize
        names = {f"#v{number}": name for number, name in enumerate(values)}
        given = {f":v{number}": serialize(value) for number, value in enumerate(values.values())}
        condition = f"attribute_exists({next(iter(key))})"
        if only_if is not None:
            condition += " AND #status = :status"
            names["#status"], given[":status"] = "status", {"S": only_if}
        dynamodb = self._aws.client("dynamodb")
        try:
            dynamodb.update_item(
                TableName=table,
                Key={name: {"S": value} for name, value in key.items()},
                UpdateExpression="SET " + ", ".join(f"#v{number} = :v{number}" for number in range(len(values))),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=given,
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _all(self, table: str) -> list[Item]:
        pages = self._aws.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [_plain(item) for page in pages for item in page["Items"]]


def _owner(strategy_id: str, config: Item) -> Owner:
    """What is missing is as the default strategies have it."""
    return Owner(
        strategy_id,
        str(config.get("exchange", VENUE)),
        str(config.get("account", ACCOUNTS[0])),
        str(config.get("mode", "live")),
        str((config.get("symbols") or ["BTC/USDT:USDT"])[0]),
        Decimal(config.get("stake_amount", 500)),
    )


def _plain(item: Mapping[str, Any]) -> Item:
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}
