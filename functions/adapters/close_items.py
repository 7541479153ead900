"""What a close leaves in the guards table; used by the real adapter and its twin.

`close/{position_id}/{incident_id}/attempt/{number}`, `.../protection` and `.../result` carry no `ttl`: what was
sent is looked up for as long as the incident is read. `closing/{strategy_id}` stands while a close is in
progress, and names the incident of each: one strategy may have several positions closed at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from functions.adapters.attribute_values import Item
from functions.adapters.values import plain, text_of
from functions.errors import Broken
from functions.ports.exchange import Attempt, AttemptState, CloseResult
from functions.venue import VenueOrder

# An order that was found stays found; the other final states may still be corrected by it.
FINAL: Final = (AttemptState.DONE, AttemptState.REFUSED, AttemptState.NOT_ACCEPTED)
# What settling writes of an attempt.
SETTLED: Final = ("state", "order_id", "filled", "average", "why")

T = TypeVar("T")

_ATTEMPT: Final = TypeAdapter(Attempt)
_RESULT: Final = TypeAdapter(CloseResult)
_ORDERS: Final = TypeAdapter(tuple[VenueOrder, ...])


def attempt_key(position_id: str, incident_id: str, number: int) -> str:
    return f"close/{position_id}/{incident_id}/attempt/{number}"


def protection_key(position_id: str, incident_id: str) -> str:
    return f"close/{position_id}/{incident_id}/protection"


def result_key(position_id: str, incident_id: str) -> str:
    return f"close/{position_id}/{incident_id}/result"


def closes_key(position_id: str) -> str:
    return f"closes/{position_id}"


def closes_item(position_id: str, incident_ids: Sequence[str]) -> Item:
    return {"guard_id": closes_key(position_id), "incidents": list(incident_ids)}


def closes_of(item: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Raises `Broken` where it cannot be told: an order of ours must not be forgotten."""
    told = [] if item is None else item.get("incidents")
    if not isinstance(told, list | tuple) or not all(isinstance(one, str) for one in told):
        raise Broken(f"which incidents have closed it cannot be read: {told!r}"[:200])
    return tuple(told)


def closing_key(strategy_id: str) -> str:
    return f"closing/{strategy_id}"


def attempt_item(attempt: Attempt) -> Item:
    key = attempt_key(attempt.position_id, attempt.incident_id, attempt.number)
    return {"guard_id": key, **plain(attempt)}


def settled(attempt: Attempt) -> Item:
    """The attributes that settling writes. Raises where nothing final is said."""
    if attempt.state not in FINAL:
        raise Broken(f"attempt {attempt.number} of {attempt.position_id}: {attempt.state.value} settles nothing")
    return {name: value for name, value in plain(attempt).items() if name in SETTLED}


def attempt_of(item: Mapping[str, Any]) -> Attempt:
    return _read(_ATTEMPT, item, item)


def protection_item(position_id: str, incident_id: str, protection: Sequence[VenueOrder]) -> Item:
    return {
        "guard_id": protection_key(position_id, incident_id),
        "position_id": position_id,
        "incident_id": incident_id,
        "orders": plain(protection),
    }


def protection_of(item: Mapping[str, Any]) -> tuple[VenueOrder, ...]:
    return _read(_ORDERS, item, item.get("orders"))


def result_fields(position_id: str, incident_id: str, result: CloseResult) -> Item:
    return {"position_id": position_id, "incident_id": incident_id, "result": plain(result)}


def result_of(item: Mapping[str, Any]) -> CloseResult:
    return _read(_RESULT, item, item.get("result"))


def mark(strategy_id: str, incidents: Mapping[str, str]) -> Item:
    """Which incidents close a position of it, each until when; the item holds until the last of them is over."""
    latest = max(incidents.values())
    return {"guard_id": closing_key(strategy_id), "incidents": dict(incidents), "act_until": latest}


def incidents_of(item: Mapping[str, Any]) -> dict[str, str] | None:
    """None: it cannot be read."""
    found = item.get("incidents")
    if not isinstance(found, Mapping) or not all(isinstance(until, str) for until in found.values()):
        return None
    return {str(name): str(until) for name, until in found.items()}


def at_work(incidents: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Those whose time is not over."""
    return {name: until for name, until in incidents.items() if until >= text_of(now)}


def begun(stands: Mapping[str, str], incident_id: str, until: datetime, now: datetime) -> dict[str, str]:
    """With this incident's close, too; ours for longer than that keeps its time."""
    mine = max(text_of(until), stands.get(incident_id, ""))
    return {**at_work(stands, now), incident_id: mine}


def next_one(incidents: Mapping[str, str], incident_id: str, now: datetime) -> str | None:
    """Whose close goes on the longest when this incident's is over."""
    others = {name: until for name, until in at_work(incidents, now).items() if name != incident_id}
    return max(others, key=lambda name: (others[name], name), default=None)


# That no live mark stands, in words of DynamoDB; one without a time that can be read is live.
NO_CLOSE_IN_PROGRESS: Final = "attribute_not_exists(#guard_id) OR #act_until < :now"


def in_progress(item: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether a mark is live: the contrary of `NO_CLOSE_IN_PROGRESS`."""
    if item is None:
        return False
    until = item.get("act_until")
    return not (isinstance(until, str) and until < text_of(now))


def _read(adapter: TypeAdapter[T], item: Mapping[str, Any], told: Any) -> T:
    try:
        return adapter.validate_python(told)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Broken(f"{item.get('guard_id')}: {where} cannot be read: {first['msg']}") from None
