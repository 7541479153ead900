"""Table `tradai-trading-state-{env}`: who trades, and the two writes of a restart.

A stop leaves `stopped_by`, `stopped_at` and `status_before` on the item; a start takes them away again and
leaves `started_by` and `started_at`. By these a repeat recognises what an earlier try has done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.adapters import items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.tables import Table
from functions.adapters.transactions import Cancelled, transact
from functions.adapters.values import text_of
from functions.errors import Broken
from functions.facts import StrategyState
from functions.ports import Clock

# The same reading of the kill switch as `items.kill_switch_of`, in words that DynamoDB can evaluate.
# Anything but a plain `engaged: false`, or a proper list that leaves this strategy out, counts as engaged.
KILL_SWITCH_LETS_IT: Final = (
    "attribute_not_exists(#guard_id) OR #engaged = :no OR "
    "((attribute_type(#strategy_ids, :set) OR attribute_type(#strategy_ids, :list)) "
    "AND size(#strategy_ids) > :none AND NOT contains(#strategy_ids, :strategy))"
)


class DynamoTradingState:
    def __init__(
        self, aws: Aws, table: str, *, guards_table: str, acknowledged_attribute: str, clock: Clock
    ) -> None:
        self._aws, self._clock = aws, clock
        self._table = Table(aws, table, "strategy_id")
        self._guards = Table(aws, guards_table, "guard_id")
        self._acknowledged = acknowledged_attribute

    def all(self) -> Sequence[StrategyState]:
        return [items.strategy_of(item, self._acknowledged) for item in self._table.scan()]

    def get(self, strategy_id: str) -> StrategyState | None:
        item = self._table.get(strategy_id)
        return items.strategy_of(item, self._acknowledged) if item else None

    def stop(self, strategy_id: str, *, expected_status: str, stopped_by: str) -> bool:
        if expected_status == "stopped":
            raise Broken(f"{strategy_id}: a stopped strategy cannot be stopped: the mark would claim it")
        try:
            self._table.update(
                Saying.ACT,
                strategy_id,
                "SET #status = :stopped, #stopped_by = :by, #stopped_at = :at, #status_before = :expected",
                "#status = :expected",
                {
                    "stopped": "stopped",
                    "by": stopped_by,
                    "at": text_of(self._clock.now()),
                    "expected": expected_status,
                },
            )
        except ConditionFailed as failed:
            old = failed.old or {}
            return old.get("status") == "stopped" and old.get("stopped_by") == stopped_by
        return True

    def start(self, strategy_id: str, *, stopped_by: str, status: str) -> bool:
        back = self._table.updating(
            strategy_id,
            "SET #status = :status, #started_by = :by, #started_at = :at "
            "REMOVE #stopped_by, #stopped_at, #status_before",
            "#status = :stopped AND #stopped_by = :by",
            {"status": status, "stopped": "stopped", "by": stopped_by, "at": text_of(self._clock.now())},
        )
        allowed = self._guards.checking(
            items.KILL_SWITCH,
            KILL_SWITCH_LETS_IT,
            {"no": False, "set": "SS", "list": "L", "none": 0, "strategy": strategy_id},
        )
        try:
            transact(
                self._aws,
                Saying.ACT,
                f"start {strategy_id}",
                [{"Update": back}, {"ConditionCheck": allowed}],
            )
        except Cancelled as cancelled:
            old = cancelled.failed.get(0) or {}
            return old.get("status") == status and old.get("started_by") == stopped_by
        return True
