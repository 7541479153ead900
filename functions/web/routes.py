"""The routes, on Powertools' resolver: which call goes where, and what a call that fails is told.

Nothing of an event is logged: its query string holds a personal key, its body what somebody typed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.errors import Broken, Refused, RunbookError
from functions.ports import Ports
from functions.runtime import logger, where
from functions.settings import Settings
from functions.web import operators, personal
from functions.web.headers import HTML, JSON, strict
from functions.web.pages import message_page
from functions.web.personal import NOT_FOUND, Page
from functions.web.requests import Bad, Event, method_of

PERSONAL: Final = "/approvals/<approval_id>"
OPERATORS: Final = "/operators/"

_ALLOWED: Final = (
    (re.compile(r"/approvals/[^/]+"), "GET, HEAD, POST"),
    (re.compile(r"/operators/approvals"), "GET"),
    (re.compile(r"/operators/approvals/[^/]+"), "GET, POST"),
    (re.compile(r"/operators/incidents/[^/]+/(acknowledge|note|ratify)"), "POST"),
)

_TITLES: Final = {
    400: "That cannot be read",
    404: "Not found",
    405: "Not this way",
    409: "Not taken",
    413: "Too long",
    415: "Not in this form",
    500: "Something broke",
    503: "Not at the moment",
}

app: Final = APIGatewayHttpResolver(debug=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with, put beside each event."""

    ports: Ports
    settings: Settings


def answer(event: Event, ports: Ports, settings: Settings) -> dict[str, Any]:
    """The answer to one event of an HTTP API, in payload format 2.0; every error has become one."""
    app.context["desk"] = Desk(ports, settings)
    return strict(app.resolve(event, LambdaContext()), method_of(event))


@app.get(PERSONAL)
def show(approval_id: str) -> Response[str]:
    desk = _desk()
    return _html(personal.show(desk.ports, desk.settings, _event(), approval_id))


@app.head(PERSONAL)
def head(approval_id: str) -> Response[str]:
    return show(approval_id)


@app.post(PERSONAL)
def post(approval_id: str) -> Response[str]:
    desk = _desk()
    return _html(personal.post(desk.ports, desk.settings, _event(), approval_id))


@app.get("/operators/approvals")
def list_open() -> Response[str]:
    desk = _desk()
    return _json(*operators.listing(desk.ports, desk.settings, _event()))


@app.get("/operators/approvals/<approval_id>")
def show_one(approval_id: str) -> Response[str]:
    desk = _desk()
    return _json(*operators.one(desk.ports, desk.settings, _event(), approval_id))


@app.post("/operators/approvals/<approval_id>")
def decide(approval_id: str) -> Response[str]:
    desk = _desk()
    return _json(*operators.decide(desk.ports, desk.settings, _event(), approval_id))


@app.post("/operators/incidents/<incident_id>/acknowledge")
def acknowledge(incident_id: str) -> Response[str]:
    desk = _desk()
    return _json(*operators.acknowledge(desk.ports, desk.settings, _event(), incident_id))


@app.post("/operators/incidents/<incident_id>/ratify")
def ratify(incident_id: str) -> Response[str]:
    desk = _desk()
    return _json(*operators.ratify(desk.ports, desk.settings, _event(), incident_id))


@app.post("/operators/incidents/<incident_id>/note")
def note(incident_id: str) -> Response[str]:
    desk = _desk()
    return _json(*operators.note(desk.ports, desk.settings, _event(), incident_id))


@app.not_found
def nowhere(_error: Exception) -> Response[str]:
    """No route: a wrong method where there is one, else the same page as for a wrong key."""
    path = app.current_event.path
    for pattern, methods in _ALLOWED:
        if pattern.fullmatch(path):
            return _refusal(Bad(405, "This address is only read, or answered by its own forms.", Allow=methods))
    return _refusal(NOT_FOUND)


def failed(error: Exception) -> Response[str]:
    """Our own words for everything that went wrong; the caller learns nothing of the inside."""
    if isinstance(error, Bad):
        return _refusal(error)
    if isinstance(error, Refused):
        return _refusal(Bad(409, "That was refused. Load the page again to see how it stands."))
    logger.error("a call to the page failed", word=type(error).__name__, where=where(error))
    if isinstance(error, RunbookError) and not isinstance(error, Broken):
        text = "Something that this needs does not answer. Load the page again to see what stands."
        return _refusal(Bad(503, text, **{"Retry-After": "5"}))
    return _refusal(Bad(500, "It is recorded. Load the page again to see what stands, or use the command line."))


app.exception_handler(Exception)(failed)


def _refusal(bad: Bad) -> Response[str]:
    if app.current_event.path.startswith(OPERATORS):
        return _json(bad.status, {"message": bad.message}, bad.headers)
    html = message_page(_TITLES.get(bad.status, "Not taken"), bad.message)
    return _html(Page(bad.status, html, {"Content-Type": HTML, **bad.headers}))


def _html(page: Page) -> Response[str]:
    return Response(page.status, body=page.html, headers=page.headers)


def _json(status: int, body: dict[str, Any], headers: dict[str, str]) -> Response[str]:
    return Response(status, content_type=JSON, body=json.dumps(body, ensure_ascii=False), headers=headers)


def _desk() -> Desk:
    desk = app.context["desk"]
    assert isinstance(desk, Desk)  # noqa: S101 - narrows Powertools' untyped context
    return desk


def _event() -> Event:
    event: Event = app.current_event.raw_event
    return event
