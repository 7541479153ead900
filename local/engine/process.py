"""Start and stop the embedded AWS as a child process."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import local
from local.engine.environment import REGION, Credentials, clean

START_SECONDS = 30.0
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


@dataclass
class Engine:
    """A running embedded AWS.

    Attributes:
        endpoint_url: `http://127.0.0.1:{port}`.
        pid: process id of the child.
        credentials: a key pair that may do everything (any pair does without enforcement).
        log: what the child wrote.
    """

    endpoint_url: str
    pid: int
    credentials: Credentials
    log: Path
    region: str = REGION
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _lifeline: int | None = field(default=None, repr=False)
    _folder: Path | None = field(default=None, repr=False)

    @classmethod
    def start(
        cls,
        port: int | None = None,
        time_scale: float = 1.0,
        iam: bool = False,
        meter: Path | None = None,
        detach: bool = False,
        *,
        state_dir: Path | None = None,
        without: Iterable[str] = (),
        platform: bool = True,
        env: dict[str, str] | None = None,
        timeout: float = START_SECONDS,
    ) -> Engine:
        """Start a child and wait until it answers.

        Args:
            port: a port of 127.0.0.1, or None for any free one.
            time_scale: factor on waits and periods, above 0 and at most 1.
            iam: whether policies are enforced.
            meter: file for walked states, appended to.
            detach: let the child live on when this process ends.
            state_dir: folder for its files and log; None makes one, removed by `stop`.
            without: names of start-up fixes to leave out.
            platform: whether the stand-in platform is served.
            env: further environment variables of the child.
            timeout: seconds to wait.

        Raises:
            PortTaken, EngineDied, NotReady.
        """
        folder = state_dir or Path(tempfile.mkdtemp(prefix="tradai-local-"))
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "engine.log"
        ready_read, ready_write = os.pipe()
        life_read, life_write = os.pipe()
        command = [sys.executable, "-m", "local.engine", "--port", str(port or 0)]
        command += [
            "--time-scale",
            str(time_scale),
            "--state-dir",
            str(folder),
            "--ready-fd",
            str(ready_write),
        ]
        command += ["--iam"] if iam else []
        command += ["--meter", str(meter.resolve())] if meter else []
        command += [] if platform else ["--no-platform"]
        command += [part for name in without for part in ("--without-fix", name)]
        command += [] if detach else ["--lifeline-fd", str(life_read)]
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=Path(local.__file__).parents[1],
                env={**clean(), **(env or {})},
                pass_fds=(ready_write,) if detach else (ready_write, life_read),
                # A Ctrl-C in the terminal is for the parent, which then stops its child in order.
                start_new_session=True,
            )
        os.close(ready_write)
        os.close(life_read)
        try:
            ready = _await_ready(process, ready_read, timeout, log, port)
        except BaseException:
            os.close(life_write)
            _end(process)
            if state_dir is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            os.close(ready_read)
        if detach:
            os.close(life_write)
        return cls(
            endpoint_url=str(ready["endpoint_url"]),
            pid=process.pid,
            credentials=Credentials(str(ready["access_key_id"]), str(ready["secret_access_key"])),
            log=log,
            _process=process,
            _lifeline=None if detach else life_write,
            _folder=None if state_dir else folder,
        )

    def stop(self) -> None:
        """End the child and remove its files; does nothing the second time."""
        if self._process is not None:
            _end(self._process)
            self._process = None
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log, for an error message; empty if there is none."""
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return ""


def _await_ready(
    process: subprocess.Popen[bytes], ready_fd: int, timeout: float, log: Path, port: int | None
) -> dict[str, object]:
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


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
