"""The part of a transaction that says: this guard is still this run's, and is held until then."""

from __future__ import annotations

from typing import Any

from functions.adapters.attribute_values import Item
from functions.adapters.tables import Table
from functions.errors import Broken


def holding(guards: Table, guard_id: str, incident_id: str, until: str, *, longer: bool) -> dict[str, Any]:
    """Prolongs it (`longer`), or checks that another branch of the run holds it for longer already."""
    if longer:
        prolonged = guards.updating(
            guard_id,
            "SET #act_until = :until",
            "#incident_id = :incident AND #act_until <= :until",
            {"incident": incident_id, "until": until},
        )
        return {"Update": prolonged}
    check = guards.checking(
        guard_id,
        "#incident_id = :incident AND #act_until > :until",
        {"incident": incident_id, "until": until},
    )
    return {"ConditionCheck": check}


def ours(held: Item | None, incident_id: str) -> bool:
    return held is not None and held.get("incident_id") == incident_id


def until_of(held: Item) -> str:
    """Raises `Broken` where nobody can tell: no condition on it would ever hold."""
    until = held.get("act_until")
    if not isinstance(until, str):
        raise Broken(f"guard {held.get('guard_id')}: act_until cannot be read: {until!r}"[:300])
    return until
