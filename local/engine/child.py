"""A started child: its readiness, its log, its end, and what can go wrong."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from pathlib import Path

STOP_SECONDS = 10.0
EXIT_PORT_TAKEN = 3


class EngineError(Exception):
    """The embedded AWS could not be had."""


class PortTaken(EngineError):
    """Another process listens on the wanted port."""


class EngineDied(EngineError):
    """The child ended; the message holds the last lines of its log."""


class NotReady(EngineError):
    """The child lives but did not become ready in time."""


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log, for an error message; empty if there is none."""
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return ""


def await_ready(
    process: subprocess.Popen[bytes], ready_fd: int, timeout: float, log: Path, port: int | None
) -> dict[str, object]:
    """Wait for the child's line of JSON.

    Raises:
        PortTaken, EngineDied, NotReady.
    """
    deadline = time.monotonic() + timeout
    received = b""
    with selectors.DefaultSelector() as selector:
        selector.register(ready_fd, selectors.EVENT_READ)
        while not received.endswith(b"\n"):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise NotReady(f"the embedded AWS was not ready within {timeout:g} s:\n{last_lines(log)}")
            part = os.read(ready_fd, 65536)
            if not part:
                code = process.wait(STOP_SECONDS)
                if code == EXIT_PORT_TAKEN:
                    raise PortTaken(f"port {port} of 127.0.0.1 is taken by another process")
                raise EngineDied(f"the embedded AWS ended with code {code}:\n{last_lines(log)}")
            received += part
    ready: dict[str, object] = json.loads(received)
    return ready


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the child to end, and make it if it will not; returns when it is gone."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
