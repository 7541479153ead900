"""Execution histories, read as they grow: newest first, until what is known; every event redacted.

`GetExecutionHistory` pages from either end. Reading backwards costs one call a look however long the
history is. Reads are eventually consistent, so only the next expected ids are taken, gaps wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from console.redact import redact

Event = dict[str, Any]
PAGE = 100

__all__ = ["Event", "HistoryReader", "redact"]


class HistoryClient(Protocol):
    """The one call of boto3's Step Functions client that is needed here."""

    def get_execution_history(self, **arguments: Any) -> Mapping[str, Any]: ...


class HistoryReader:
    """Follows one execution."""

    def __init__(self, client: HistoryClient, execution_arn: str) -> None:
        self._client, self._arn = client, execution_arn
        self.last_id = 0

    def new_events(self) -> list[Event]:
        """Events since the last call, oldest first, redacted."""
        found: dict[int, Event] = {}
        token: str | None = None
        while True:
            more = {"nextToken": token} if token else {}
            page = self._client.get_execution_history(
                executionArn=self._arn, maxResults=PAGE, reverseOrder=True, includeExecutionData=True, **more
            )
            events = page["events"]
            found.update((int(event["id"]), event) for event in events if int(event["id"]) > self.last_id)
            token = page.get("nextToken")
            if not token or not events or min(int(event["id"]) for event in events) <= self.last_id + 1:
                break
        fresh: list[Event] = []
        while self.last_id + 1 in found:
            self.last_id += 1
            fresh.append(redact(found[self.last_id]))
        return fresh
