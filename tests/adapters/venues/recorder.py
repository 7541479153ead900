"""A venue that writes down what it is sent and answers with what a test laid out for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from socket import SHUT_RDWR
from threading import Thread
from time import sleep
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from functions.adapters.aws import Aws
from functions.adapters.clock import SystemClock
from functions.adapters.exchange import API_URLS, exchanges
from functions.ports import Exchange
from functions.position_settings import ExchangeSettings
from tests.adapters.rigs import SETTINGS

# Kraken's secrets are base64.
KEY: Final = {"apiKey": "a-key", "secret": "YS1zZWNyZXQtdGhhdC1uby1vbmUtc2Vlcw==", "password": "a-passphrase"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    headers: Mapping[str, str]


class Recorder:
    """`answers`: by `GET /path`, one after another; the last one stays. An answer is a body (200), or a status and
    a body; `None` drops the connection; a function is called for it. What has no answer is a 404 with an empty
    object."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.answers: dict[str, list[Any]] = {}

    def lay(self, what: str, *answers: Any) -> None:
        self.answers[what] = list(answers)

    def take(self, request: Request) -> Any:
        self.requests.append(request)
        laid = self.answers.get(f"{request.method} {request.path}", [(404, {})])
        return laid.pop(0) if len(laid) > 1 else laid[0]

    def sent(self, what: str) -> list[Request]:
        return [one for one in self.requests if f"{one.method} {one.path}" == what]

    def only(self, what: str) -> Request:
        (found,) = self.sent(what)
        return found

    def acts(self) -> list[str]:
        """Everything that was posted."""
        return [f"{one.method} {one.path}" for one in self.requests if one.method != "GET"]


@contextmanager
def recording() -> Iterator[Recorder]:
    # Imported now: that may take longer than the readings before an order are given.
    import_module("ccxt")
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            query = {key: said[0] for key, said in parse_qs(split.query, keep_blank_values=True).items()}
            body = json.loads(text) if text.startswith(("{", "[")) else text or None
            answer = recorder.take(Request(self.command, split.path, query, body, dict(self.headers.items())))
            answer = answer() if callable(answer) else answer
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(SHUT_RDWR)
                return
            status, said = answer if isinstance(answer, tuple) else (200, answer)
            raw = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    recorder.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Secrets(Aws):
    """Of AWS, the one secret."""

    def __init__(self) -> None:
        """Without a session."""

    def client(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, str]:
        assert SecretId.startswith("tradai-local-exchange-")
        return {"SecretString": json.dumps(KEY)}


def slowly(answer: Any, seconds: float = 2.2) -> Callable[[], Any]:
    """The same answer, but late."""

    def wait() -> Any:
        sleep(seconds)
        return answer

    return wait


def exchange_at(recorder: Recorder, venue: str) -> Exchange:
    """The whole adapter, whose addresses of the venue are the recorder's."""
    settings = SETTINGS.model_copy(update={"exchanges": {venue: ExchangeSettings(http_timeout=4)}})
    return exchanges(Secrets(), settings, SystemClock(), environment={API_URLS: json.dumps({venue: recorder.url})})
