"""CloudWatch Logs Insights: queries that are started together and waited for, within a time.

A query states its filter, the newest rows first and a limit; the whole number of matches comes from
`recordsMatched` and is right whatever the limit is. Insights sees a line within about a minute of its
writing; `DescribeLogStreams` may lag by an hour (AWS: "updates on an eventual consistency basis").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any, Final

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.errors import Transient

DEADLINE_SECONDS: Final = 40.0
PAUSES: Final = (0.3, 0.7, 1.0)
ENDED_BADLY: Final = frozenset({"Failed", "Cancelled", "Timeout"})


@dataclass(frozen=True, slots=True)
class Query:
    """`filters` are regular expressions, all of which a line must match."""

    filters: tuple[str, ...]
    start: datetime
    end: datetime
    limit: int

    @property
    def text(self) -> str:
        stages = ["fields @timestamp, @message"]
        stages += [f"filter @message like /{regex}/" for regex in self.filters]
        return " | ".join([*stages, "sort @timestamp desc", f"limit {self.limit}"])


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`matched` counts every match, `rows` are the newest of them, newest first."""

    matched: int
    rows: tuple[Row, ...]


class Insights:
    """`deadline` is a moment of the monotonic clock, shared by all queries of one reading."""

    def __init__(self, aws: Aws, log_group: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._aws, self._group, self._sleep = aws, log_group, sleep

    def ask(self, queries: Sequence[Query], deadline: float) -> list[Answer]:
        """Answers in the order of the queries; `Transient` where one does not come in time."""
        ids = [self._start(query) for query in queries]
        answers: dict[str, Answer] = {}
        for turn in range(1_000):
            for query_id in ids:
                if query_id not in answers and (answer := self._answer(query_id)) is not None:
                    answers[query_id] = answer
            if len(answers) == len(ids):
                return [answers[query_id] for query_id in ids]
            if time.monotonic() > deadline:
                break
            self._sleep(PAUSES[min(turn, len(PAUSES) - 1)])
        raise Transient(f"logs:GetQueryResults {self._group}: {len(ids) - len(answers)} queries still run")

    def _start(self, query: Query) -> str:
        with saying(Saying.READ, f"logs:StartQuery {self._group}"):
            answer = self._aws.client("logs", Saying.READ).start_query(
                logGroupName=self._group,
                # Whole seconds only: a line from just before the start (before a remedy, say) must not count.
                startTime=ceil(query.start.timestamp()),
                endTime=ceil(query.end.timestamp()),
                queryString=query.text,
                limit=query.limit,
            )
        return str(answer["queryId"])

    def _answer(self, query_id: str) -> Answer | None:
        with saying(Saying.READ, f"logs:GetQueryResults {self._group}"):
            answer = self._aws.client("logs", Saying.READ).get_query_results(queryId=query_id)
        if answer["status"] in ENDED_BADLY:
            raise Transient(f"logs:GetQueryResults {self._group}: the query ended as {answer['status']}")
        if answer["status"] != "Complete":
            return None
        rows = tuple(_row({cell["field"]: cell["value"] for cell in cells}) for cells in answer["results"])
        return Answer(int(answer["statistics"]["recordsMatched"]), rows)


def _row(cells: Mapping[str, Any]) -> Row:
    at = datetime.fromisoformat(cells["@timestamp"])
    return Row(at.replace(tzinfo=UTC), str(cells.get("@message", "")))
