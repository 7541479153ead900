"""The kill switch as it stands, in a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.aws import Aws
from functions.adapters import items
from functions.rules import kill_switch


def item(aws: Aws) -> Mapping[str, Any]:
    """Its item in the guards table; empty where it was never engaged."""
    table = aws.table(aws.names.guards_table)
    found = table.get_item(Key={"guard_id": items.KILL_SWITCH}, ConsistentRead=True)
    return dict(found.get("Item") or {})


def told(aws: Aws) -> str:
    fact = items.kill_switch_of(dict(item(aws)) or None)
    return kill_switch.told(fact) if fact.engaged else "released"
