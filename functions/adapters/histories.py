"""Step Functions' execution histories, page by page, with those of the children.

Inputs, outputs and parameters stay outside: they are asked for only where an execution started others, and of
what comes then nothing but the children's ARNs is kept (CONTRACT.md 6: a task token may stand in them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, code_of, word_for
from functions.adapters.history_events import STARTS, child_of, history_of
from functions.errors import Refused, RunbookError
from functions.history import History

# The API's own greatest page; an execution has at most 25,000 events.
PAGE: Final = 1_000
MOST_EVENTS: Final = 25_000
# A stop of a thousand strategies starts its batches as children; the rest is named.
MOST_EXECUTIONS: Final = 40


class StepFunctionsHistories:
    """`machine_prefix` is `arn:...:stateMachine:tradai-{env}-`; histories name machines without it."""

    def __init__(self, aws: Aws, machine_prefix: str, *, page: int = PAGE) -> None:
        self._aws, self._prefix = aws, machine_prefix.rpartition(":")[2]
        self._page = page

    def of(self, execution_arn: str) -> History:
        whole, unread, children = self._read(execution_arn, MOST_EVENTS)
        spans, events, read = list(whole.spans), whole.events, {execution_arn}
        while children:
            child = children.pop(0)
            if child in read:
                continue
            name = child.rpartition(":")[2]
            if len(read) >= MOST_EXECUTIONS or events >= MOST_EVENTS:
                unread.append(f"{name}: not read, for there is too much of it")
                continue
            read.add(child)
            try:
                found, more, below = self._read(child, MOST_EVENTS - events)
            except RunbookError as error:
                unread.append(f"{name}: {error}")
                continue
            spans += found.spans
            events += found.events
            unread += more
            children += below
        spans.sort(key=lambda span: span.entered_at)
        return replace(whole, spans=tuple(spans), events=events, unread=tuple(unread))

    def _read(self, arn: str, most: int) -> tuple[History, list[str], list[str]]:
        """One execution's own history, what of it is not read, and its children."""
        found: list[Mapping[str, Any]] = []
        unread: list[str] = []
        for event in self._events(arn, data=False):
            if len(found) == most:
                unread.append(f"{arn.rpartition(':')[2]}: not whole, read up to event {found[-1]['id']}")
                break
            found.append(event)
        history = history_of(arn, self._machine(arn), found)
        if not any(_starts_others(event) for event in found):
            return history, unread, []
        children: dict[str, None] = {}
        try:
            for number, event in enumerate(self._events(arn, data=True)):
                if number == most:
                    break
                if child := child_of(event):
                    children[child] = None
        except RunbookError as error:
            unread.append(f"{arn.rpartition(':')[2]}: its children: {error}")
        return history, unread, list(children)

    def _events(self, arn: str, *, data: bool) -> Iterator[Mapping[str, Any]]:
        client = self._aws.client("stepfunctions", Saying.READ)
        token: str | None = None
        while True:
            more = {"nextToken": token} if token else {}
            try:
                answer = client.get_execution_history(
                    executionArn=arn, maxResults=self._page, includeExecutionData=data, **more
                )
            except (ClientError, BotoCoreError) as error:
                if isinstance(error, ClientError) and code_of(error) == "ExecutionDoesNotExist":
                    raise Refused(f"there is no execution {arn} (any more)") from error
                raise word_for(error, Saying.READ, "states:GetExecutionHistory") from error
            yield from answer["events"]
            token = answer.get("nextToken")
            if not token:
                return

    def _machine(self, arn: str) -> str:
        """`arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME`."""
        parts = arn.split(":")
        return parts[6].removeprefix(self._prefix) if len(parts) > 6 else arn


def _starts_others(event: Mapping[str, Any]) -> bool:
    detail = event.get("taskScheduledEventDetails") or {}
    return str(detail.get("resource", "")).startswith(STARTS)
