"""What ministack does not have: one scalable target, and a status page.

Shapes: Application Auto Scaling's API reference (JSON 1.1, `AnyScaleFrontendService`); Statuspage's API, incidents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.adapters.rigs import SETTINGS

TOKEN = "a-token-that-nobody-may-see"
TARGET = f"service/{SETTINGS.platform.cluster}/{SETTINGS.platform.service}"
SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


class SideServer:
    """`answers`: what the status page answers next instead of taking it, as (status, body)."""

    def __init__(self) -> None:
        self.url = ""
        self.clear()

    def clear(self) -> None:
        self.target: dict[str, Any] | None = None
        self.posts: list[dict[str, Any]] = []
        self.answers: list[tuple[int, bytes]] = []

    @property
    def incidents_url(self) -> str:
        return f"{self.url}/v1/pages/p1/incidents"

    def register(self, minimum: int, maximum: int, *, suspended: bool) -> None:
        self.target = {
            "ServiceNamespace": "ecs",
            "ResourceId": TARGET,
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": minimum,
            "MaxCapacity": maximum,
            "SuspendedState": dict.fromkeys(SUSPENDED, suspended),
            "RoleARN": "arn:aws:iam::000000000000:role/any",
            "CreationTime": 0,
        }

    def scaling(self, action: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if action == "DescribeScalableTargets":
            assert given["ScalableDimension"] == "ecs:service:DesiredCount"
            ours = self.target is not None and given["ResourceIds"] == [TARGET]
            return 200, {"ScalableTargets": [self.target] if ours else []}
        assert action == "RegisterScalableTarget"
        assert given["ResourceId"] == TARGET
        if self.target is None:
            why = "MinCapacity and MaxCapacity are required for a new scalable target"
            return 400, {"__type": "ValidationException", "message": why}
        self.target["SuspendedState"] |= given["SuspendedState"]
        return 200, {"ScalableTargetARN": "arn:aws:application-autoscaling:x"}

    def page(self, method: str, path: str, headers: Any, given: dict[str, Any]) -> tuple[int, bytes]:
        if self.answers:
            return self.answers.pop(0)
        if headers["Authorization"] != f"OAuth {TOKEN}":
            return 401, b"{}"
        below = path.removeprefix("/v1/pages/p1/incidents")
        made = below.strip("/") or f"page-{len(self.posts) + 1}"
        self.posts.append({"id": made, "method": method, **given["incident"]})
        return (201 if method == "POST" else 200), json.dumps({"id": made}).encode()


@contextmanager
def side_server() -> Iterator[SideServer]:
    side = SideServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            target = self.headers.get("X-Amz-Target", "")
            if target:
                status, answer = side.scaling(target.rpartition(".")[2], given)
                self._say(status, json.dumps(answer).encode())
            else:
                self._say(*side.page(self.command, self.path, self.headers, given))

        do_PATCH = do_POST

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    side.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield side
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
