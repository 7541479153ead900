"""A venue over HTTP that answers what a test tells it to, and writes down what it was asked.

The real ccxt speaks to it: requests are parsed from the wire, answers are bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from threading import Thread
from time import sleep
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from functions.adapters.exchange import exchanges
from functions.ports import Exchange
from functions.settings import Settings
from functions.venue import Unit, Where
from tests.adapters.rigs import SETTINGS, SetClock

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)
MAIN = Where("binanceusdm", "main")
BTC = "BTC/USDT:USDT"
LONG, SHORT = Unit("binanceusdm", "main", BTC, "long"), Unit("binanceusdm", "main", BTC, "short")
KEY = {"apiKey": "an-api-key-that-nobody-may-see", "secret": "a-secret-that-nobody-may-see"}
MARKET: Mapping[str, Any] = {
    "symbol": "BTCUSDT",
    "pair": "BTCUSDT",
    "contractType": "PERPETUAL",
    "deliveryDate": 4133404800000,
    "onboardDate": 1569398400000,
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "marginAsset": "USDT",
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "556.80", "maxPrice": "4529764", "tickSize": "0.10"},
        {"filterType": "LOT_SIZE", "stepSize": "0.001", "maxQty": "1000", "minQty": "0.001"},
        {"filterType": "MARKET_LOT_SIZE", "stepSize": "0.001", "maxQty": "120", "minQty": "0.001"},
        {"filterType": "MIN_NOTIONAL", "notional": "100"},
    ],
    "orderTypes": ["LIMIT", "MARKET"],
    "timeInForce": ["GTC", "IOC"],
}
BNB = {**MARKET, "symbol": "BNBUSDT", "pair": "BNBUSDT", "baseAsset": "BNB"}


@dataclass
class Answer:
    """`body` as bytes goes out as it stands; anything else as JSON. `cut`: only so many bytes of it are sent.
    `drop`: the connection is closed without one; `delay` in seconds."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    drop: bool = False
    delay: float = 0


@dataclass
class Asked:
    method: str
    path: str
    fields: dict[str, str]
    headers: dict[str, str]


class Answers:
    """`of["POST /fapi/v1/order"]` is a list that is used up, its last one again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.of: dict[str, list[Answer]] = {}
        self.reset()

    def reset(self) -> None:
        self.asked.clear()
        self.of.clear()
        self.says("GET /fapi/v1/exchangeInfo", {"symbols": [MARKET, BNB]})
        self.says("GET /fapi/v1/positionSide/dual", {"dualSidePosition": False})
        for names in ("allOrders", "forceOrders", "allAlgoOrders"):
            self.says(f"GET /fapi/v1/{names}", [])

    def says(self, what: str, *answers: Any) -> None:
        self.of[what] = [one if isinstance(one, Answer) else Answer(one) for one in answers]

    def to(self, what: str) -> list[Asked]:
        return [one for one in self.asked if f"{one.method} {one.path}" == what]


def answering(heard: Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Without Nagle: two small writes would cost 40 ms a call.
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_message(self, *args: Any) -> None:
            pass

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            url = urlsplit(self.path)
            fields = dict(parse_qsl(url.query) + parse_qsl(body))
            path = url.path.removeprefix("/venue")
            heard.asked.append(Asked(self.command, path, fields, dict(self.headers)))
            answers = heard.of.get(f"{self.command} {path}", [Answer({"code": -1, "msg": "untold"}, 404)])
            said = answers.pop(0) if len(answers) > 1 else answers[0]
            sleep(said.delay)
            if said.drop:
                self.close_connection = True
                self.connection.close()
                return
            content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: said.cut])
            self.close_connection = said.cut is not None

        do_GET = do_POST = do_DELETE = answer

    return Handler


class Secrets:
    """Secrets Manager for one secret."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def client(self, service: str, saying: object) -> Secrets:
        assert service == "secretsmanager"
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        self.asked.append(SecretId)
        return {"SecretString": json.dumps(KEY)}


def exchange_at(url: str, secrets: Any = None, settings: Settings = SETTINGS) -> Exchange:
    environment = {"EXCHANGE_API_URLS": json.dumps({"binanceusdm": url})}
    aws: Any = secrets or Secrets()
    return exchanges(aws, settings, SetClock(NOW), environment=environment)


@contextmanager
def venue() -> Iterator[tuple[Answers, str]]:
    # Imported now: that may take longer than the readings before an order are given.
    import_module("ccxt")
    heard = Answers()
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering(heard))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield heard, f"http://127.0.0.1:{server.server_port}/venue"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
