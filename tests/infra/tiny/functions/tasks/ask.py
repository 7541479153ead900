"""Asks a person."""

from __future__ import annotations

from functions.contracts import Answer, Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings

__all__ = ["Answer"]

ACT = True
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    task_token: str


class Response(Frozen):
    seen: bool


@task(Request, needs=("approvals.ask", "mailer.send", "notifier.page"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    return Response(seen=True)
