from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore import exceptions as aws
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import TURNED_AWAY, WORLD_SAID_NO, Saying, saying, word_for
from functions.adapters.service import EcsService
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain

URL = {"endpoint_url": "https://x"}
HARMLESS = (Saying.READ, Saying.REPEATABLE)


def answered(code: str, status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": "why"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "UpdateService")


@pytest.mark.parametrize("kind", list(Saying))
@pytest.mark.parametrize("code", sorted(TURNED_AWAY))
def test_what_was_turned_away_has_not_happened(code: str, kind: Saying) -> None:
    assert type(word_for(answered(code), kind, "x")) is Transient
    assert type(word_for(answered(code, 503), kind, "x")) is Transient


@pytest.mark.parametrize("kind", list(Saying))
def test_429_is_turned_away_whatever_its_code(kind: Saying) -> None:
    assert type(word_for(answered("Strange", 429), kind, "x")) is Transient


@pytest.mark.parametrize("code", ["InternalServerError", "ServiceUnavailable", "503"])
def test_a_5xx_is_transient_after_a_reading_and_uncertain_after_an_act(code: str) -> None:
    for kind in HARMLESS:
        assert type(word_for(answered(code, 500), kind, "x")) is Transient
    assert type(word_for(answered(code, 503), Saying.ACT, "x")) is Uncertain


NEVER_SENT = [
    aws.EndpointConnectionError(**URL),
    aws.ConnectTimeoutError(**URL),
    aws.ProxyConnectionError(proxy_url="p"),
    aws.SSLError(error=OSError("x"), **URL),
]
NO_ANSWER = [
    aws.ReadTimeoutError(**URL),
    aws.ConnectionClosedError(**URL),
    aws.HTTPClientError(error=OSError("x")),
    aws.ResponseStreamingError(error="x"),
    ResponseParserError("x"),
]


@pytest.mark.parametrize("error", NEVER_SENT, ids=lambda e: type(e).__name__)
def test_what_was_never_sent_is_transient_for_acts_too(error: Exception) -> None:
    for kind in Saying:
        assert type(word_for(error, kind, "x")) is Transient


@pytest.mark.parametrize("error", NO_ANSWER, ids=lambda e: type(e).__name__)
def test_what_got_no_answer_is_uncertain_only_after_an_act(error: Exception) -> None:
    for kind in HARMLESS:
        assert type(word_for(error, kind, "x")) is Transient
    assert type(word_for(error, Saying.ACT, "x")) is Uncertain


@pytest.mark.parametrize("kind", list(Saying))
@pytest.mark.parametrize("code", sorted(WORLD_SAID_NO))
def test_a_state_of_the_platform_that_does_not_allow_it_is_refused(code: str, kind: Saying) -> None:
    assert type(word_for(answered(code), kind, "x")) is Refused


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (answered("AccessDeniedException"), "a grant is missing"),
        (answered("AccessDenied", 403), "a grant is missing"),
        (answered("ResourceNotFoundException"), "the settings name something that is not there"),
        (answered("ServiceNotFoundException"), "the settings name something that is not there"),
        (answered("StateMachineDoesNotExist"), "the settings name something that is not there"),
        (answered("ValidationException"), "AWS does not accept what we said"),
        (aws.NoCredentialsError(), "our credentials, configuration or parameters"),
        (aws.ParamValidationError(report="x"), "our credentials, configuration or parameters"),
    ],
)
def test_our_own_faults_are_broken_and_say_whose(error: Exception, why: str) -> None:
    for kind in Saying:
        word = word_for(error, kind, "ecs:UpdateService tradai")
        assert type(word) is Broken
        assert why in str(word)
        assert str(word).startswith("ecs:UpdateService tradai: ")


def test_errors_that_are_not_botocores_pass_through() -> None:
    with pytest.raises(ZeroDivisionError), saying(Saying.ACT, "x"):
        raise ZeroDivisionError


class Answers(BaseHTTPRequestHandler):
    """Counts the requests and answers each with the server's status, or not at all."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.seen += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        if server.status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = b'{"__type": "ServerException", "message": "x"}'
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made: Any = HTTPServer(("127.0.0.1", 0), Answers)
    made.seen, made.status = 0, 500
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{made.server_address[1]}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr("time.sleep", lambda _: None)
    yield made
    made.shutdown()
    made.server_close()
    thread.join(5)


def service() -> EcsService:
    return EcsService(Aws("eu-central-1"), cluster="c", service="s")


@pytest.mark.parametrize("status", [500, 0])
def test_an_act_without_a_clear_answer_is_said_once_and_uncertain(server: Any, status: int) -> None:
    server.status = status
    with pytest.raises(Uncertain):
        service().redeploy(1)
    assert server.seen == 1


@pytest.mark.parametrize("status", [500, 0])
def test_a_reading_without_a_clear_answer_is_tried_three_times_and_transient(server: Any, status: int) -> None:
    server.status = status
    with pytest.raises(Transient):
        service().describe()
    assert server.seen == 3


def test_an_act_that_never_left_is_transient(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(Transient, match="never sent"):
        service().redeploy(1)
    assert server.seen == 0


def test_every_word_is_one_of_the_four() -> None:
    errors = [answered("Anything", status) for status in (400, 403, 404, 500, 503)]
    words = {type(word_for(error, kind, "x")) for error in errors for kind in Saying}
    assert words <= {Transient, Refused, Uncertain, Broken}
    assert all(issubclass(word, RunbookError) for word in words)
