"""Start and stop the embedded AWS as a child process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import local
from local.engine.child import EngineDied, EngineError, NotReady, PortTaken, await_ready, end, last_lines
from local.engine.environment import REGION, Credentials, clean

__all__ = ["Engine", "EngineDied", "EngineError", "NotReady", "PortTaken", "last_lines"]

START_SECONDS = 30.0


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
        module: str = "local.engine",
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
            module: what is run; another one than `local.engine` changes something and then runs that.

        Raises:
            PortTaken, EngineDied, NotReady.
        """
        folder = state_dir or Path(tempfile.mkdtemp(prefix="tradai-local-"))
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "engine.log"
        ready_read, ready_write = os.pipe()
        life_read, life_write = os.pipe()
        command = [sys.executable, "-m", module, "--port", str(port or 0)]
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
        command += ["--temporary"] if state_dir is None else []
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
            ready = await_ready(process, ready_read, timeout, log, port)
        except BaseException:
            os.close(life_write)
            end(process)
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
            end(self._process)
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
