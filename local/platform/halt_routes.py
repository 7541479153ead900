"""What an emergency stop is tried on: many strategies, bots that trade, a status page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from local.platform.aws import Aws
from local.platform.http import Answer, BadRequest, Request
from local.platform.pace import parse
from local.platform.seeding.many import MOST, put_many, remove_many
from local.platform.service import StrategyService
from local.platform.status_page import StatusPage

STATUS_PAGE = "/status-page"
Handler = Callable[[Request], Awaitable[Answer]]


class HaltRoutes:
    """`handlers` by method and path below `/_local`; the status page answers everything below its own."""

    def __init__(self, aws: Aws, service: StrategyService, page: StatusPage) -> None:
        self._aws, self._service, self._page = aws, service, page
        self.handlers: dict[tuple[str, str], Handler] = {
            ("POST", "/strategies"): self._put,
            ("DELETE", "/strategies"): self._remove,
            ("GET", "/stats"): self._stats,
            ("DELETE", "/stats"): self._forget,
        }

    def owns(self, path: str) -> bool:
        return path == STATUS_PAGE or path.startswith(f"{STATUS_PAGE}/")

    async def answer(self, request: Request, path: str) -> Answer:
        """Of the status page."""
        return await self._page.answer(request, path.removeprefix(STATUS_PAGE))

    async def _put(self, request: Request) -> Answer:
        """`{"count": 1000}`"""
        fields = request.fields()
        count = fields.get("count")
        if (
            set(fields) != {"count"}
            or not isinstance(count, int)
            or isinstance(count, bool)
            or not 0 < count <= MOST
        ):
            raise BadRequest(f"count: a whole number from 1 to {MOST}")
        return Answer.json({"strategy_ids": await asyncio.to_thread(put_many, self._aws, count)}, 201)

    async def _remove(self, _request: Request) -> Answer:
        return Answer.json({"removed": await asyncio.to_thread(remove_many, self._aws)})

    async def _stats(self, request: Request) -> Answer:
        """`?after=2026-11-22T22:00:00Z`: how many entry orders came later."""
        return Answer.json(await asyncio.to_thread(self._service.stats, _after(request)))

    async def _forget(self, _request: Request) -> Answer:
        await asyncio.to_thread(self._service.forget)
        return Answer(204)


def _after(request: Request) -> datetime | None:
    text = request.query.get("after")
    moment = parse(text)
    if text is not None and moment is None:
        raise BadRequest("after: ISO 8601 with Z or an offset")
    return moment
