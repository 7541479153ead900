"""The real pieces of `local up`, imported only when wanted: the CDK alone takes seconds to load."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.errors import ConsoleError, ExitCode
from infra.paths import ROOT

if TYPE_CHECKING:
    from local.engine.environment import Credentials

STOP_SECONDS = 10.0


class RealPieces:
    """`console.local_stack.Pieces` over `local/` and `infra/`."""

    def start(self, port: int, time_scale: float, iam: bool, detach: bool, folder: Path) -> Any:
        from local.engine.process import Engine, EngineDied, EngineError, NotReady, PortTaken

        try:
            return Engine.start(port or None, time_scale, iam, None, detach, state_dir=folder)
        except PortTaken as error:
            raise ConsoleError(
                ExitCode.PORT_TAKEN, str(error), "choose another with --port, or leave it out for a free one"
            ) from error
        except (EngineDied, NotReady, EngineError) as error:
            raise ConsoleError(
                ExitCode.EMULATOR_DIED, _first_and_last(str(error)), f"its log is {folder / 'engine.log'}"
            ) from error

    def seed(self, endpoint_url: str, credentials: Credentials) -> None:
        from local.platform.seed import seed

        seed(endpoint_url, (credentials.access_key_id, credentials.secret_access_key))

    def synthesize(self) -> Path:
        """In a process of its own: the CDK and its Node would stay in this one as long as it runs."""
        done = subprocess.run(
            [sys.executable, "-m", "infra.synth", "--env", "local"],
            cwd=ROOT, capture_output=True, text=True, check=False, start_new_session=True,
        )  # fmt: skip
        lines = done.stdout.splitlines()
        if done.returncode or not lines:
            error = RuntimeError(done.stderr)
            raise _stack_failed("synthesis", error) from error
        return Path(lines[-1])

    def deploy(
        self, endpoint_url: str, cdk_out: Path, parameters: Mapping[str, str], credentials: Credentials
    ) -> dict[str, Any]:
        from infra.config import load_settings
        from infra.names import Names
        from local.engine.deploy import deploy_template

        stack = Names(load_settings("local")).stack
        try:
            outputs = deploy_template(endpoint_url, cdk_out, stack, parameters, credentials)
        except Exception as error:
            raise _stack_failed("deployment", error) from error
        return {name: _value(text) for name, text in outputs.items()}

    def is_engine(self, pid: int) -> bool:
        """Whether that process is one of ours: a pid is given to somebody else after its owner's end."""
        try:
            told = subprocess.run(
                ["ps", "-o", "stat=,command=", "-p", str(pid)],  # noqa: S607 - ps is found where the system keeps it
                capture_output=True, text=True, check=False, timeout=10,
            ).stdout.split(maxsplit=1)  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return False
        return len(told) == 2 and not told[0].startswith("Z") and "local.engine" in told[1]

    def stop(self, pid: int) -> bool:
        if not self.is_engine(pid):
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if not self.is_engine(pid):
                return True
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        return True


def _stack_failed(step: str, error: Exception) -> ConsoleError:
    """`error` holds the whole of it, for `--debug`."""
    return ConsoleError(
        ExitCode.STACK_FAILED, f"{step} of the stack failed: {_first_and_last(str(error))}",
        "--debug shows the whole of it",
    )  # fmt: skip


def _first_and_last(text: str) -> str:
    """One line of a trace or a log tail: what failed, and the last thing said about it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "no reason was given"
    return lines[0] if len(lines) == 1 else f"{lines[0]} ... {lines[-1]}"


def _value(text: str) -> Any:
    """An output that holds JSON as what it holds."""
    if not text.startswith("{"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
