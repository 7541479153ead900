"""Writes what was decided, each change once and only over what stood there when it was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from functions import acts, guarding
from functions.errors import Broken, Refused, Uncertain
from functions.facts import OrderCorrection, OrderFact
from functions.orders import overriding
from functions.orders.model import OrderChange, OrderMemo, Round
from functions.orders.steps import DONE, remember, told
from functions.orders.written import in_words, read
from functions.ports import Ports
from functions.rules import kill_switch

NEEDS: Final = (
    *acts.NEEDS,
    *guarding.NEEDS,
    *overriding.NEEDS,
    "orders.correct",
    "orders.of",
    "strategy_config.change",
    "strategy_config.get",
    "strategy_config.override",
)
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"


def apply(ports: Ports, current: Round) -> Round:
    """The round with what came of each change in its memo, to be looked at next."""
    if not current.changes:
        raise Broken("there is nothing to change")
    memo = current.memo
    for change in current.changes:
        memo = _one(ports, current, change, memo)
    after = remember(current, **{name: getattr(memo, name) for name in type(memo).model_fields})
    return after.model_copy(update={"step": "look", "changes": (), "question": None, "positions": ()})


def key_of(change: OrderChange) -> str:
    """What `memo.seen` has it under."""
    return f"{change.position_id}/{change.order_id}" if change.order_id else change.strategy_id


def _one(ports: Ports, current: Round, change: OrderChange, memo: OrderMemo) -> OrderMemo:
    what, key = f"{change.strategy_id}: {change.why}", key_of(change)
    try:
        _may(ports, change.strategy_id)
        after = _written(ports, current, change)
    except Refused as refused:
        seen = {**memo.seen, key: REFUSED}
        return memo.model_copy(update={"refused": told(memo.refused, f"{what} - {refused}"), "seen": seen})
    except Uncertain as uncertain:
        seen = {**memo.seen, key: UNKNOWN}
        return memo.model_copy(update={"unknown": told(memo.unknown, f"{what} - {uncertain}"), "seen": seen})
    sentence = f"{what}{after}"
    at = ports.clock.now()
    applied = {"applied": told(memo.applied, sentence), "seen": {**memo.seen, key: DONE}, "effective_at": at}
    return memo.model_copy(update=applied)


def _may(ports: Ports, strategy_id: str) -> None:
    """Read in the moment of the act; what cannot be read forbids it."""
    switch = guarding.kill_switch_or_none(ports)
    if switch is None:
        raise Refused("the kill switch could not be read")
    if kill_switch.halts(switch, strategy_id):
        raise Refused(kill_switch.told(switch))


def _written(ports: Ports, current: Round, change: OrderChange) -> str:
    run = current.job.run
    before = f"{change.field} {in_words(read(change.expected))}" if not change.order_id else "pending by the table"
    target = f"{change.position_id}/{change.order_id}" if change.order_id else change.strategy_id
    act = acts.Act(_act_id(change), change.why, target, before[:300])

    def do() -> str:
        if not (_correct(ports, run.incident_id, change) if change.order_id else _set(ports, run, change)):
            raise Refused(f"{_why_not(ports, run, change)}: nothing was written")
        return f"{_after(change)}{_until(change)}"

    def seen(began: datetime) -> str | None:
        # The writes tell an earlier try of their own by its record.
        del began
        return None

    acts.perform(ports, run, current.job.guard_id, act, do=do, seen=seen)
    if not change.order_id and not _stands(ports, change):
        # The same change was made before in this incident: whoever has put it back since is not overruled.
        raise Refused("it was made before, and has been put back since: it is not made again")
    return _until(change)


def _set(ports: Ports, run: Any, change: OrderChange) -> bool:
    expected, value = read(change.expected), read(change.value)
    if change.expires_at is None:
        at = ports.clock.now()
        done = ports.strategy_config.change(
            change.strategy_id, change.field, expected=expected, value=value, incident_id=run.incident_id, at=at
        )
    else:
        done = ports.strategy_config.override(
            change.strategy_id,
            change.field,
            expected=expected,
            value=value,
            incident_id=run.incident_id,
            expires_at=change.expires_at,
            over=_earlier(ports, run.incident_id, change),
        )
    # An override that stood there before says that it stands, whatever somebody has written over it since.
    return done and _stands(ports, change)


def _stands(ports: Ports, change: OrderChange) -> bool:
    return bool((ports.strategy_config.get(change.strategy_id) or {}).get(change.field) == read(change.value))


def _earlier(ports: Ports, incident_id: str, change: OrderChange) -> str | None:
    """The ended incident whose override is changed further: what was there before that one is put back."""
    item = ports.strategy_config.get(change.strategy_id) or {}
    other = overriding.overrider(item, change.field, incident_id)
    return other if other is not None and overriding.is_over(ports, other) else None


def _why_not(ports: Ports, run: Any, change: OrderChange) -> str:
    item = {} if change.order_id else ports.strategy_config.get(change.strategy_id) or {}
    other = overriding.overrider(item, change.field, run.incident_id)
    if other is not None:
        return f"incident {other} has changed it for a while already"
    return "somebody else changed it meanwhile"


def _correct(ports: Ports, incident_id: str, change: OrderChange) -> bool:
    expected, value = read(change.expected), read(change.value)
    rows: dict[str, OrderFact] = {one.order_id: one for one in ports.orders.of(change.position_id or "")}
    row = rows.get(change.order_id or "")
    if row is None:
        return False
    # The row as it was judged, not as it is now.
    judged = replace(row, status=expected["status"], filled=expected["filled"])
    correction = OrderCorrection(value["status"], value["filled"], value["price"], value["error"])
    return ports.orders.correct(judged, correction, corrected_by=incident_id, at=ports.clock.now())


def _act_id(change: OrderChange) -> str:
    """The same for every try of the same change, another one for another value."""
    values = sha256(f"{change.expected!r}|{change.value!r}".encode()).hexdigest()[:12]
    what = f"{change.position_id}/{change.order_id}" if change.order_id else change.strategy_id
    return f"orders/{change.field}/{what}/{values}"


def _after(change: OrderChange) -> str:
    value = read(change.value)
    return f"{change.field} {in_words(value['status'] if change.order_id else value)}"


def _until(change: OrderChange) -> str:
    return "" if change.expires_at is None else f", until {change.expires_at:%Y-%m-%d %H:%M} UTC"
