"""One ASGI application out of ministack's and the stand-in platform's."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/_local"


def combined(aws: App, platform: App | None, on_ready: Callable[[], None]) -> App:
    """Route paths below `/_local` to the platform and everything else to the AWS.

    The lifespan is the AWS's own; `on_ready` is called when it has started. Without a platform
    `/_local/health` answers by itself and every other local path is 404.
    """
    local = platform or _health_only

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await aws(scope, receive, _calling(send, on_ready))
        elif _is_local(scope.get("path", "")):
            await local(scope, receive, send)
        else:
            await aws(scope, receive, send)

    return app


def _is_local(path: str) -> bool:
    return path == PREFIX or path.startswith(PREFIX + "/")


def _calling(send: Send, on_ready: Callable[[], None]) -> Send:
    async def forward(message: Message) -> None:
        await send(message)
        if message["type"] == "lifespan.startup.complete":
            on_ready()

    return forward


async def _health_only(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    found = scope["path"] == f"{PREFIX}/health"
    body = json.dumps({"ready": True, "platform": False} if found else {"message": "not found"}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})
