"""Which task files become functions in an environment."""

from __future__ import annotations

from collections.abc import Iterable

from functions.settings import Settings
from infra.tasks import TaskFile


def deployed(files: Iterable[TaskFile], settings: Settings) -> tuple[TaskFile, ...]:
    """All but what only risk alarms call where the settings name none: it may start the emergency stop, and a
    right that nothing needs is given to nobody."""
    risk = bool(settings.emergency_stop.risk_alarms)
    return tuple(file for file in files if risk or file.trigger != "risk-alarm")
