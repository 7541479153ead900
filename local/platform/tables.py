"""The platform's trading state and strategy config, as the strategy service reads and writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from local.platform.aws import Aws
from local.platform.names import CONFIG_TABLE, STATE_TABLE, TRADING
from local.platform.pace import stamp

# DynamoDB's own bound for BatchExecuteStatement.
STATEMENTS_A_BATCH = 25


@dataclass(frozen=True, slots=True)
class Strategy:
    """One item of the trading state table, as it stands."""

    strategy_id: str
    status: str
    last_heartbeat: str | None = None
    acknowledged: str | None = None

    @property
    def trades(self) -> bool:
        return self.status in TRADING


@dataclass(frozen=True, slots=True)
class Config:
    """What the service obeys of a strategy's config item; None: missing."""

    exchange: str | None = None
    fallback_exchange: str | None = None
    order_cooldown_seconds: Decimal | None = None


class Tables:
    """Every write touches the named attributes only, and never brings back an item that was deleted."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def strategies(self) -> list[Strategy]:
        """The whole trading state, over all pages."""
        found = []
        for item in self._scan(STATE_TABLE, ("strategy_id", "status", "last_heartbeat", "acknowledged_status")):
            texts = {name: value.get("S") for name, value in item.items()}
            found.append(
                Strategy(
                    item["strategy_id"]["S"],
                    texts.get("status") or "",
                    texts.get("last_heartbeat"),
                    texts.get("acknowledged_status"),
                )
            )
        return found

    def configs(self) -> dict[str, Config]:
        names = ("strategy_id", "exchange", "fallback_exchange", "order_cooldown_seconds")
        return {
            item["strategy_id"]["S"]: Config(
                item.get("exchange", {}).get("S"),
                item.get("fallback_exchange", {}).get("S"),
                Decimal(item["order_cooldown_seconds"]["N"]) if "order_cooldown_seconds" in item else None,
            )
            for item in self._scan(CONFIG_TABLE, names)
        }

    def beat(self, strategy_ids: Sequence[str], at: datetime) -> list[str]:
        """`last_heartbeat` of each. Returns those written; one that was deleted in between stays deleted."""
        return self._update(strategy_ids, 'SET "last_heartbeat" = ?', [{"S": stamp(at)}])

    def set_status(self, strategy_ids: Sequence[str], status: str) -> list[str]:
        """Unconditionally. Returns those written."""
        return self._update(strategy_ids, 'SET "status" = ?', [{"S": status}])

    def acknowledge(self, strategy_ids: Sequence[str], status: str, at: datetime) -> list[str]:
        """The status that the service has taken over: `acknowledged_status`, and when: `acknowledged_at`.

        Only while the item still has that status: what changed in between is acknowledged at the next look.
        Returns those written.
        """
        return self._update(
            strategy_ids,
            'SET "acknowledged_status" = ? SET "acknowledged_at" = ?',
            [{"S": status}, {"S": stamp(at)}],
            ' AND "status" = ?',
            [{"S": status}],
        )

    def _update(
        self,
        strategy_ids: Sequence[str],
        change: str,
        values: list[dict[str, str]],
        condition: str = "",
        condition_values: Sequence[dict[str, str]] = (),
    ) -> list[str]:
        # A PartiQL UPDATE needs the item to exist; UpdateItem would need a call for each strategy.
        statement = f'UPDATE "{STATE_TABLE}" {change} WHERE "strategy_id" = ?{condition}'
        written = []
        for first in range(0, len(strategy_ids), STATEMENTS_A_BATCH):
            batch = strategy_ids[first : first + STATEMENTS_A_BATCH]
            answer = self._aws.client("dynamodb").batch_execute_statement(
                Statements=[
                    {"Statement": statement, "Parameters": [*values, {"S": one}, *condition_values]}
                    for one in batch
                ]
            )
            written += [one for one, said in zip(batch, answer["Responses"], strict=True) if "Error" not in said]
        return written

    def _scan(self, table: str, names: Sequence[str]) -> Iterator[dict[str, Any]]:
        aliases = {f"#{index}": name for index, name in enumerate(names)}
        query: dict[str, Any] = {
            "TableName": table,
            "ProjectionExpression": ", ".join(aliases),
            "ExpressionAttributeNames": aliases,
            "ConsistentRead": True,
        }
        while True:
            page = self._aws.client("dynamodb").scan(**query)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
