"""Looks at a target from where the function runs: one connection, one answer, nothing followed.

What a look says is about reaching the target. Any HTTP answer below 500 has reached it, a refusal or a
redirect too; 429 and 418 are the exceptions: the venue answers only to say that it does not serve us.
"""

from __future__ import annotations

import re
import socket
import ssl
from concurrent.futures import Future
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from functions.facts import ProbeFact, Reading
from functions.ports import Clock

OUTSIDE: Final = "outside the platform's network"
INSIDE: Final = "inside the platform's network"
TURNED_AWAY: Final = frozenset({429, 418})
PORTS: Final = {"http": 80, "https": 443}
# More digits than that are no number of seconds, and `int` refuses what has thousands of them.
SECONDS: Final = re.compile(r"[0-9]{1,9}")


class Seen(Exception):
    """How a look ended that got no HTTP answer."""

    def __init__(self, reading: Reading, detail: str) -> None:
        super().__init__(detail)
        self.reading, self.detail = reading, detail


class SocketProbes:
    """`timeout` in seconds holds for the name, the connection and the answer, each by itself."""

    def __init__(self, clock: Clock, *, timeout: float, inside: bool) -> None:
        self._clock, self._timeout = clock, timeout
        self._where = INSIDE if inside else OUTSIDE

    def look(self, target: str) -> ProbeFact:
        try:
            parts, port = _parts(target)
            plain = self._connect(self._resolved(str(parts.hostname), port), port)
            if parts.scheme == "tcp":
                plain.close()
                return self._fact(target, Reading.OK, f"connected to port {port}")
            status, retry_after = self._get(parts, plain, port)
        except Seen as seen:
            return self._fact(target, seen.reading, seen.detail)
        failed = status >= 500 or status in TURNED_AWAY
        detail = f"HTTP {status}" + (", not followed" if 300 <= status < 400 else "")
        reading = Reading.FAILED if failed else Reading.OK
        return self._fact(target, reading, detail, status, self._seconds(retry_after))

    def _resolved(self, host: str, port: int) -> list[str]:
        """Every address, best first. The resolver knows no timeout, so it runs beside us."""
        found: Future[list[str]] = Future()

        def ask() -> None:
            try:
                addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found.set_result([str(address[4][0]) for address in addresses])
            except (OSError, UnicodeError) as error:
                found.set_exception(error)

        Thread(target=ask, daemon=True).start()
        try:
            return found.result(self._timeout)
        except TimeoutError:
            why = f"the name {host} was not resolved within {self._timeout:g} s"
        except (OSError, UnicodeError) as error:
            why = f"the name {host} does not resolve: {error}"
        raise Seen(Reading.FAILED, why)

    def _connect(self, addresses: list[str], port: int) -> socket.socket:
        """To the first address that answers, of the best two (one may be IPv6 without a route)."""
        why = "no address"
        for address in addresses[:2]:
            try:
                return socket.create_connection((address, port), self._timeout)
            except TimeoutError:
                why = f"no connection to port {port} within {self._timeout:g} s"
            except ConnectionRefusedError:
                why = f"connection refused on port {port}"
            except OSError as error:
                why = f"no connection to port {port}: {error.strerror or error}"
        raise Seen(Reading.FAILED, why)

    def _get(self, parts: SplitResult, plain: socket.socket, port: int) -> tuple[int, str | None]:
        host = str(parts.hostname)
        connection: HTTPConnection
        try:
            if parts.scheme == "https":
                plain = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
                connection = HTTPSConnection(host, port, timeout=self._timeout)
            else:
                connection = HTTPConnection(host, port, timeout=self._timeout)
            connection.sock = plain
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers={"User-Agent": "tradai-runbooks", "Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Retry-After")
        except TimeoutError:
            raise Seen(Reading.FAILED, f"connected, no answer within {self._timeout:g} s") from None
        except ssl.SSLError as error:
            raise Seen(Reading.FAILED, f"connected, no TLS: {getattr(error, 'reason', None) or error}") from None
        except HTTPException as error:
            why = str(error) or type(error).__name__
            raise Seen(Reading.FAILED, f"connected, no HTTP answer: {why}") from None
        except OSError as error:
            raise Seen(Reading.FAILED, f"connected, then dropped: {error.strerror or error}") from None
        finally:
            plain.close()

    def _seconds(self, retry_after: str | None) -> int | None:
        """`Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3)."""
        if retry_after is None:
            return None
        if SECONDS.fullmatch(retry_after.strip()):
            return int(retry_after)
        try:
            at: datetime = parsedate_to_datetime(retry_after)
            return max(0, round((at - self._clock.now()).total_seconds()))
        except (TypeError, ValueError, OverflowError):
            return None

    def _fact(
        self, target: str, reading: Reading, detail: str, status: int | None = None, retry: int | None = None
    ) -> ProbeFact:
        return ProbeFact(target, reading, detail, self._clock.now(), status, retry, self._where)


def _parts(target: str) -> tuple[SplitResult, int]:
    """A target that we cannot read says nothing about the world: unknown."""
    why: Any = "a target is https://..., http://... or tcp://host:port"
    try:
        parts = urlsplit(target)
        port = parts.port or PORTS.get(parts.scheme)
        if parts.scheme in ("http", "https", "tcp") and parts.hostname and port:
            return parts, port
    except ValueError as error:
        why = error
    raise Seen(Reading.UNKNOWN, f"not looked at: {why}")
