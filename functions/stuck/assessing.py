"""Reads everything about one position and brings it into the form that the rules judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from functions import units
from functions.errors import RunbookError
from functions.facts import Evidence
from functions.ports import Ports
from functions.rules.stuck.asking import Asking
from functions.rules.stuck.overdue import Overdue, as_signalled, overdue
from functions.rules.stuck.reconcile import Reconciled, Seen, reconcile
from functions.rules.stuck.telling import told
from functions.rules.units.attribution import Attribution
from functions.rules.units.why_stuck import WhyStuck, pending_exits, why_stuck
from functions.settings import Meaning, Settings
from functions.stuck import protection
from functions.stuck.due import price_when_due
from functions.stuck.found import DUE_NEEDS, policy_of, verdict_of
from functions.stuck.model import Look
from functions.units import UnitFacts
from functions.venue import VenueOrder

NEEDS: Final = (
    *units.NEEDS,
    *DUE_NEEDS,
    *protection.NEEDS,
    "closes.attempts",
    "exchange.order",
    "exchange.rate",
    "strategy_config.get",
    "trading_state.get",
)


@dataclass(frozen=True, slots=True)
class Assessed:
    facts: UnitFacts
    attribution: Attribution | None
    overdue: Overdue
    why: WhyStuck
    reconciled: Reconciled
    at: datetime


def assess(ports: Ports, settings: Settings, look: Look, *, book: bool = True) -> Assessed:
    """`Refused` where the position is not in the table any more."""
    job = look.job
    incident_id = job.run.incident_id
    facts = units.read_unit(
        ports, settings, job.position_id, incident_id=incident_id, book=book, account=book, fills=True
    )
    now, position = ports.clock.now(), facts.position
    late = _late(ports, settings, facts, now, seen_stuck=job.run.alarm_at is not None)
    overdue_after = policy_of(settings, None).overdue_after
    seen_there = _pending_there(ports, facts)
    why = why_stuck(as_signalled(position, late), facts.orders, now, overdue_after, seen_there)
    named = (job.position_id, incident_id)
    again = protection.again(*named, protection.written(ports, *named))
    found = units.attributed(facts, _closed(ports, *named), again)
    seen = Seen(
        position=position,
        overdue=late,
        owner=facts.owner,
        unit=facts.unit,
        attribution=found,
        unreadable=facts.unreadable,
        trouble=facts.trouble,
        # What a run has begun to look into stays its business until it is closed.
        by_hand=look.job.reason is not None or look.memo.looks > 0,
    )
    return Assessed(facts, found, late, why, reconcile(seen), now)


def _pending_there(ports: Ports, facts: UnitFacts) -> dict[str, VenueOrder | None]:
    """What the venue has under the client ids of exits that the record has as pending; an id that it could not be
    asked about is missing."""
    if facts.unit is None or not facts.owner.live or facts.trouble is not None:
        return {}
    working = {one.client_order_id: one for one in facts.venue_orders or ()}
    found = dict[str, VenueOrder | None]()
    for client_id in pending_exits(facts.position, facts.orders):
        try:
            there = working.get(client_id)
            found[client_id] = there or ports.exchange.order(facts.unit.where, facts.unit.symbol, client_id)
        except RunbookError:
            # It is said that nobody knows.
            break
    return found


def _closed(ports: Ports, position_id: str, incident_id: str) -> Decimal:
    """What this incident's own orders have filled of it; the orders table knows nothing of them."""
    attempts = ports.closes.attempts(position_id, incident_id)
    return sum((one.filled for one in attempts if one.filled is not None), Decimal(0))


