"""Other programs that the build runs: uv and interpreters."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from infra.errors import SetupError


class ToolError(SetupError):
    """A program that is missing or failed; holds what it said."""


def uv(*arguments: str) -> str:
    """What uv printed."""
    try:
        from uv import find_uv_bin

        binary = find_uv_bin()
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        if not found:
            raise ToolError("uv is needed to build layers and was not found beside this Python") from None
        binary = found
    return run([binary, *arguments, "--no-progress"])


def run(command: Sequence[str]) -> str:
    """What the program printed; its standard error is in the exception."""
    # A virtual environment of the caller must not change what is resolved or compiled.
    environment = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise ToolError(f"{' '.join([Path(command[0]).name, *command[1:4]])} failed: {done.stderr.strip()}")
    return done.stdout
