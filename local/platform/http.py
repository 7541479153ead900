"""The little HTTP that the stand-in's routes need, over plain ASGI."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BadRequest(ValueError):
    """The caller's fault; the text says what is wrong."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    # As it came, undecoded: what a signature was made over.
    query_string: str = ""

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object. Raises BadRequest."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            raise BadRequest("the body is no JSON") from None
        if not isinstance(found, dict):
            raise BadRequest("the body is no JSON object")
        return found

    @property
    def wants_json(self) -> bool:
        """JSON unless the caller is a browser."""
        return "text/html" not in self.headers.get("accept", "")


@dataclass(frozen=True)
class Answer:
    """`dropped`: the connection is closed without any answer."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        return cls(status, json.dumps(value).encode(), "application/json", headers or {})


async def read(scope: Scope, receive: Receive) -> Request:
    """The whole request."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query_string = scope.get("query_string", b"").decode("latin-1")
    query = dict(parse_qsl(query_string, keep_blank_values=True))
    return Request(scope["method"], scope["path"], query, headers, body, query_string)


async def write(answer: Answer, send: Send) -> None:
    if answer.dropped:
        # "100 Continue" and then nothing: the server closes the connection, and the client, which skips
        # a 100, sees it closed without an answer. ASGI knows no other way to hang up.
        await send({"type": "http.response.start", "status": 100, "headers": []})
        return
    headers = {
        "content-type": answer.content_type,
        "content-length": str(len(answer.body)),
        "cache-control": "no-store",
        **answer.headers,
    }
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
