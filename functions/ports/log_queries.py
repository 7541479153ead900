"""The service's log group, asked without waiting: starting, waiting and fetching are states of a machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from functions.log_queries import LogAnswer, LogQuery


class LogQueries(Protocol):
    """Logs Insights sees a line within about a minute of its writing. The cost is bounded by the window, whatever
    the lines are: each query reads it once."""

    def start(self, queries: Sequence[LogQuery]) -> Sequence[str]:
        """The ids of the queries, in their order. Asked again they are other queries: nothing but cost."""
        ...

    def fetch(self, query_ids: Sequence[str]) -> Sequence[LogAnswer]:
        """How each stands now, in their order."""
        ...
