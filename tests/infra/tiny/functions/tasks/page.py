"""Answers the approval links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.ports import Ports
from functions.runtime import http
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256
TRIGGER = "http"


@http(needs=("approvals.get", "approvals.change"))
def handler(event: Mapping[str, Any], ports: Ports, settings: Settings) -> dict[str, Any]:
    return {"statusCode": 200}
