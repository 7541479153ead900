"""A temporary value in the strategy config, with what it replaced beside it, as `override_{field}`; a lasting one
under `change_{field}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from functions.adapters.attribute_values import Item
from functions.adapters.values import plain, text_of, time_of

PREFIX: Final = "override_"
CHANGE: Final = "change_"
SWITCHED: Final = "switched_exchange"


def record_of(incident_id: str, old: Any, value: Any, expires_at: datetime) -> Item:
    """`old` None: the field was missing."""
    return {
        "incident_id": incident_id,
        "old": plain(old),
        "value": plain(value),
        "expires_at": text_of(expires_at),
    }


def change_record(incident_id: str, old: Any, value: Any, at: datetime) -> Item:
    """`old` None: the field was missing; `value` None: it is gone. It never expires by itself."""
    return {"incident_id": incident_id, "old": plain(old), "value": plain(value), "at": text_of(at)}


def switch_record(incident_id: str, old: str, exchange: str) -> Item:
    """What stands under `switched_exchange`: the way back. It never expires by itself."""
    return {"incident_id": incident_id, "old": old, "value": exchange}


def is_ours(record: Any) -> bool:
    """An attribute of the platform may begin with the same word: only a whole record is an override."""
    whole = isinstance(record, Mapping) and {"old", "value"} <= set(record)
    return whole and isinstance(record.get("incident_id"), str)


def standing(item: Mapping[str, Any]) -> Iterator[Item]:
    """Every override of an item, as the port names its parts; an expiry that cannot be read is None."""
    for name, record in item.items():
        if name.startswith(PREFIX) and is_ours(record):
            yield {
                "strategy_id": item["strategy_id"],
                "field": name.removeprefix(PREFIX),
                "incident_id": record["incident_id"],
                "old": record["old"],
                "value": record["value"],
                "expires_at": time_of(record.get("expires_at")),
            }


def changed(item: Mapping[str, Any]) -> Iterator[Item]:
    """Every lasting change of an item, as the port names its parts."""
    for name, record in item.items():
        if name.startswith(CHANGE) and is_ours(record):
            yield {
                "strategy_id": item["strategy_id"],
                "field": name.removeprefix(CHANGE),
                "incident_id": record["incident_id"],
                "old": record["old"],
                "value": record["value"],
                "at": time_of(record.get("at")),
            }


def written(record: Any, incident_id: str) -> Item | None:
    """The record, where it is whole and of this incident."""
    return dict(record) if is_ours(record) and record["incident_id"] == incident_id else None


def traded_by(item: Mapping[str, Any]) -> dict[str, str]:
    """Whose account a strategy trades, as its config says; what is no text says nothing."""
    said = {name: item.get(name) for name in ("strategy_id", "exchange", "account", "mode")}
    found = {name: value for name, value in said.items() if isinstance(value, str)}
    return {**found, SWITCHED: "yes"} if item.get(SWITCHED) else found
