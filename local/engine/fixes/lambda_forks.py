"""A Lambda's process is forked from one that has imported what all functions import."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from ministack.core import lambda_runtime

from local.engine import forks
from local.engine.fixes.patching import MinistackChanged
from local.engine.fixes.registry import Setup, fix

SCRIPT = forks.__file__
# What a function's start spends most of its time on: the layer's libraries, and our own modules that most share.
PRELOAD = (
    "botocore.session",
    "botocore.handlers",
    "botocore.endpoint",
    "botocore.parsers",
    "botocore.signers",
    "botocore.httpsession",
    "pydantic",
    "pydantic.type_adapter",
    "aws_lambda_powertools.logging",
    "functions.runtime",
    "functions.contracts",
    "functions.adapters.wiring",
    "functions.adapters.aws",
    "functions.adapters.tables",
    "functions.adapters.items",
    "functions.adapters.incidents",
    "functions.adapters.guards",
    "functions.ending",
    "functions.collecting",
)
# Those that most of our functions speak to.
SERVICES = ("cloudwatch", "dynamodb", "ecs", "logs", "s3", "sns", "stepfunctions")
Key = tuple[str, ...]


@fix("lambda-forks")
def fork_the_functions(_setup: Setup) -> None:
    """The first call of each of many functions costs a fork, and not a second of imports.

    AWS: Lambda developer guide, "Understanding the Lambda execution environment lifecycle": functions start side by
    side on machines of their own; here all of them share the laptop's cores. Only where the kernel names processes
    safely (Linux); elsewhere each imports for itself, as ministack does it.
    """
    if getattr(lambda_runtime, "subprocess", None) is not subprocess:
        raise MinistackChanged("lambda_runtime does not start processes by subprocess any more")
    if not hasattr(os, "pidfd_open") or not hasattr(signal, "pidfd_send_signal"):
        return
    nurseries = Nurseries()
    lambda_runtime.subprocess = SimpleNamespace(
        Popen=nurseries.popen, PIPE=subprocess.PIPE, STDOUT=subprocess.STDOUT, DEVNULL=subprocess.DEVNULL
    )


class Nurseries:
    """One process to fork from for each set of code and layers."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._running: dict[Key, Nursery] = {}

    def popen(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, **how: Any) -> Any:
        """As `subprocess.Popen`; what is no Python worker of ministack's is started as ever, and so is a function
        without a layer, which shares no libraries with another."""
        layered = bool(env.get("_LAMBDA_LAYERS_DIRS"))
        if argv[0] != sys.executable or len(argv) != 2 or how.get("stdin") != subprocess.PIPE or not layered:
            return subprocess.Popen(argv, env=env, cwd=cwd, **how)
        path = _path(env, cwd)
        with self._one_at_a_time:
            nursery = self._running.get(path)
            if nursery is None or not nursery.lives:
                nursery = self._running[path] = Nursery(path, env)
            return nursery.fork(argv[1], cwd, env)


class Nursery:
    def __init__(self, path: Key, env: Mapping[str, str]) -> None:
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, SCRIPT, str(theirs.fileno())], pass_fds=[theirs.fileno()], env=dict(env)
            )
        self._order({"path": path, "env": dict(env), "preload": PRELOAD, "services": SERVICES}, ())

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def fork(self, script: str, cwd: str, env: Mapping[str, str]) -> Forked:
        child, ours = [], []
        for reads in (True, False, False):
            reading, writing = os.pipe()
            child.append(reading if reads else writing)
            ours.append(writing if reads else reading)
        try:
            self._order({"script": script, "cwd": cwd, "env": dict(env)}, child)
            pid = int(self._orders.makefile("r").readline())
        finally:
            for stream in child:
                os.close(stream)
        return Forked(pid, ours)

    def _order(self, wanted: Mapping[str, Any], streams: Sequence[int]) -> None:
        text = json.dumps(wanted).encode()
        socket.send_fds(self._orders, [forks.HEAD.pack(len(text))], list(streams))
        self._orders.sendall(text)


class Forked:
    """As much of `subprocess.Popen` as ministack uses. Somebody else's child: its exit code is not known, only
    that it has ended (-1)."""

    def __init__(self, pid: int, streams: Sequence[int]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        try:
            self._handle: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            # It has ended already, and nobody has to be told apart from it.
            self._handle = None
        self.stdin: IO[str] = os.fdopen(streams[0], "w", buffering=1, encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(streams[1], encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(streams[2], encoding="utf-8")

    def poll(self) -> int | None:
        if self.returncode is None and self._over(0):
            self.returncode = -1
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not self._over(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        self.returncode = -1
        return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None and self._handle is not None:
            signal.pidfd_send_signal(self._handle, number)

    def _over(self, timeout: float | None) -> bool:
        if self._handle is None:
            return True
        poller = select.poll()
        poller.register(self._handle, select.POLLIN)
        return bool(poller.poll(None if timeout is None else max(0, round(1000 * timeout))))

    def __del__(self) -> None:
        if self._handle is not None:
            os.close(self._handle)


def _path(env: Mapping[str, str], cwd: str) -> Key:
    """As ministack's worker puts it together: layers before the code; the links lead to what is shared."""
    layers = [layer for layer in env.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep) if layer]
    folders = [str(Path(layer, "python").resolve()) for layer in reversed(layers)]
    return (*folders, str(Path(cwd).resolve()))


__all__ = ["Forked", "fork_the_functions"]
