"""Shows a request to whoever holds a personal link or an AWS identity, and takes the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions import deciding, follow_up, ratifying, unanswered
from functions.ports import Ports
from functions.runtime import http
from functions.settings import Settings
from functions.web.routes import answer

ACT = False
TRIGGER = "http"
TIMEOUT_SECONDS = 15
MEMORY_MB = 512
LAYERS = ("web",)


NEEDS = (
    *deciding.NEEDS,
    *follow_up.NEEDS,
    *ratifying.NEEDS,
    *unanswered.NEEDS,
    "approvals.get",
    "approvals.open",
    "clock.now",
    "incidents.get",
)


@http(needs=tuple(dict.fromkeys(NEEDS)))
def handler(event: Mapping[str, Any], ports: Ports, settings: Settings) -> dict[str, Any]:
    return answer(event, ports, settings)
