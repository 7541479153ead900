"""What a layer is built for: a Python minor version on an architecture."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import Literal

from functions.settings import Env, Settings
from infra.errors import SetupError

Architecture = Literal["arm64", "x86_64"]

_OF_MACHINE: dict[str, Architecture] = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "x86_64": "x86_64",
    "amd64": "x86_64",
}
# Lambda runs Python 3.12 and later on Amazon Linux 2023, whose glibc (2.34) takes these wheels too.
_PLATFORM: dict[Architecture, str] = {
    "arm64": "aarch64-manylinux_2_28",
    "x86_64": "x86_64-manylinux_2_28",
}


@dataclass(frozen=True, slots=True)
class Target:
    """`python` as `3.13`; `native` means the running interpreter on this machine."""

    python: str
    architecture: Architecture
    native: bool = False

    @property
    def uv_arguments(self) -> list[str]:
        """What tells `uv pip install` to choose this target's wheels."""
        if self.native:
            return ["--python", sys.executable]
        return ["--python-version", self.python, "--python-platform", _PLATFORM[self.architecture]]

    @property
    def runtime(self) -> str:
        """Lambda's name of the runtime."""
        return f"python{self.python}"


def target_of(settings: Settings) -> Target:
    """AWS: the settings' runtime. `local`: the running interpreter, because the embedded AWS uses it."""
    if settings.env is not Env.LOCAL:
        return Target(settings.runtime.python, settings.runtime.architecture)
    machine = platform.machine().lower()
    if machine not in _OF_MACHINE:
        raise SetupError(f"no Lambda architecture corresponds to this machine's {machine!r}")
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", _OF_MACHINE[machine], native=True)
