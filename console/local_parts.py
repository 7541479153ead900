"""What `local up` puts together, as Protocols, and what it needs of the machine before it begins."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from console.errors import ConsoleError, ExitCode

if TYPE_CHECKING:
    from local.engine.environment import Credentials


class EngineHandle(Protocol):
    """The engine's process as `local/engine/process.py` hands it out."""

    @property
    def endpoint_url(self) -> str: ...
    @property
    def pid(self) -> int: ...
    @property
    def credentials(self) -> Credentials: ...
    def stop(self) -> None: ...


class Pieces(Protocol):
    """What `up` puts together; tests hand in small fakes."""

    def start(self, port: int, time_scale: float, iam: bool, detach: bool, folder: Path) -> EngineHandle: ...
    def seed(self, endpoint_url: str, credentials: Credentials) -> None: ...
    def synthesize(self) -> Path: ...
    def deploy(
        self,
        endpoint_url: str,
        cdk_out: Path,
        parameters: Mapping[str, str],
        credentials: Credentials,
    ) -> Mapping[str, Any]:
        """The stack's outputs."""
        ...

    def is_engine(self, pid: int) -> bool: ...

    def stop(self, pid: int) -> bool:
        """Ends the engine of that pid, if that pid is (still) an engine. False: it is not."""
        ...


def needs_node() -> None:
    if shutil.which("node") is None:
        raise ConsoleError(
            ExitCode.NODE_MISSING,
            "Node is not on PATH, and CDK synthesis needs it",
            "install Node 20 or newer (https://nodejs.org)",
        )


def needs_free(port: int) -> None:
    """Asked before the engine is started, so that the answer comes at once and names the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConsoleError(
                ExitCode.PORT_TAKEN,
                f"port {port} on 127.0.0.1 cannot be used ({error.strerror})",
                "choose another with --port, or leave it out for a free one",
            ) from None
