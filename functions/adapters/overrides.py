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
# In a lasting change's record: the record of the change that it was made on top of.
EARLIER: Final = "earlier"
# Changes on top of one another that are kept: each is one that nobody has undone since.
MOST_KEPT: Final = 10


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


def change_over(before: Any, incident_id: str, expected: Any, value: Any, at: datetime) -> Item:
    """The record of a change of a field beside which `before` stands. Further changes of one incident are one,
    while nobody has set another value in between; another incident's is kept, so that both can be undone, the
    newest first."""
    record = change_record(incident_id, expected, value, at)
    if not is_ours(before) or before["value"] != record["old"]:
        return record
    if before["incident_id"] != incident_id:
        return {**record, EARLIER: cut(before, MOST_KEPT - 1)}
    kept = {EARLIER: before[EARLIER]} if EARLIER in before else {}
    return {**record, "old": before["old"], **kept}


def cut(record: Item, most: int) -> Item:
    """The same with at most `most` records in all, the newest."""
    below = record.get(EARLIER)
    if below is None or most <= 1:
        return {name: value for name, value in record.items() if name != EARLIER}
    return {**record, EARLIER: cut(below, most - 1)}


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
    """Every lasting change of an item, the newest of a field first, as the port names its parts."""
    for name, record in item.items():
        if not name.startswith(CHANGE):
            continue
        while is_ours(record):
            yield {
                "strategy_id": item["strategy_id"],
                "field": name.removeprefix(CHANGE),
                "incident_id": record["incident_id"],
                "old": record["old"],
                "value": record["value"],
                "at": time_of(record.get("at")),
            }
            record = record.get(EARLIER)


def written(record: Any, incident_id: str) -> Item | None:
    """The record, where it is whole and of this incident."""
    return dict(record) if is_ours(record) and record["incident_id"] == incident_id else None


def traded_by(item: Mapping[str, Any]) -> dict[str, str]:
    """Whose account a strategy trades, as its config says; what is no text says nothing."""
    said = {name: item.get(name) for name in ("strategy_id", "exchange", "account", "mode")}
    found = {name: value for name, value in said.items() if isinstance(value, str)}
    return {**found, SWITCHED: "yes"} if item.get(SWITCHED) else found
