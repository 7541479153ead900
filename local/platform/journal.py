"""The strategy service's log: structured JSON lines, and plain ones where a library or the kernel speaks."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Callable, Collection
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.platform.aws import Aws
from local.platform.names import CONTAINER, LOG_GROUP
from local.platform.pace import now, stamp

EVENTS_A_CALL = 1000
logger = logging.getLogger(__name__)


class Journal:
    """Collects the lines of one cycle and sends them in one call a copy, to streams named as awslogs does."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._lines: dict[str, list[dict[str, Any]]] = {}
        self._streams: set[str] = set()
        # With a line of trouble since the last `age_troubles`: reading every stream of a long day takes seconds.
        self._troubled: set[str] = set()

    def event(self, task_id: str, level: str, strategy_id: str | None, event: str, **more: object) -> None:
        """One JSON line: ts, level, strategy_id (left out where the line concerns the service), event, ..."""
        line: dict[str, object] = {"ts": stamp(now()), "level": level}
        if strategy_id is not None:
            line["strategy_id"] = strategy_id
        self._write(task_id, json.dumps({**line, "event": event, **more}), trouble=level != "INFO")

    def plain(self, task_id: str, text: str) -> None:
        self._write(task_id, text, trouble=True)

    def _write(self, task_id: str, text: str, *, trouble: bool) -> None:
        line = {"timestamp": time.time_ns() // 1_000_000, "message": text}
        self._lines.setdefault(task_id, []).append(line)
        if trouble:
            self._troubled.add(_stream(task_id))

    def send(self) -> None:
        """Sends what was collected; what cannot be sent is dropped, as a full awslogs buffer would."""
        collected, self._lines = self._lines, {}
        for task_id, lines in collected.items():
            stream = _stream(task_id)
            try:
                self._put(stream, lines)
            except (BotoCoreError, ClientError) as error:
                # The service trades on without its log; a stream that was lost is opened again.
                self._streams.discard(stream)
                logger.warning("%d log lines were dropped: %s", len(lines), error)

    def age(self, strategy_ids: Collection[str] | None, seconds: float) -> None:
        """The lines of these strategies (None: every line) look that much older.

        Ages are real seconds at every time scale, so what has been silent for minutes has to be made so.
        """
        self.send()
        self._age(self._streams, lambda text: _of(text, strategy_ids), seconds)

    def age_troubles(self, seconds: float) -> None:
        """Every line of a trouble looks that much older; what a healthy service writes stays where it is."""
        self.send()
        self._age(self._streams & self._troubled, _is_trouble, seconds)
        self._troubled.clear()

    def _age(self, streams: Collection[str], concerned: Callable[[str], bool], seconds: float) -> None:
        logs, by = self._aws.client("logs"), int(seconds * 1000)
        for stream in sorted(streams):
            try:
                lines = self._written(stream)
                logs.delete_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
            except ClientError as error:
                logger.warning("the lines of %s cannot be made older: %s", stream, error)
                continue
            self._streams.discard(stream)
            aged = [(at - by if concerned(text) else at, text) for at, text in lines]
            self._lines[stream.rpartition("/")[2]] = [
                {"timestamp": at, "message": text} for at, text in sorted(aged, key=lambda line: line[0])
            ]
        self.send()

    def _written(self, stream: str) -> list[tuple[int, str]]:
        """Every line of a stream, with its time in milliseconds."""
        wanted: dict[str, Any] = {"logGroupName": LOG_GROUP, "logStreamName": stream, "startFromHead": True}
        lines: list[tuple[int, str]] = []
        while True:
            page = self._aws.client("logs").get_log_events(**wanted)
            lines += [(event["timestamp"], event["message"]) for event in page["events"]]
            # CloudWatch Logs: the end is reached when the token stays the same.
            if not page["events"] or page["nextForwardToken"] == wanted.get("nextToken"):
                return lines
            wanted["nextToken"] = page["nextForwardToken"]

    def _put(self, stream: str, lines: list[dict[str, Any]]) -> None:
        if stream not in self._streams:
            self._open(stream)
        for first in range(0, len(lines), EVENTS_A_CALL):
            self._aws.client("logs").put_log_events(
                logGroupName=LOG_GROUP, logStreamName=stream, logEvents=lines[first : first + EVENTS_A_CALL]
            )

    def _open(self, stream: str) -> None:
        logs = self._aws.client("logs")
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
        self._streams.add(stream)


def _stream(task_id: str) -> str:
    return f"strategies/{CONTAINER}/{task_id}"


def _of(text: str, strategy_ids: Collection[str] | None) -> bool:
    """Whether the line names one of them; None: any line."""
    if strategy_ids is None:
        return True
    try:
        line = json.loads(text)
    except ValueError:
        return False
    return isinstance(line, dict) and line.get("strategy_id") in strategy_ids


def _is_trouble(text: str) -> bool:
    """Whether it is no line of everyday: plain text, or JSON above INFO."""
    try:
        line = json.loads(text)
    except ValueError:
        return True
    return not isinstance(line, dict) or line.get("level") != "INFO"
