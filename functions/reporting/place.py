"""Where an incident happened, by the settings and by its item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.errors import RunbookError
from functions.ports import Ports
from functions.rules.reporting.incident import Place
from functions.settings import Settings


def place_of(ports: Ports, settings: Settings, item: Mapping[str, Any]) -> Place:
    details = item.get("details_key")
    return Place(
        env=settings.env.value,
        region=settings.region,
        log_group=settings.platform.log_group,
        alarms=(settings.platform.heartbeat_alarm,),
        details=_url(ports, str(details)) if details else None,
    )


def _url(ports: Ports, key: str) -> str | None:
    """Whoever stops directly may not know the bucket."""
    try:
        return ports.reports.console_url(key)
    except RunbookError:
        return None
