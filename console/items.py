"""Incidents as the caller may read them from their table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from console.aws import Aws
from console.errors import ConsoleError, ExitCode

# What a list needs: none of the long lists.
BRIEF: Final = (
    "incident_id", "runbook", "outcome", "cause", "opened_at", "closed_at", "ended_at", "execution_arn", "severity",
    "strategy_ids", "position_ids", "dry_run", "drill", "open_questions", "follow_up", "report_key",
)  # fmt: skip


def incident(aws: Aws, incident_id: str) -> Mapping[str, Any]:
    """Raises `ConsoleError` where there is none."""
    found = aws.table(aws.names.incidents_table).get_item(Key={"incident_id": incident_id}).get("Item")
    if found is None:
        raise ConsoleError(
            ExitCode.NOT_FOUND,
            f"there is no incident {incident_id!r} in {aws.env}",
            "`runbooks incidents list`",
        )
    item: Mapping[str, Any] = found
    return item


def every_incident(aws: Aws) -> Iterator[Mapping[str, Any]]:
    """Without their long lists. Incidents are hundreds a year, so a scan is right."""
    names = {f"#{name}": name for name in BRIEF}
    wanted: dict[str, Any] = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    table = aws.table(aws.names.incidents_table)
    while True:
        page = table.scan(**wanted)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]