def asking_of(ports: Ports, settings: Settings, look: Look, found: Assessed) -> Asking:
    """Only where table and venue agree: then unit, venue and market were read."""
    facts = found.facts
    if facts.unit is None or facts.venue is None or facts.market is None or found.attribution is None:
        raise ValueError("nothing can be asked about a position that could not be read")
    reason, due = look.job.reason, found.overdue.due_at
    unreadable = list(facts.unreadable)
    due_price = None
    if due is not None:
        due_price = price_when_due(ports, facts.unit, facts.market.quote, due, unreadable)
    return Asking(
        position=facts.position,
        unit=facts.unit,
        attribution=found.attribution,
        venue=facts.venue,
        rules=facts.market,
        book=facts.book,
        orders=facts.venue_orders,
        account=facts.account,
        why=found.why,
        overdue=found.overdue,
        healthy=_health(ports, settings, facts.position.strategy_id, found.at),
        desk=facts.owner.desk,
        settings=settings.positions,
        now=found.at,
        waited_minutes=look.memo.waited_minutes,
        voids=look.memo.voids,
        last=look.memo.last,
        by_hand=f'a person says that it should be closed: "{reason}"' if reason else None,
        due_price=due_price,
        unreadable=tuple(unreadable),
        evidence=evidence_of(found),
    )


def evidence_of(found: Assessed) -> tuple[Evidence, ...]:
    """The seed's assessment: the position, its orders, the venue."""
    facts, now = found.facts, found.at
    position, unit = facts.position, facts.unit
    stands = f"{position.side} {told(position.amount)} {position.symbol}, status {position.status}"
    seen = [Evidence("position by the table", position.position_id, stands, now)]
    for order in facts.orders[-10:]:
        filled = f"{told(order.filled)} of {told(order.amount)}"
        text = (
            f"{order.side} {order.type} {order.status}, filled {filled}{f', {order.error}' if order.error else ''}"
        )
        seen.append(Evidence("order by the table", order.client_order_id or order.order_id, text[:300], now))
    if facts.venue is not None and unit is not None:
        held = f"{told(facts.venue.amount)} {unit.side}, mark {told(facts.venue.mark_price)}"
        seen.append(Evidence("position at the venue", f"{unit.venue}/{unit.account}", held, facts.venue.at))
    for working in (facts.venue_orders or ())[:10]:
        text = (
            f"{working.side} {working.type} {told(working.left)} at {told(working.price or working.trigger_price)}"
        )
        seen.append(Evidence("order at the venue", working.client_order_id or working.order_id, text, now))
    seen.append(Evidence("why it is stuck", found.why.why.value, found.why.detail[:300], now))
    seen.append(Evidence("table against venue", found.reconciled.state.value, found.reconciled.told[:300], now))
    return tuple(seen)


def _health(ports: Ports, settings: Settings, strategy_id: str, now: datetime) -> str | None:
    """Why the strategy cannot exit by itself; None: it beats, in a status that manages exits."""
    try:
        state = ports.trading_state.get(strategy_id)
    except RunbookError as error:
        return f"the state of strategy {strategy_id} is not known: {error}"
    if state is None:
        return f"the trading state holds no strategy {strategy_id}"
    meaning = settings.meaning(state.status)
    if meaning not in (Meaning.TRADES, Meaning.MANAGES_EXITS):
        return f"strategy {strategy_id} is {state.status or 'without a status'}, and manages no exit"
    if state.last_heartbeat is None:
        return f"strategy {strategy_id} has no readable heartbeat"
    age = int((now - state.last_heartbeat).total_seconds())
    if age > settings.limits.heartbeat_stale_after:
        return f"the heartbeat of strategy {strategy_id} is {age} s old"
    return None


def _late(ports: Ports, settings: Settings, facts: UnitFacts, now: datetime, *, seen_stuck: bool) -> Overdue:
    """A log or a bot that cannot be read says nothing of an exit: what record and orders tell holds. Where they
    tell of none and it was `seen_stuck` by whoever started the run, that one has seen it there, and nobody can
    tell now: a run of that name is started but once."""
    position, config = facts.position, _config(ports, facts.position.strategy_id)
    try:
        return verdict_of(ports, settings, position, facts.orders, config, now)
    except RunbookError as error:
        found = overdue(position, facts.orders, policy_of(settings, config), now)
        if found.stuck is not False or found.due_at is not None or not seen_stuck:
            return found
        return replace(found, stuck=None, told=f"{found.told} by record and orders, and beyond them: {error}")


def _config(ports: Ports, strategy_id: str) -> Mapping[str, Any] | None:
    """Unreadable: the settings' own age holds."""
    try:
        return ports.strategy_config.get(strategy_id)
    except RunbookError:
        return None
