"""Twin of Logs Insights asked without waiting."""

from __future__ import annotations

import re
from collections.abc import Sequence

from functions.adapters.memory.world import World
from functions.log_queries import LogAnswer, LogQuery, LogRow


class MemoryLogQueries:
    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, queries: Sequence[LogQuery]) -> Sequence[str]:
        ids = [f"query-{len(self._world.queries) + n}" for n, _ in enumerate(queries)]
        self._world.queries.update(zip(ids, queries, strict=True))
        return ids

    def fetch(self, query_ids: Sequence[str]) -> Sequence[LogAnswer]:
        if self._world.queries_run_for > 0:
            self._world.queries_run_for -= 1
            return [LogAnswer("running") for _ in query_ids]
        return [self._answer(query_id) for query_id in query_ids]

    def _answer(self, query_id: str) -> LogAnswer:
        if query_id in self._world.queries_fail:
            return LogAnswer("failed", why="the query ended as Failed")
        query = self._world.queries[query_id]
        wanted = [re.compile(regex) for regex in query.filters]
        found = [
            LogRow(line.at, line.message)
            for line in sorted(self._world.lines, key=lambda line: line.at, reverse=True)
            if query.start <= line.at <= query.end and all(regex.search(line.message) for regex in wanted)
        ]
        return LogAnswer("done", len(found), tuple(found[: query.limit]))
