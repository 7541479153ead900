"""Robots that open mails decide nothing, and the same robots do decide on the pattern that people copy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.approvals.desk import Answer, Desk
from tests.approvals.scanner import AGENTS, Scanner, typed, typed_by

LEAST_REQUESTS = 200


def test_a_scanner_that_opens_presses_and_types_everything_decides_nothing(desk: Desk) -> None:
    asked = desk.ask()
    mails = [mail for mail in desk.mails() if asked.approval_id in mail["text"]]
    scanner = Scanner()
    scanner.scan(mails[0])
    assert scanner.requests >= LEAST_REQUESTS, scanner.requests
    assert max(scanner.answers) < 500, scanner.answers
    approval = desk.approval_of(asked)
    assert (approval["standing"], approval.get("votes") or []) == ("pending", [])
    assert desk.status(asked) == "RUNNING"
    # Whatever the robots did, the person behind the link is still heard.
    desk.until(lambda: desk.answer(asked.links["alice"], "reject").status == 200, "the person is heard", 90)
    assert desk.result(asked)["decision"] == "reject"


def test_the_scanner_decides_where_a_link_approves() -> None:
    """The pattern of the samples, a GET with the token in it; a scanner that fails here shows nothing."""
    with approves_on_get() as (url, approvals):
        scanner = Scanner()
        scanner.scan({"text": f"Approve: {url}/approve?token=abc\nReject: {url}/reject?token=abc", "html": ""})
    assert "/approve?token=abc" in approvals


def test_the_scanner_decides_where_a_lone_button_approves() -> None:
    with approves_on_get(button=True) as (url, approvals):
        Scanner().scan({"text": f"Decide here: {url}/page", "html": ""})
    assert "POST /decide" in approvals


def test_the_agents_together_type_everything_that_can_be_read_and_nothing_twice() -> None:
    page = Answer(200, {}, "".join(f"<p>RAISE {number}</p>" for number in range(20)))
    shares = [list(typed_by(agent, page)) for agent in AGENTS]
    assert sorted(word for share in shares for word in share) == sorted(typed(page))
    assert all(shares)


@contextmanager
def approves_on_get(*, button: bool = False) -> Iterator[tuple[str, list[str]]]:
    """The approval page of the samples, as small as it can be."""
    approvals: list[str] = []

    class Sample(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not button:
                approvals.append(self.path)
            self._say(
                "<form method='post' action='/decide'><button name='decision' value='approve'>OK</button></form>"
            )

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            approvals.append(f"POST {self.path}")
            self._say("thanks")

        do_HEAD = do_OPTIONS = do_GET

        def _say(self, body: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """The test's output stays its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sample)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", approvals
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
