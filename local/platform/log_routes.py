"""`/_local/log-lines`: a busy hour in the service's log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from local.platform.aws import Aws
from local.platform.http import Answer, BadRequest, Request
from local.platform.seeding.log_volume import MOST, put_lines, remove_lines

Handler = Callable[[Request], Awaitable[Answer]]


class LogRoutes:
    """`handlers` by method and path below `/_local`."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.handlers: dict[tuple[str, str], Handler] = {
            ("POST", "/log-lines"): self._put,
            ("DELETE", "/log-lines"): self._remove,
        }

    async def _put(self, request: Request) -> Answer:
        """`{"count": 100000, "failures": {"-2019": 40}, "plain": false}`; only `count` is needed."""
        fields = request.fields()
        if unknown := sorted(set(fields) - {"count", "failures", "plain"}):
            raise BadRequest(f"unknown field: {', '.join(unknown)}")
        count, plain = _whole(fields.get("count"), "count", MOST), fields.get("plain", False)
        if not isinstance(plain, bool):
            raise BadRequest("plain: true or false")
        failures = _failures(fields.get("failures", {}), count)
        stream = await asyncio.to_thread(partial(put_lines, self._aws, count, failures, plain=plain))
        return Answer.json({"lines": count, "stream": stream}, 201)

    async def _remove(self, _request: Request) -> Answer:
        return Answer.json({"removed": await asyncio.to_thread(remove_lines, self._aws)})


def _failures(given: Any, count: int) -> dict[int, int]:
    """Raises BadRequest."""
    if not isinstance(given, dict):
        raise BadRequest("failures: an object of the venue's codes and how many orders failed with each")
    found: dict[int, int] = {}
    for code, times in given.items():
        try:
            number = int(code)
        except ValueError:
            raise BadRequest(f"failures: {code!r} is no code of the venue") from None
        found[number] = _whole(times, f"failures: {code}", count)
    if sum(found.values()) > count:
        raise BadRequest("failures: no more than there are lines")
    return found


def _whole(value: object, name: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise BadRequest(f"{name}: a whole number from 1 to {most}")
    return value
