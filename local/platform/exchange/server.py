"""The venue alone, without the embedded AWS: for tests of what talks to it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from local.platform.exchange.control import ExchangeControl
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.routes import ExchangeRoutes
from local.platform.exchange.venue import Venue
from local.platform.http import Answer, Receive, Request, Scope, Send, read, write
from local.platform.pace import Pace

MAIN: Final = "main"
SECOND: Final = "second"
CONTROL: Final = "/_local/exchange-control"


@dataclass(frozen=True)
class Keys:
    """An account's key at the venue."""

    key: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls) -> Keys:
        """Random ones, of the venue's length."""
        return cls(secrets.token_hex(32), secrets.token_hex(32))


@dataclass(frozen=True)
class Served:
    """`url`: what stands before `/fapi/v1/...`. `keys`: of the accounts `main` and `second`."""

    url: str
    venue: Venue
    keys: dict[str, Keys]

    @property
    def exchange(self) -> Exchange:
        return self.venue.exchange


class Routes(Protocol):
    """What a venue answers: Binance's API, or another's."""

    async def answer(self, request: Request, path: str) -> Answer: ...


class Standalone:
    """An ASGI application: the venue at the root, its control below `/_local/exchange-control`."""

    def __init__(self, venue: Venue, routes: Callable[[Venue], Routes] = ExchangeRoutes) -> None:
        self._venue, self._control = routes(venue), ExchangeControl(venue)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        request = await read(scope, receive)
        answer: Answer
        if request.path.startswith(f"{CONTROL}/"):
            answer = await self._control.answer(request, request.path.removeprefix(CONTROL))
        else:
            answer = await self._venue.answer(request, request.path)
        await write(answer, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


@contextlib.contextmanager
def serve(
    venue: Venue | None = None, *, port: int = 0, routes: Callable[[Venue], Routes] = ExchangeRoutes
) -> Iterator[Served]:
    """Serves a venue on 127.0.0.1 in a thread until the block ends.

    A new venue has the accounts `main` and `second` with random keys; one that is given keeps its own. `routes`:
    whose API it speaks.
    """
    keys: dict[str, Keys] = {}
    if venue is None:
        venue = Venue(Pace())
        keys = {name: Keys.new() for name in (MAIN, SECOND)}
        for name, one in keys.items():
            venue.exchange.add_account(name, one.key, one.secret)
    else:
        keys = {one.name: Keys(one.key, one.secret) for one in venue.exchange.accounts.values()}
    listening = socket.create_server(("127.0.0.1", port))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_serve(Standalone(venue, routes), listening, ready, stop)),
        name="exchange",
        daemon=True,
    )
    thread.start()
    try:
        if not ready.wait(10):
            raise RuntimeError("the stand-in exchange does not start")
        yield Served(address, venue, keys)
    finally:
        stop.set()
        thread.join(timeout=10)


def _told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Calls that still hang when the venue is taken down are cancelled; that is no error worth telling."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


async def _serve(
    application: Standalone, listening: socket.socket, ready: threading.Event, stop: threading.Event
) -> None:
    asyncio.get_running_loop().set_exception_handler(_told)
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.1
    config.shutdown_timeout = 2
    config.loglevel = "ERROR"

    async def stopped() -> None:
        # A listening socket queues what comes before the server accepts, so that it is ready from here on.
        ready.set()
        while not stop.is_set():
            await asyncio.sleep(0.02)

    await hypercorn_serve(application, config, shutdown_trigger=stopped)
