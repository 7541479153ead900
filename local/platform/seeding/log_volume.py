"""A busy hour in the service's log, written at once: for measurements of whoever reads it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from local.platform.aws import Aws
from local.platform.exchange.broken import SAID_OF_CODE
from local.platform.names import CONTAINER, LOG_GROUP, VENUE
from local.platform.ordering.door import Said
from local.platform.ordering.words import FAILED, PLACED, exception
from local.platform.pace import stamp

MOST: Final = 1_000_000
# Of the last hour its first minute stays free, so that all of it is still inside when somebody looks.
HOUR: Final = 3_540_000
# CloudWatch Logs: 10 000 events and 1 MB a call.
EVENTS_A_CALL: Final = 4_000
PREFIX: Final = f"strategies/{CONTAINER}/volume-"
EVERYDAY: Final = ("signal_processed", "heartbeat_written", PLACED, "candles_fetched")


def put_lines(aws: Aws, count: int, failures: Mapping[int, int], *, plain: bool) -> str:
    """So many lines, evenly over the last hour, in a stream of their own; among them failed orders.

    Args:
        count: of all lines.
        failures: how many orders failed with which code of the venue, evenly among the others.
        plain: lines of text instead of JSON.

    Returns:
        The stream's name.
    """
    logs, end = aws.client("logs"), time.time_ns() // 1_000_000
    stream = f"{PREFIX}{end}"
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
    batch: list[dict[str, Any]] = []
    for event in _events(count, failures, end, plain=plain):
        batch.append(event)
        if len(batch) == EVENTS_A_CALL:
            logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream, logEvents=batch)
            batch = []
    if batch:
        logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream, logEvents=batch)
    return stream


def remove_lines(aws: Aws) -> int:
    """Every stream that was written so. Returns how many there were."""
    logs = aws.client("logs")
    pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=LOG_GROUP, logStreamNamePrefix=PREFIX)
    names = [one["logStreamName"] for page in pages for one in page["logStreams"]]
    for name in names:
        logs.delete_log_stream(logGroupName=LOG_GROUP, logStreamName=name)
    return len(names)


def _events(count: int, failures: Mapping[int, int], end: int, *, plain: bool) -> Iterator[dict[str, Any]]:
    failed = _spread(count, failures)
    for number in range(count):
        at = end - HOUR + (number + 1) * HOUR // (count + 1)
        yield {"timestamp": at, "message": _line(number, failed.get(number), at, plain=plain)}


def _spread(count: int, failures: Mapping[int, int]) -> dict[int, int]:
    """Which line tells of which code: each code evenly over the hour, on lines that no other has."""
    found: dict[int, int] = {}
    for code, times in failures.items():
        for number in range(times):
            place = (2 * number + 1) * count // (2 * times)
            while place in found:
                place = (place + 1) % count
            found[place] = code
    return found


def _line(number: int, code: int | None, at: int, *, plain: bool) -> str:
    strategy, ts = f"strategy-{number % 50:05}", stamp(datetime.fromtimestamp(at / 1000, UTC))
    if code is None:
        if plain:
            return f"{ts} - tradai.worker - INFO - {strategy}: {EVERYDAY[number % 4]} in {number % 40 + 1} ms"
        line = {"ts": ts, "level": "INFO", "strategy_id": strategy, "event": EVERYDAY[number % 4]}
        return json.dumps({**line, "took_ms": number % 40 + 1})
    error = exception(Said(400, code, SAID_OF_CODE.get(code, "An unknown error occurred.")))
    if plain:
        return f"{ts} - tradai.orders - ERROR - {strategy}: order failed: ccxt.base.errors.{error}"
    line = {"ts": ts, "level": "ERROR", "strategy_id": strategy, "event": FAILED}
    return json.dumps({**line, "exchange": VENUE, "symbol": "BTC/USDT:USDT", "error": error})
