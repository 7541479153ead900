"""Stand-ins for what the console talks to: an engine's HTTP routes, and the pieces of `local up`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.engine.environment import Credentials

Answer = tuple[int, Any]


@dataclass
class FakeHttp:
    """An HTTP server on 127.0.0.1 with fixed answers by `METHOD /path`; remembers what it was asked."""

    answers: dict[str, Answer]
    asked: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""


@contextmanager
def http(answers: Mapping[str, Answer]) -> Iterator[FakeHttp]:
    fake = FakeHttp(dict(answers))

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            key = f"{self.command} {self.path.split('?')[0]}"
            fake.asked.append((key, body))
            status, content = fake.answers.get(key, (404, {"message": f"not found: {self.path}"}))
            data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


HEALTHY: dict[str, Answer] = {
    "GET /_local/health": (200, {"ready": True}),
    "POST /_local/platform": (200, {"ready": True}),
    "GET /_local/stats": (200, {"moments_with_two_copies": 0}),
    "GET /_local/faults": (200, {
        "faults": [{"name": "service-crashed", "about": "No task runs.", "strategy": False, "count": "beats"}],
        "active": [{"name": "service-crashed"}],
    }),
    "POST /_local/faults": (201, {"name": "service-crashed"}),
    "DELETE /_local/faults": (200, {"cleared": 1}),
    "GET /_local/positions": (200, {
        "table": {"open": 2, "closed": 1}, "venue": [{"account": "main", "symbol": "BTCUSDT", "amount": "0.010"}],
    }),
    "POST /_local/positions": (201, {"position_id": "pos-1"}),
}  # fmt: skip


@dataclass
class FakeEngine:
    endpoint_url: str
    pid: int
    credentials: Credentials = field(default_factory=lambda: Credentials("AKIAFAKE", "secret"))
    stopped: int = 0

    def stop(self) -> None:
        self.stopped += 1


@dataclass
class FakePieces:
    """`console.local_stack.Pieces`: writes down the order; `fail` names the piece that raises `error`."""

    engine: FakeEngine
    fail: str = ""
    error: Exception = field(default_factory=lambda: RuntimeError("fake"))
    done: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(
        default_factory=lambda: {"StateMachineArns": {"stale-heartbeat": "arn:aws:states:x:1:stateMachine:s"}}
    )
    engines: set[int] = field(default_factory=set)
    ended: list[int] = field(default_factory=list)

    def _do(self, what: str) -> None:
        self.done.append(what)
        if self.fail == what:
            raise self.error

    def start(self, port: int, time_scale: float, iam: bool, detach: bool, folder: Path) -> FakeEngine:
        self._do("start")
        (folder / "engine.log").write_text("a line\n")
        (folder / "state").mkdir()
        return self.engine

    def seed(self, endpoint_url: str, credentials: Credentials) -> None:
        self._do("seed")

    def synthesize(self) -> Path:
        self._do("synthesize")
        return Path("cdk.out")

    def deploy(
        self, endpoint_url: str, cdk_out: Path, parameters: Mapping[str, str], credentials: Credentials
    ) -> Mapping[str, Any]:
        self._do("deploy")
        self.parameters.update(parameters)
        return self.outputs

    def is_engine(self, pid: int) -> bool:
        return pid in self.engines

    def stop(self, pid: int) -> bool:
        self.ended.append(pid)
        return pid in self.engines
