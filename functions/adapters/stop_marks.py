"""By which marks a strategy's item tells who stopped it and who brought it back; for the adapter and its twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.facts import Result
from functions.ports import Stop, Stopped


def carries(item: Mapping[str, Any], mark: str) -> bool:
    """Stopped by this halt, or brought back by it and still what it was brought back as. A strategy keeps
    `started_by`, so whoever stops or pauses it afterwards, by hand too, takes it out of the halt's reach."""
    if "stopped_by" in item:
        return bool(item["stopped_by"] == mark)
    return bool(item.get("started_by") == mark and item.get("started_as") == item.get("status"))


def stopped_by_us(item: Mapping[str, Any], mark: str) -> bool:
    return bool(item.get("status") == "stopped" and item.get("stopped_by") == mark)


def unpaused_by_us(item: Mapping[str, Any], mark: str) -> bool:
    """Its pause was ended by this mark, and it is still what it was put back to."""
    status = item.get("status")
    return bool(item.get("unpaused_by") == mark and status is not None and status == item.get("unpaused_as"))


def handed_to(item: Mapping[str, Any], mark: str, paused: str) -> bool:
    """Paused, and it is up to this mark to end that."""
    return bool(item.get("status") == paused and item.get("paused_by") == mark)


def changed(stop: Stop) -> Stopped:
    """Another status than the one that was seen."""
    why = f"it was not {stop.expected_status} any more when it was to be stopped"
    return Stopped(stop.strategy_id, Result.NOT_DONE, why, changed=True)
