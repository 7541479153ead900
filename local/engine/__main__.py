"""`python -m local.engine`: the embedded AWS and the stand-in platform on one port of 127.0.0.1."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from local.engine import environment
from local.engine.options import Options, parse

EXIT_PORT_TAKEN = 3


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; OSError if the port is taken."""
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Only takes over an address that nobody listens on any more (TIME_WAIT), never a live one.
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(256)
    return server


def run(options: Options, server: socket.socket, folder: Path) -> bool:
    """Prepare the environment, then serve until told to stop; whether the parent's end was the reason."""
    port: int = server.getsockname()[1]
    credentials = environment.new_credentials(options.iam)
    environment.prepare(port, options.time_scale, folder, credentials, options.iam)
    # Only now: ministack reads its settings when it is imported.
    from local.engine.serve import serve

    ready = {
        "port": port,
        "pid": os.getpid(),
        "endpoint_url": f"http://127.0.0.1:{port}",
        "access_key_id": credentials.access_key_id,
        "secret_access_key": credentials.secret_access_key,
        "folder": str(folder),
    }
    return serve(options, server, credentials, lambda: announce(ready, options.ready_fd))


def announce(ready: dict[str, object], ready_fd: int | None) -> None:
    """Write one JSON line to the parent's pipe, or to standard output."""
    line = json.dumps(ready) + "\n"
    if ready_fd is None:
        sys.stdout.write(line)
        sys.stdout.flush()
        return
    with os.fdopen(ready_fd, "w") as pipe:
        pipe.write(line)


def main() -> None:
    """Serve until SIGTERM, SIGINT or the parent's end; leave no file behind that was not asked for."""
    options = parse()
    try:
        server = listen(options.port)
    except OSError as error:
        sys.stderr.write(f"port {options.port} of 127.0.0.1 cannot be used: {error.strerror}\n")
        raise SystemExit(EXIT_PORT_TAKEN) from error
    folder = options.state_dir or Path(tempfile.mkdtemp(prefix="tradai-local-"))
    folder.mkdir(parents=True, exist_ok=True)
    code, abandoned = 1, False
    try:
        abandoned = run(options, server, folder.resolve()) or options.lifeline_fd is None
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        whole = options.state_dir is None or (options.temporary and abandoned)
        own = [folder] if whole else [folder / name for name in ("tmp", "s3", "state")]
        for path in own:
            shutil.rmtree(path, ignore_errors=True)
        sys.stdout.flush()
        sys.stderr.flush()
        # Executions that are still waiting run in threads that a normal exit would join.
        os._exit(code)


if __name__ == "__main__":
    main()
