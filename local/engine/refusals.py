"""AWS saying no on demand: throttled tables, failing queries, as a test or a demo wants them.

`POST /_local/refusals {"target": "DynamoDB_20120810.PutItem", "error": "ThrottlingException", "times": 9,
"holds": "text of the body"}` refuses the next calls of one operation; GET lists what is left of them, DELETE
forgets all. Only operations that name themselves in `X-Amz-Target` (DynamoDB, Logs, ECS, Step Functions, ...).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict, dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/_local/refusals"
MOST_TIMES = 10_000


@dataclass
class Refusal:
    """`target` ends with the operation's name; `holds` is a text that the request's body must hold."""

    target: str
    error: str
    times: int
    holds: str = ""


class BadRefusal(ValueError):
    """The request for a refusal cannot be read; the message names the field."""


class Refusals:
    """Wraps an application. Without a standing refusal requests pass untouched."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._standing: list[Refusal] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == PATH:
            await self._told(scope["method"], await _body(receive), send)
        elif target := self._target(scope):
            body = await _body(receive)
            refusal = self._take(target, body)
            if refusal is None:
                await self._app(scope, _again(body, receive), send)
            else:
                await _answer(send, 400, {"__type": refusal.error, "message": "refused on demand"}, refusal.error)
        else:
            await self._app(scope, receive, send)

    def _target(self, scope: Scope) -> str | None:
        """The operation of a request, where any refusal may concern it."""
        if not self._standing:
            return None
        headers = dict(scope.get("headers", ()))
        target = headers.get(b"x-amz-target", b"").decode("latin-1")
        return target if any(target.endswith(one.target) for one in self._standing) else None

    def _take(self, target: str, body: bytes) -> Refusal | None:
        for one in self._standing:
            if target.endswith(one.target) and one.holds.encode() in body:
                one.times -= 1
                self._standing = [each for each in self._standing if each.times > 0]
                return one
        return None

    async def _told(self, method: str, body: bytes, send: Send) -> None:
        if method == "DELETE":
            self._standing = []
        elif method == "POST":
            try:
                self._standing.append(wanted(json.loads(body or b"null")))
            except ValueError as error:
                await _answer(send, 400, {"message": str(error)})
                return
        elif method != "GET":
            await _answer(send, 405, {"message": "allowed: GET, POST, DELETE"})
            return
        await _answer(send, 200, {"refusals": [asdict(one) for one in self._standing]})


def wanted(given: Any) -> Refusal:
    """Raises BadRefusal, naming the field."""
    if not isinstance(given, dict) or set(given) - {"target", "error", "times", "holds"}:
        raise BadRefusal("send target, error, times and, if wanted, holds")
    times = given.get("times", 1)
    if not isinstance(times, int) or isinstance(times, bool) or not 0 < times <= MOST_TIMES:
        raise BadRefusal(f"times: a whole number up to {MOST_TIMES}")
    texts = [given.get("target"), given.get("error"), given.get("holds", "")]
    if not all(isinstance(text, str) for text in texts) or not given["target"] or not given["error"]:
        raise BadRefusal("target, error, holds: texts, the first two not empty")
    return Refusal(given["target"], given["error"], times, given.get("holds", ""))


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, once more; then whatever else comes (a disconnect)."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return pending.pop() if pending else await receive()

    return read


async def _answer(send: Send, status: int, body: dict[str, Any], error: str | None = None) -> None:
    content = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    if error is not None:
        headers.append((b"x-amzn-errortype", error.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
