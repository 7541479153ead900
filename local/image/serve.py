"""What the image runs: the embedded AWS with its fixes, on Step Functions Local's port and environment names."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

from local.engine.__main__ import run
from local.engine.options import parse

# As the image amazon/aws-stepfunctions-local has it.
PORT = 8083
SCALE = "WAIT_TIME_SCALE"


def listen() -> socket.socket:
    """On every interface of the container: 127.0.0.1 would be out of reach of the port that Docker publishes."""
    server = socket.create_server(("0.0.0.0", PORT), backlog=256)
    server.set_inheritable(True)
    return server


def main() -> None:
    """Serve until the container is stopped. ministack reads SFN_MOCK_CONFIG by itself."""
    options = parse(["--no-platform", "--time-scale", os.environ.get(SCALE, "1")])
    run(options, listen(), Path(tempfile.mkdtemp(prefix="tradai-local-")))
    # Executions that are still waiting run in threads that a normal exit would join.
    os._exit(0)


if __name__ == "__main__":
    main()
