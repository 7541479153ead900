"""Control of the venue itself: accounts, faults, calls, a fresh start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.platform.exchange import control_fields as fields
from local.platform.exchange.account import Account
from local.platform.exchange.control_state import state
from local.platform.exchange.faults import FAULTS
from local.platform.exchange.venue import Venue
from local.platform.http import BadRequest

Fields = Mapping[str, Any]


def calls(venue: Venue, given: Fields) -> Any:
    since = fields.moment(given, "since") or 0
    wanted = {name: given[name] for name in ("path", "method", "client_id") if name in given}
    kept = (one.as_dict() for one in list(venue.calls) if one.at >= since)
    return [one for one in kept if all(one[name] == value for name, value in wanted.items())]


def add_account(venue: Venue, given: Fields) -> Any:
    name, key, secret = (fields.text(given, one) for one in ("name", "key", "secret"))
    numbers = {one: fields.needed(given, one) for one in ("wallet", "bnb", "leverage") if one in given}
    flags = {one: value for one, value in given.items() if one not in ("name", "key", "secret", *numbers)}
    make: Callable[..., Account] = venue.exchange.add_account
    try:
        make(name, key, secret, **numbers, **flags)
    except TypeError as error:
        raise BadRequest(str(error)) from None
    return state(venue)["accounts"][name]


def faults(venue: Venue, _given: Fields) -> Any:
    return {"faults": dict(FAULTS), "active": [one.as_dict() for one in venue.faults.active]}


def break_with(venue: Venue, given: Fields) -> Any:
    options = given.get("options", {})
    if not isinstance(options, dict):
        raise BadRequest("options: must be an object")
    count = {"count": given["count"]} if "count" in given else {}
    return venue.break_with(fields.text(given, "name"), **count, **options).as_dict()


def mend(venue: Venue, given: Fields) -> Any:
    venue.mend()
    return faults(venue, given)


def reset(venue: Venue, _given: Fields) -> Any:
    venue.reset()
    return state(venue)
