"""Probes against sockets of this machine; the twin answers what a test tells it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.memory import World, twins
from functions.adapters.probes import INSIDE, OUTSIDE, SocketProbes
from functions.facts import ProbeFact, Reading
from tests.adapters.conftest import NOW
from tests.adapters.listening import listening
from tests.adapters.rigs import SetClock


def probes(timeout: float = 0.4, inside: bool = False) -> SocketProbes:
    return SocketProbes(SetClock(NOW), timeout=timeout, inside=inside)


def saying(text: str) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(text.encode())

    return answer


def look_at(text: str) -> ProbeFact:
    with listening(saying(text)) as port:
        return probes().look(f"http://127.0.0.1:{port}/fapi/v1/ping")


@pytest.mark.parametrize(
    ("status", "reading"),
    [
        (200, Reading.OK),
        (204, Reading.OK),
        (400, Reading.OK),
        (401, Reading.OK),
        (403, Reading.OK),
        (404, Reading.OK),
        (451, Reading.OK),
        (418, Reading.FAILED),
        (429, Reading.FAILED),
        (500, Reading.FAILED),
        (503, Reading.FAILED),
    ],
)
def test_an_answer_below_500_has_reached_the_target_but_for_429_and_418(status: int, reading: Reading) -> None:
    fact = look_at(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n")
    assert (fact.reading, fact.http_status, fact.detail) == (reading, status, f"HTTP {status}")
    assert fact.at == NOW


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        ("Sat, 31 Jan 2026 03:02:00 GMT", 120),
        ("Sat, 31 Jan 2026 02:00:00 GMT", 0),
        ("soon", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(written: str, seconds: int | None) -> None:
    fact = look_at(f"HTTP/1.1 429 X\r\nRetry-After: {written}\r\nContent-Length: 0\r\n\r\n")
    assert fact.retry_after_seconds == seconds


def test_a_redirect_is_reached_and_never_followed() -> None:
    with listening(saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as elsewhere:
        fact = look_at(f"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:{elsewhere}/\r\nContent-Length: 0\r\n\r\n")
    assert (fact.reading, fact.detail) == (Reading.OK, "HTTP 302, not followed")


def test_asks_for_the_path_and_query_with_the_hosts_name() -> None:
    asked: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        asked.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with listening(answer) as port:
        probes().look(f"http://localhost:{port}/ping?symbol=BTC")
    lines = asked[0].decode().splitlines()
    assert lines[0] == "GET /ping?symbol=BTC HTTP/1.1"
    assert f"Host: localhost:{port}" in lines


def failed(target: str, **given: Any) -> str:
    fact = probes(**given).look(target)
    assert (fact.reading, fact.http_status) == (Reading.FAILED, None)
    return fact.detail


def silent(connection: socket.socket) -> None:
    connection.recv(4096)
    threading.Event().wait(1)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_refused_connection_a_silent_server_and_a_dropped_one_are_told_apart() -> None:
    port = free_port()
    assert failed(f"http://127.0.0.1:{port}/") == f"connection refused on port {port}"
    with listening(silent) as port:
        assert failed(f"http://127.0.0.1:{port}/") == "connected, no answer within 0.4 s"
    with listening(lambda connection: connection.close()) as port:
        assert failed(f"http://127.0.0.1:{port}/").startswith("connected, ")
    with listening(saying("SSH-2.0\r\n")) as port:
        assert failed(f"http://127.0.0.1:{port}/").startswith("connected, no HTTP answer")


def test_a_connection_that_nobody_takes_up_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> socket.socket:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", never)
    assert failed("tcp://127.0.0.1:5432") == "no connection to port 5432 within 0.4 s"


def test_a_name_that_does_not_resolve_is_told_as_such() -> None:
    assert "does not resolve" in failed("https://no-such-host.invalid/", timeout=10)


def test_a_resolver_that_hangs_does_not_hold_the_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [done.wait(5)][:0])
    assert failed("https://fapi.binance.com/") == "the name fapi.binance.com was not resolved within 0.4 s"
    done.set()


def test_the_next_address_is_tried_where_the_first_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as port:
        kinds = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        both = [(*kinds, ("127.0.0.2", free_port())), (*kinds, ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
        assert probes().look(f"http://two.example:{port}/").reading is Reading.OK


def test_a_tcp_target_is_only_connected_to() -> None:
    with listening(lambda connection: None) as port:
        fact = probes().look(f"tcp://127.0.0.1:{port}")
    assert (fact.reading, fact.detail) == (Reading.OK, f"connected to port {port}")


def test_a_server_without_tls_is_told_as_such() -> None:
    with listening(saying("HTTP/1.1 400 X\r\n\r\n")) as port:
        assert failed(f"https://127.0.0.1:{port}/").startswith("connected, no TLS: ")


def test_a_certificate_of_somebody_else_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise ssl.SSLCertVerificationError(1, "certificate verify failed")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrong)
    with listening(lambda connection: None) as port:
        assert "certificate verify failed" in failed(f"https://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "target", ["", "fapi.binance.com", "ftp://x/", "tcp://host", "http://[::1", "http://h:99999/"]
)
def test_a_target_that_cannot_be_read_is_unknown_and_raises_nothing(target: str) -> None:
    assert probes().look(target).reading is Reading.UNKNOWN


def test_says_whose_address_it_left_from() -> None:
    assert probes().look("").where == OUTSIDE == ProbeFact("t", Reading.OK, "", NOW).where
    assert probes(inside=True).look("").where == INSIDE


def test_the_twin_answers_what_it_was_told_and_is_reachable_else() -> None:
    world = World()
    ports = twins(world)
    down = ProbeFact("tcp://db:5432", Reading.FAILED, "connection refused", world.now)
    world.probes["tcp://db:5432"] = down
    assert ports.probes.look("tcp://db:5432") == down
    assert ports.probes.look("https://x/").reading is Reading.OK
    assert ports.clock.now() == world.advance(seconds=30) - timedelta(seconds=30)
