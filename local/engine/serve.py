"""Serve the combined application by hypercorn until a signal or the parent's end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Protocol

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from ministack import app as ministack_app
from ministack.core import lambda_runtime

from local.engine import fixes
from local.engine.asgi import App, combined
from local.engine.disturbed import answers as disturbances
from local.engine.environment import Credentials
from local.engine.options import Options
from local.engine.refusals import Refusals

GRACEFUL_SECONDS = 0.5


class StandIn(Protocol):
    """What the engine needs of the stand-in platform."""

    @property
    def asgi(self) -> App:
        """The application that answers below `/_local`."""

    def start(self) -> None:
        """Begin the platform's threads; it may call the engine's own port."""

    def stop(self) -> None:
        """End them."""


def serve(options: Options, server: socket.socket, credentials: Credentials, on_ready: Callable[[], None]) -> bool:
    """Apply the fixes, serve on the given listening socket, and clean up the Lambda processes.

    Returns:
        Whether it ended because the parent did.
    """
    setup = fixes.Setup(time_scale=options.time_scale, iam=options.iam, meter=options.meter)
    fixes.apply_all(setup, without=options.without)
    disturbances.install()
    platform = _platform(options, server, credentials) if options.platform else None
    try:
        return asyncio.run(_serve(options, server, platform, on_ready))
    finally:
        if platform is not None:
            platform.stop()
        lambda_runtime.reset()


def _platform(options: Options, server: socket.socket, credentials: Credentials) -> StandIn:
    # Imported here: the stand-in is a part of its own, which an engine without a platform does not need.
    from local.platform.standin import create

    pair = (credentials.access_key_id, credentials.secret_access_key) if options.iam else None
    made: StandIn = create(f"http://127.0.0.1:{server.getsockname()[1]}", options.time_scale, pair)
    return made


async def _serve(
    options: Options, server: socket.socket, platform: StandIn | None, on_ready: Callable[[], None]
) -> bool:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    orphaned = False

    def abandon() -> None:
        nonlocal orphaned
        orphaned = True
        stop.set()

    if options.lifeline_fd is not None:
        _watch_parent(options.lifeline_fd, lambda: loop.call_soon_threadsafe(abandon))

    starting: list[asyncio.Task[None]] = []

    def ready() -> None:
        on_ready()
        if platform is not None:
            # Off the loop: the platform calls this very server.
            starting.append(loop.create_task(asyncio.to_thread(platform.start)))

    config = Config()
    config.bind = [f"fd://{server.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = GRACEFUL_SECONDS
    config.shutdown_timeout = 5
    config.loglevel = "WARNING"
    application = Refusals(combined(ministack_app.app, platform.asgi if platform else None, ready))
    await hypercorn_serve(application, config, shutdown_trigger=stop.wait)
    return orphaned


def _watch_parent(lifeline_fd: int, stop: Callable[[], object]) -> None:
    """Call `stop` when the other end of the pipe closes, however the parent ended."""

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(lifeline_fd, 1):
                pass
        stop()

    threading.Thread(target=wait, daemon=True, name="lifeline").start()
