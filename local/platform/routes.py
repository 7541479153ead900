"""What the stand-in answers below `/_local`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from local.platform.bots import SWITCHES
from local.platform.exchange.control import ExchangeControl
from local.platform.exchange.fallback import FallbackRoutes
from local.platform.exchange.routes import ExchangeRoutes
from local.platform.faults.base import BadFault
from local.platform.faults.board import Board, catalogue
from local.platform.faults.outside import DatabaseDown, NetworkDown
from local.platform.freqtrade.api import FreqtradeRoutes
from local.platform.halt_routes import HaltRoutes
from local.platform.http import Answer, BadRequest, Receive, Request, Scope, Send, read, write
from local.platform.log_routes import LogRoutes
from local.platform.mail_routes import ONE, MailRoutes
from local.platform.position_routes import PositionRoutes
from local.platform.service import StrategyService

PREFIX = "/_local"
EXCHANGE = f"{PREFIX}/exchange"
FALLBACK = f"{PREFIX}/exchange2"
CONTROL = f"{PREFIX}/exchange-control"
BOTS = f"{PREFIX}/freqtrade"
logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Answer]]


class Runner(Protocol):
    """Begins the service, once."""

    @property
    def begun(self) -> bool: ...

    def begin(self) -> None: ...


class Routes:
    """An ASGI application. What talks to AWS runs in a thread: the answer comes from this very event loop."""

    def __init__(
        self,
        runner: Runner,
        service: StrategyService,
        mail: MailRoutes,
        venue: ExchangeRoutes,
        fallback: FallbackRoutes,
        halt: HaltRoutes,
        control: ExchangeControl,
        positions: PositionRoutes,
        bots: FreqtradeRoutes,
        logs: LogRoutes,
    ) -> None:
        self._runner, self._service, self._mail, self._halt = runner, service, mail, halt
        self._venue, self._fallback, self._control, self._bots = venue, fallback, control, bots
        self._handlers: dict[tuple[str, str], Handler] = {
            ("GET", "/health"): self._health,
            ("GET", "/platform"): self._health,
            ("POST", "/platform"): self._platform,
            ("GET", "/faults"): self._faults,
            ("POST", "/faults"): self._inject,
            ("DELETE", "/faults"): self._clear,
            ("GET", "/database/health"): self._database,
            ("GET", "/network/health"): self._network,
            **mail.handlers,
            **halt.handlers,
            **positions.handlers,
            **bots.handlers,
            **logs.handlers,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await read(scope, receive)
        try:
            answer = await self._answer(request)
        except BadRequest as error:
            answer = Answer.json({"message": str(error)}, 400)
        except Exception as error:
            logger.exception("a request to the stand-in broke")
            answer = Answer.json({"message": f"{type(error).__name__}: {error}"}, 500)
        await write(answer, send)

    async def _answer(self, request: Request) -> Answer:
        path = request.path.removeprefix(PREFIX).rstrip("/")
        if request.path.startswith(f"{EXCHANGE}/"):
            return await self._venue.answer(request, request.path.removeprefix(EXCHANGE))
        if request.path.startswith(f"{CONTROL}/"):
            return await self._control.answer(request, request.path.removeprefix(CONTROL))
        if request.path.startswith(f"{FALLBACK}/"):
            return await self._fallback.answer(request, request.path.removeprefix(FALLBACK))
        if request.path.startswith(f"{BOTS}/"):
            return await self._bots.answer(request, request.path.removeprefix(BOTS))
        if self._halt.owns(path):
            return await self._halt.answer(request, path)
        if path.startswith(ONE) and request.method == "GET":
            return await self._mail.message(request, path.removeprefix(ONE))
        handler = self._handlers.get((request.method, path))
        if handler is not None:
            return await handler(request)
        allowed = [method for method, known in self._handlers if known == path]
        if allowed:
            return Answer.json({"message": f"allowed: {', '.join(allowed)}"}, 405, {"allow": ", ".join(allowed)})
        return Answer.json({"message": f"not found: {request.path}"}, 404)

    async def _health(self, _request: Request) -> Answer:
        running = [copy.task_arn for copy in self._service.copies()]
        return Answer.json({"ready": True, "started": self._runner.begun, "copies": running})

    async def _platform(self, request: Request) -> Answer:
        fields = request.fields()
        if not fields or set(fields) - {"start", *SWITCHES} or fields.get("start", True) is not True:
            raise BadRequest(f'send {{"start": true}}, and true or false for {", ".join(SWITCHES)}')
        wanted: dict[str, bool] = {name: fields[name] for name in SWITCHES if name in fields}
        if wrong := [name for name, on in wanted.items() if not isinstance(on, bool)]:
            raise BadRequest(f"{wrong[0]}: true or false")
        await asyncio.to_thread(self._service.switch, wanted)
        if "start" in fields:
            await asyncio.to_thread(self._runner.begin)
        return await self._health(request)

    async def _faults(self, _request: Request) -> Answer:
        return Answer.json(_listed(self._service.board))

    async def _inject(self, request: Request) -> Answer:
        name, strategy, count = _wanted(request.fields())
        if not self._runner.begun:
            raise BadRequest("the platform has not started yet")
        try:
            fault = await asyncio.to_thread(self._service.inject, name, strategy, count)
        except BadFault as error:
            raise BadRequest(str(error)) from None
        return Answer.json(fault.as_dict(), 201)

    async def _clear(self, _request: Request) -> Answer:
        return Answer.json({"cleared": await asyncio.to_thread(self._service.clear)})

    async def _database(self, _request: Request) -> Answer:
        if self._active(DatabaseDown):
            return Answer.json({"status": "down", "message": "connection refused"}, 503)
        return Answer.json({"status": "up"})

    async def _network(self, _request: Request) -> Answer:
        if self._active(NetworkDown):
            return Answer(0, dropped=True)
        return Answer.json({"status": "up"})

    def _active(self, kind: type) -> bool:
        return any(isinstance(fault, kind) for fault in self._service.board.active)


def _wanted(fields: dict[str, Any]) -> tuple[str, str | None, int | None]:
    """name, strategy, count. Raises BadRequest, naming the field."""
    unknown = sorted(set(fields) - {"name", "strategy", "count"})
    if unknown:
        raise BadRequest(f"unknown field: {', '.join(unknown)}")
    name, strategy, count = fields.get("name"), fields.get("strategy"), fields.get("count")
    if not isinstance(name, str):
        raise BadRequest("name: must be the name of a fault")
    if strategy is not None and not isinstance(strategy, str):
        raise BadRequest("strategy: must be a strategy's id")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool)):
        raise BadRequest("count: must be a whole number")
    return name, strategy, count


def _listed(board: Board) -> dict[str, Any]:
    return {
        "faults": catalogue(),
        "active": [fault.as_dict() for fault in board.active],
        "injected": [fault.as_dict() for fault in board.all],
    }
