"""What an incident that has ended says of a test order that is over since: no more that it may rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def answered(item: Mapping[str, Any], client_order_id: str, value: str, *, well: bool) -> dict[str, Any]:
    """Fields of the incident to be noted: what is left and what is asked, without this order. `value`: what was
    seen of it; `well` False: that is left to a person itself. Nothing where the end is not written."""
    told = item.get("told")
    if not isinstance(told, Mapping):
        return {}

    def others(lines: Any) -> list[str]:
        return [str(line) for line in lines or () if client_order_id not in str(line)]

    known = [*map(str, told.get("known") or ()), *([value] if well else [])]
    not_done = [*others(told.get("not_done")), *([] if well else [value])]
    asked = [*others(item.get("open_questions")), *([] if well else [f"Left to a person: {value}"])]
    return {
        "told": {**told, "known": known, "not_done": not_done, "unknown": others(told.get("unknown"))},
        "open_questions": asked,
    }
