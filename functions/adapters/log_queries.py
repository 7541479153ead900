"""CloudWatch Logs Insights, asked without waiting (functions/adapters/insights.py asks and waits)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.adapters.insights import ENDED_BADLY, Query
from functions.log_queries import LogAnswer, LogQuery, LogRow


class InsightsQueries:
    def __init__(self, aws: Aws, log_group: str) -> None:
        self._aws, self._group = aws, log_group

    def start(self, queries: Sequence[LogQuery]) -> Sequence[str]:
        return [self._start(query) for query in queries]

    def fetch(self, query_ids: Sequence[str]) -> Sequence[LogAnswer]:
        return [self._fetch(query_id) for query_id in query_ids]

    def _start(self, query: LogQuery) -> str:
        text = Query(query.filters, query.start, query.end, query.limit).text
        with saying(Saying.READ, f"logs:StartQuery {self._group}"):
            answer = self._aws.client("logs", Saying.READ).start_query(
                logGroupName=self._group,
                # Whole seconds only: a line from just before the start (before a remedy, say) must not count.
                startTime=ceil(query.start.timestamp()),
                endTime=ceil(query.end.timestamp()),
                queryString=text,
                limit=query.limit,
            )
        return str(answer["queryId"])

    def _fetch(self, query_id: str) -> LogAnswer:
        with saying(Saying.READ, f"logs:GetQueryResults {self._group}"):
            answer: Any = self._aws.client("logs", Saying.READ).get_query_results(queryId=query_id)
        if answer["status"] in ENDED_BADLY:
            return LogAnswer("failed", why=f"the query ended as {answer['status']}")
        if answer["status"] != "Complete":
            return LogAnswer("running")
        rows = tuple(_row({cell["field"]: cell["value"] for cell in cells}) for cells in answer["results"])
        return LogAnswer("done", int(answer["statistics"]["recordsMatched"]), rows)


def _row(cells: Mapping[str, Any]) -> LogRow:
    at = datetime.fromisoformat(str(cells["@timestamp"]))
    return LogRow(at.replace(tzinfo=UTC), str(cells.get("@message", "")))
