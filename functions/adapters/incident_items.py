"""The item of an incident (CONTRACT.md 5), built the same way for the table and for its twin.

While a run goes on, its acts stand in the map `intents` under their ids. Readers get them as the list
`actions` that CONTRACT names; at the end the list takes the map's place, an act without a result `unknown`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from functions.adapters.attribute_values import Item
from functions.adapters.cutting import MOST_ENTRIES, cut, results_of, short
from functions.adapters.values import json_default, plain
from functions.errors import Broken
from functions.facts import Evidence, Result
from functions.ports import Intent

# Written by `open` and by the acts alone; a note or an end that brings them would forge the record.
KEPT: Final = frozenset({"incident_id", "evidence", "evidence_total", "intents", "revision", "actions"})


def new_item(given: Mapping[str, Any]) -> Item:
    """What `open` writes. A field that is None is left out, so that `closed_at` is missing until the end."""
    fields = {name: value for name, value in plain(given).items() if value is not None}
    evidence = fields.pop("evidence", [])
    return {
        **cut(fields),
        "evidence": short(evidence[:MOST_ENTRIES]),
        "evidence_total": len(evidence),
        "intents": {},
        "revision": 0,
    }


def shown(item: Mapping[str, Any]) -> Item:
    """What `get` returns: the item, with its acts as `actions` also while the run goes on."""
    if "actions" in item:
        return dict(item)
    actions = actions_of(item, unsettled=None)
    return {**item, "actions": actions, "actions_total": len(actions)}


def intent_entry(intent: Intent) -> Item:
    entry: Item = short(plain(intent))
    return entry


def actions_of(item: Mapping[str, Any], *, unsettled: Result | None) -> list[Item]:
    """The acts in the order of their intents; one without a result gets `unsettled`."""
    entries = []
    for intent in item.get("intents", {}).values():
        result = intent.get("result") or (unsettled.value if unsettled else None)
        names = ("action", "target", "before", "by", "at")
        entry = {**{name: intent.get(name) for name in names}, "after": intent.get("after")}
        entries.append({**entry, "result": result} if result else entry)
    return sorted(entries, key=lambda entry: str(entry["at"]))


def ending(item: Mapping[str, Any], given: Mapping[str, Any], now: datetime) -> Item:
    """The fields that `close` writes: the acts rendered and counted, `closed_at` filled in.

    Acts in `given` (those of a dry run, say) are added to the rendered ones unless they stand there.
    """
    fields = {name: value for name, value in plain(given).items() if value is not None}
    actions = actions_of(item, unsettled=Result.UNKNOWN)
    known = {(entry["action"], entry["target"]) for entry in actions}
    actions += [entry for entry in fields.pop("actions", []) if (entry["action"], entry["target"]) not in known]
    return {
        "closed_at": plain(now),
        **cut({name: value for name, value in fields.items() if name not in KEPT}),
        "actions": short(actions[:MOST_ENTRIES]),
        "actions_total": len(actions),
        "actions_counts": results_of(actions),
    }


def noted(evidence: Sequence[Evidence], given: Mapping[str, Any]) -> tuple[list[Item], Item, str]:
    """What a note writes: entries, fields (None: to be removed), and a token that a repeat has too."""
    if forged := KEPT & set(given):
        raise Broken(f"a note may not set {', '.join(sorted(forged))}")
    entries: list[Item] = [short(plain(entry)) for entry in evidence]
    fields = cut(plain(given))
    told = json.dumps([entries, fields], sort_keys=True, default=json_default)
    return entries, fields, sha256(told.encode()).hexdigest()[:16]
