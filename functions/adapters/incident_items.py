"""The item of an incident (CONTRACT.md 5), built the same way for the table and for its twin.

While a run goes on, its acts stand in the map `intents` under their ids. Readers get them as the list
`actions` that CONTRACT names; at the end the list takes the map's place, an act without a result `unknown`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from functions.adapters.attribute_values import Item
from functions.adapters.cutting import MOST_ENTRIES, cut, results_of, short
from functions.adapters.items import number
from functions.adapters.values import json_default, plain, text_of
from functions.errors import Broken, Refused
from functions.facts import Evidence, Result
from functions.ports import MOST_FOLLOW_UPS, FollowUp, Intent
from functions.rules.reporting.redact import clean

# Written by `open`, by the acts, by the approvals and by people alone; a run's note or its end that brings them
# would forge them.
KEPT: Final = frozenset(
    {
        "incident_id",
        "evidence",
        "evidence_total",
        "intents",
        "revision",
        "actions",
        "approvals",
        "ended_at",
        "follow_up",
    }
)

UNREADABLE: Final = "an act that cannot be read"


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


def over(item: Mapping[str, Any]) -> bool:
    """The run's end is written. The incident itself may be open all the same: nobody answered."""
    return "ended_at" in item or "closed_at" in item


def revision_of(item: Mapping[str, Any]) -> Any:
    """Raises `Broken` where it cannot be read: no condition on it would ever hold."""
    revision = number(item.get("revision"))
    if revision is None:
        raise Broken(f"incident {item.get('incident_id')}: its revision cannot be read")
    return revision


def evidence_of(item: Mapping[str, Any]) -> list[Any]:
    found = item.get("evidence")
    if not isinstance(found, list):
        raise Broken(f"incident {item.get('incident_id')}: its evidence cannot be read")
    return found


def with_approval(item: Mapping[str, Any], record: Mapping[str, Any]) -> list[Item]:
    """The item's `approvals` with this record, in the place of an earlier one of the same id. Of two that carry
    a `version` the higher one stays: two writers may come in the wrong order."""
    approvals = item.get("approvals")
    new, stand = short(plain(record)), list(approvals) if isinstance(approvals, list) else []
    found = [(n, each) for n, each in enumerate(stand) if isinstance(each, Mapping)]
    places = [n for n, each in found if each.get("approval_id") == new["approval_id"]]
    if not places:
        stand.append(new)
    elif new.get("version", 0) >= (number(stand[places[0]].get("version")) or 0):
        stand[places[0]] = new
    # The newest ones: the older ones have their own item for ever.
    return stand[-MOST_ENTRIES:]


def with_follow_up(item: Mapping[str, Any], entry: FollowUp) -> list[Item] | None:
    """The item's `follow_up` with this entry behind the others, or as it is where the entry stands there already
    (an earlier try); None where there is no room."""
    stands = item.get("follow_up")
    new, stand = {**plain(entry), "text": clean(entry.text)}, list(stands) if isinstance(stands, list) else []
    if new in stand:
        return stand
    return [*stand, new] if len(stand) < MOST_FOLLOW_UPS else None


def acknowledged(item: Mapping[str, Any] | None, incident_id: str, closing: Mapping[str, str]) -> bool:
    """What an acknowledgement that changed nothing comes to: True where it is our own earlier try."""
    if item is None:
        raise Refused(f"there is no incident {incident_id}")
    if not over(item):
        raise Refused(f"incident {incident_id}: its run has not ended")
    return all(item.get(name) == value for name, value in closing.items())


def settling(result: Result, after: str | None, at: datetime) -> Item:
    """What an act came to, without secrets: a venue's or an engine's own words may stand in it."""
    return {"result": result.value, "after": None if after is None else short(after), "settled_at": text_of(at)}


def acknowledging(by: str, at: datetime) -> dict[str, str]:
    """What an acknowledgement writes."""
    return {"closed_at": text_of(at), "acknowledged_at": text_of(at), "acknowledged_by": short(by)}


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
    for intent in _intents(item):
        result = intent.get("result") or (unsettled.value if unsettled else None)
        what = {name: str(intent.get(name)) for name in ("action", "target")}
        entry = {**what, **{name: intent.get(name) for name in ("before", "by", "at", "after")}}
        entries.append({**entry, "result": result} if result else entry)
    return sorted(entries, key=lambda entry: str(entry["at"]))


def _intents(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One that cannot be read is an act all the same: nobody knows which, and what came of it."""
    intents = item.get("intents", {})
    for act_id, intent in (intents if isinstance(intents, Mapping) else {"intents": intents}).items():
        yield intent if isinstance(intent, Mapping) else {"action": UNREADABLE, "target": act_id}


def ending(item: Mapping[str, Any], given: Mapping[str, Any], now: datetime) -> Item:
    """The fields that `close` writes: the acts rendered and counted, and when. `closed_at` is the caller's to
    give: without it the incident stays open.

    Acts in `given` (those of a dry run, say) are added to the rendered ones unless they stand there.
    """
    fields = {name: value for name, value in plain(given).items() if value is not None}
    actions = actions_of(item, unsettled=Result.UNKNOWN)
    known = {(entry["action"], entry["target"]) for entry in actions}
    actions += [entry for entry in fields.pop("actions", []) if (entry["action"], entry["target"]) not in known]
    return {
        "ended_at": plain(now),
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
