"""The heartbeats of an environment as they stand in the trading state table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from console.aws import Aws
from functions.settings import Meaning


def heartbeats(aws: Aws) -> dict[str, timedelta | None]:
    """Age of the heartbeat of every strategy that should trade; None where it cannot be read."""
    settings = aws.settings
    found: dict[str, timedelta | None] = {}
    wanted: dict[str, Any] = {"ConsistentRead": True}
    table = aws.table(settings.platform.trading_state_table)
    while True:
        page = table.scan(**wanted)
        for item in page["Items"]:
            if settings.meaning(str(item.get("status"))) is Meaning.TRADES:
                found[str(item["strategy_id"])] = _age(item.get("last_heartbeat"))
        if "LastEvaluatedKey" not in page:
            return dict(sorted(found.items()))
        wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _age(text: Any) -> timedelta | None:
    try:
        return datetime.now(UTC) - datetime.fromisoformat(str(text))
    except (ValueError, TypeError):
        return None


def stale(aws: Aws) -> list[str]:
    """Strategies that should trade and whose heartbeat is older than the limit, or unreadable."""
    limit = timedelta(seconds=aws.settings.limits.heartbeat_stale_after)
    return [name for name, age in heartbeats(aws).items() if age is None or age > limit]
