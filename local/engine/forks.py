"""The process from which the processes of Lambda functions are forked: what they all import is imported once.

Run as a script by local/engine/fixes/lambda_forks.py, with the number of a connected socket as its argument. Every
order is 8 bytes with the length of a JSON object, sent with three file descriptors (standard input, output and
error of the new process), and that object: `{"script", "cwd", "env"}`; the answer is a line with the new process's
id. The first order before any of these is `{"path", "env", "preload", "services"}`: what to put on the path, what
to import, and whose descriptions to read. It ends with the socket.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import traceback
from typing import Any

HEAD = struct.Struct("!Q")
KEYS = ("aws_access_key_id", "aws_secret_access_key")


def main() -> None:
    orders = socket.socket(fileno=int(sys.argv[1]))
    first, _ = order(orders)
    base = list(sys.path)
    become(first["env"])
    sys.path[:0] = first["path"]
    # A module that opens a logger at import is to write where the functions do.
    real, sys.stdout = sys.stdout, sys.stderr
    for name in first["preload"]:
        # A function that needs it says itself what is wrong with it.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    with contextlib.suppress(Exception):
        read_descriptions(first["services"])
    sys.stdout = real
    sys.path[:] = base
    # Nobody waits for the children here: whoever ordered one watches it by its id.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is shared stays shared: a collection in a child would copy every page.
    gc.collect()
    gc.freeze()
    while True:
        try:
            wanted, streams = order(orders)
        except EOFError:
            return
        made = os.fork()
        if made == 0:
            orders.close()
            run(wanted, streams)
        for stream in streams:
            os.close(stream)
        orders.sendall(f"{made}\n".encode())


def read_descriptions(services: list[str]) -> None:
    """What botocore knows of these services, read once for all: each process would need 30 ms and 10 MB for it."""
    loaders, session = importlib.import_module("botocore.loaders"), importlib.import_module("botocore.session")
    read, known = loaders.JSONFileLoader.load_file, dict[str, Any]()

    def once(loader: Any, path: str) -> Any:
        if path not in known:
            known[path] = read(loader, path)
        return known[path]

    loaders.JSONFileLoader.load_file = once
    for service in services:
        # No call leaves, so any key does; without one it would look for some in every place that there is.
        session.get_session().create_client(service, "us-east-1", **dict.fromkeys(KEYS, "none"))


def order(orders: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next order with its file descriptors. Raises EOFError at the end."""
    head, streams, _, _ = socket.recv_fds(orders, HEAD.size, 3)
    text = head[HEAD.size :]
    if not head:
        raise EOFError
    (length,) = HEAD.unpack(head)
    while len(text) < length:
        more = orders.recv(length - len(text))
        if not more:
            raise EOFError
        text += more
    return json.loads(text), streams


def become(env: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(env)


def run(wanted: dict[str, Any], streams: list[int]) -> None:
    """The new process: ends with its script, and never returns."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(wanted["cwd"])
        become(wanted["env"])
        script = wanted["script"]
        sys.argv, sys.path[0] = [script], os.path.dirname(script)
        with open(script, encoding="utf-8") as file:
            text = file.read()
        exec(compile(text, script, "exec"), {"__name__": "__main__"})  # noqa: S102 # ministack's own text
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
