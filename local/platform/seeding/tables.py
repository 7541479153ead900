"""The platform's four tables, and the strategies in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from local.platform.aws import Aws
from local.platform.names import CONFIG_TABLE, ORDERS_TABLE, POSITIONS_TABLE, STATE_TABLE
from local.platform.pace import now, stamp

KEYS = {
    STATE_TABLE: ("strategy_id",),
    POSITIONS_TABLE: ("position_id",),
    ORDERS_TABLE: ("position_id", "order_id"),
    CONFIG_TABLE: ("strategy_id",),
}
ITEMS_A_BATCH = 25


@dataclass(frozen=True)
class StrategySeed:
    """One strategy: its state, its config. `heartbeat_age` in seconds; None: it never wrote one."""

    strategy_id: str
    status: str = "running"
    heartbeat_age: float | None = 0.0
    exchange: str = "binanceusdm"
    fallback_exchange: str | None = "bybit"
    symbols: tuple[str, ...] = ("BTC/USDT:USDT",)
    order_cooldown_seconds: int = 15
    stake_amount: Decimal = Decimal("500")
    order_type: str = "limit"
    limit_offset_bps: int = 5
    max_position_age_minutes: int = 240
    account: str = "main"
    mode: str = "live"


DEFAULT_STRATEGIES = (
    StrategySeed("momentum-btc"),
    StrategySeed("momentum-eth", symbols=("ETH/USDT:USDT",)),
    StrategySeed("meanrev-sol", symbols=("SOL/USDT:USDT",)),
    StrategySeed("breakout-bnb", symbols=("BNB/USDT:USDT",)),
    StrategySeed("carry-xrp", symbols=("XRP/USDT:USDT",), mode="paper"),
)


def create_tables(aws: Aws) -> None:
    for table, keys in KEYS.items():
        aws.client("dynamodb").create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )


def put_strategies(aws: Aws, strategies: Sequence[StrategySeed]) -> None:
    """Writes state and config of each strategy, 25 items a call."""
    put_items(aws, STATE_TABLE, [_state(strategy) for strategy in strategies])
    put_items(aws, CONFIG_TABLE, [_config(strategy) for strategy in strategies])


def put_items(aws: Aws, table: str, items: Sequence[dict[str, Any]]) -> None:
    """Plain Python items (numbers as `Decimal` or int) into a table; None values are left out."""
    serialize = TypeSerializer().serialize
    for first in range(0, len(items), ITEMS_A_BATCH):
        requests = [
            {"PutRequest": {"Item": {name: serialize(v) for name, v in item.items() if v is not None}}}
            for item in items[first : first + ITEMS_A_BATCH]
        ]
        aws.client("dynamodb").batch_write_item(RequestItems={table: requests})


def _state(strategy: StrategySeed) -> dict[str, Any]:
    age = strategy.heartbeat_age
    return {
        "strategy_id": strategy.strategy_id,
        "status": strategy.status,
        "last_heartbeat": None if age is None else stamp(now() - timedelta(seconds=age)),
    }


def _config(strategy: StrategySeed) -> dict[str, Any]:
    return {
        "strategy_id": strategy.strategy_id,
        "order_cooldown_seconds": strategy.order_cooldown_seconds,
        "stake_amount": strategy.stake_amount,
        "order_type": strategy.order_type,
        "limit_offset_bps": strategy.limit_offset_bps,
        "symbols": list(strategy.symbols),
        "exchange": strategy.exchange,
        "fallback_exchange": strategy.fallback_exchange,
        "max_position_age_minutes": strategy.max_position_age_minutes,
        "account": strategy.account,
        "mode": strategy.mode,
    }
