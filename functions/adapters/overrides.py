"""A temporary value in the strategy config, with what it replaced beside it, as `override_{field}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from functions.adapters.attribute_values import Item
from functions.adapters.values import plain, text_of, time_of

PREFIX: Final = "override_"


def record_of(incident_id: str, old: Any, value: Any, expires_at: datetime) -> Item:
    """`old` None: the field was missing."""
    return {
        "incident_id": incident_id,
        "old": plain(old),
        "value": plain(value),
        "expires_at": text_of(expires_at),
    }


def standing(item: Mapping[str, Any]) -> Iterator[Item]:
    """Every override of an item, as the port names its parts; an expiry that cannot be read is None."""
    for name, record in item.items():
        if name.startswith(PREFIX) and isinstance(record, Mapping):
            yield {
                "strategy_id": item["strategy_id"],
                "field": name.removeprefix(PREFIX),
                "incident_id": record.get("incident_id"),
                "old": record.get("old"),
                "value": record.get("value"),
                "expires_at": time_of(record.get("expires_at")),
            }
