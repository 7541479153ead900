"""freqtrade's REST API by HTTP Basic, one connection a call, nothing followed.

Basic, because freqtrade takes it on every private path (`api_auth.py`, `http_basic_or_jwt_token`) as its own client
sends it: a token would be fetched with the same password, by one more call, and lapse after 15 minutes. Nothing of
the secret is in a log or in an error. Source: freqtrade 2026.9; `POST /pair_candles` exists since its API 2.35.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import Future
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from threading import Thread
from time import monotonic
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.adapters.freqtrade_answers import bot_of, candles_of, pairs_of, parsed
from functions.errors import Broken, Refused, Transient
from functions.strategy_api_settings import StrategyApiSettings
from functions.strategy_bot import BotFact, CandlesFact

MOST_READ: Final = 1_048_576
CHUNK: Final = 65_536
PORTS: Final = {"http": 80, "https": 443}
PLAIN: Final = re.compile(r"[ -~]+")
NOT_LET_IN: Final = frozenset({401, 403})


class FreqtradeApi:
    """`env` fills the names of the settings in."""

    def __init__(self, aws: Aws, settings: StrategyApiSettings, env: str) -> None:
        self._aws, self._settings, self._env = aws, settings, env
        # By the secret's name, as the header's value.
        self._credentials: dict[str, str] = {}

    def bot(self, strategy_id: str) -> BotFact:
        config = self._ask(strategy_id, "GET", "show_config")
        health = self._ask(strategy_id, "GET", "health")
        return bot_of(strategy_id, config, health, f"freqtrade of {strategy_id}")

    def pairs(self, strategy_id: str) -> tuple[str, ...]:
        return pairs_of(self._ask(strategy_id, "GET", "whitelist"), f"freqtrade of {strategy_id}")

    def candles(self, strategy_id: str, symbol: str, timeframe: str, most: int) -> CandlesFact:
        # No columns named: prices and signals alone, without the strategy's indicators.
        wanted = {"pair": symbol, "timeframe": timeframe, "limit": most, "columns": []}
        found = self._ask(strategy_id, "POST", "pair_candles", wanted)
        return candles_of(found, symbol, timeframe, most, f"freqtrade of {strategy_id}, {symbol}")

    def _ask(
        self, strategy_id: str, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        base, what = self._settings.base_of(strategy_id, self._env), f"freqtrade of {strategy_id}, /{path}"
        if base is None:
            raise Refused(f"{what}: the settings name no API of this strategy")
        secret = self._settings.secret_of(strategy_id, self._env)
        known = secret in self._credentials
        status, kind, text = self._said(base, method, path, body, self._credential(secret), what)
        if status in NOT_LET_IN:
            del self._credentials[secret]
            if known:
                # It may have been replaced since this container read it.
                status, kind, text = self._said(base, method, path, body, self._credential(secret), what)
            if status in NOT_LET_IN:
                self._credentials.pop(secret, None)
                raise Refused(f"{what}: HTTP {status}, it does not take the password of the secret {secret}")
        if status == 429 or status >= 500:
            raise Transient(f"{what}: HTTP {status}")
        if status != 200:
            raise Refused(f"{what}: HTTP {status}")
        if kind != "application/json":
            raise Refused(f"{what}: the answer is {kind or 'of no type'}, not freqtrade's JSON")
        return parsed(text, what)

    def _said(
        self, base: str, method: str, path: str, body: Mapping[str, Any] | None, credential: str, what: str
    ) -> tuple[int, str, bytes]:
        url = urlsplit(base)
        until = monotonic() + 2 * self._settings.http_timeout
        connection = self._connected(url, what)
        headers = {
            "Authorization": credential,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "tradai-runbooks",
            "Connection": "close",
        }
        try:
            said = None if body is None else json.dumps(body)
            connection.request(method, f"{url.path.rstrip('/')}/api/v1/{path}", said, headers)
            answer = connection.getresponse()
            kind = answer.getheader("Content-Type", "").partition(";")[0].strip().lower()
            return answer.status, kind, _read(answer, until, what)
        except TimeoutError:
            raise Transient(f"{what}: no answer within {self._settings.http_timeout} s") from None
        except (OSError, HTTPException) as error:
            raise Transient(f"{what}: {type(error).__name__}, no whole answer") from None
        finally:
            connection.close()

    def _connected(self, url: SplitResult, what: str) -> HTTPConnection:
        """Over plain HTTP only inside a network: a password in clear is never sent to a public address."""
        host, port = str(url.hostname), url.port or PORTS[url.scheme]
        address = self._resolved(host, port, what)
        if url.scheme == "http" and ip_address(address).is_global:
            raise Refused(f"{what}: {address} is a public address, and plain http would show it the password")
        try:
            plain = socket.create_connection((address, port), self._settings.http_timeout)
        except TimeoutError:
            raise Transient(f"{what}: no connection within {self._settings.http_timeout} s") from None
        except OSError as error:
            raise Transient(f"{what}: {error.strerror or type(error).__name__}") from None
        if url.scheme == "http":
            connection = HTTPConnection(host, port, timeout=self._settings.http_timeout)
            connection.sock = plain
            return connection
        secured = HTTPSConnection(host, port, timeout=self._settings.http_timeout)
        try:
            secured.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError as error:
            plain.close()
            raise Transient(f"{what}: no TLS: {type(error).__name__}") from None
        return secured

    def _resolved(self, host: str, port: int, what: str) -> str:
        """The resolver knows no timeout, so it runs beside us."""
        found: Future[str] = Future()

        def ask() -> None:
            try:
                found.set_result(str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]))
            except (OSError, UnicodeError) as error:
                found.set_exception(error)

        Thread(target=ask, daemon=True).start()
        try:
            return found.result(self._settings.http_timeout)
        except (OSError, UnicodeError):
            # A timeout too: it is an OSError.
            raise Transient(f"{what}: the name {host} does not resolve") from None

    def _credential(self, secret: str) -> str:
        if secret not in self._credentials:
            with saying(Saying.READ, f"secretsmanager:GetSecretValue {secret}"):
                answer = self._aws.client("secretsmanager", Saying.READ).get_secret_value(SecretId=secret)
            self._credentials[secret] = _basic(str(answer.get("SecretString") or ""), secret)
        return self._credentials[secret]


def _read(answer: HTTPResponse, until: float, what: str) -> bytes:
    """Whole, within a size and a time: one that drips keeps nobody waiting."""
    text = b""
    while chunk := answer.read1(CHUNK):
        text += chunk
        if len(text) > MOST_READ:
            raise Refused(f"{what}: more than {MOST_READ} bytes")
        if monotonic() > until:
            raise Transient(f"{what}: the answer came too slowly")
    if answer.length:
        raise Transient(f"{what}: the answer was cut")
    return text


def _basic(text: str, secret: str) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    given = [found.get(name) for name in ("username", "password")] if isinstance(found, dict) else []
    # freqtrade reads both as ASCII and takes nobody in whose password is anything else.
    if len(given) != 2 or not all(isinstance(one, str) and PLAIN.fullmatch(one) for one in given):
        raise Broken(f'the secret {secret} holds no {{"username", "password"}} of ASCII, as freqtrade takes them')
    username, password = map(str, given)
    if ":" in username:
        raise Broken(f"the secret {secret}: a user name with a colon cannot be sent")
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()
