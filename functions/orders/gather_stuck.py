"""Orders that work for too long: by the tables, and beside each what its venue has under its client id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from functions import at_venues
from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact
from functions.orders.gathering import LogLook, StuckSeen
from functions.orders.turned_away import pause_after
from functions.ports import Ports
from functions.rules.orders.calm import refusing
from functions.rules.orders.facts import MOST_STUCK, StuckOrder
from functions.rules.orders.overdue import Kind, Limits, overdue
from functions.rules.units.owner import Owner
from functions.settings import Settings
from functions.venue import Where

NEEDS: Final = ("clock.now", "exchange.order", "orders.working", "positions.each_open", "strategy_config.traded")
# So long the tables are read, and so long the venues are asked after them.
TABLES_FOR: Final = timedelta(seconds=25)
VENUES_WITHIN: Final = 20.0
MOST_TOLD: Final = 200


def find(ports: Ports, settings: Settings, log: LogLook) -> StuckSeen:
    """The oldest first. What there is no time for is named, and makes the whole unknown beside what was found."""
    now, only = ports.clock.now(), log.job.strategy_id
    every = ports.positions.each_open()
    positions = [
        one
        for one in sorted(
            (*every.readable, *(broken for broken, _ in every.broken)), key=lambda one: one.position_id
        )
        if only in (None, one.strategy_id)
    ]
    configs, unread_configs = at_venues.configs_of(ports)
    unread = [f"strategy configs: {unread_configs}"] if configs is None else []
    found: list[tuple[PositionFact, OrderFact, Kind]] = []
    limits = Limits(settings.orders.pending_overdue_after, settings.orders.exit_overdue_after)
    for place, position in enumerate(positions):
        if ports.clock.now() >= now + TABLES_FOR:
            unread.append(
                f"{len(positions) - place} of {len(positions)} positions: no time was left to look at them"
            )
            break
        try:
            working = ports.orders.working([position.position_id])
        except RunbookError as error:
            unread.append(f"orders of {position.position_id}: {error}"[:MOST_TOLD])
            continue
        found += [(position, order, kind) for order in working if (kind := overdue(order, position, limits, now))]
    found.sort(key=lambda one: (one[1].created_at or now, one[1].order_id))
    told = [_told(settings, configs, *one) for one in found[:MOST_STUCK]]
    asked = _asked(ports, told, refusing(log.fact, now))
    return StuckSeen(stuck=asked, total=len(found), unread="; ".join(unread[:5]) or None)


def _told(
    settings: Settings,
    configs: Mapping[str, Mapping[str, str]] | None,
    position: PositionFact,
    order: OrderFact,
    kind: Kind,
) -> StuckOrder:
    owner: Owner = at_venues.owner(settings, configs, position)
    return StuckOrder(
        order=order,
        strategy_id=order.strategy_id or position.strategy_id,
        symbol=position.symbol,
        venue=owner.venue,
        account=owner.account,
        mode=owner.mode,
        age_seconds=kind.age_seconds,
        is_exit=kind.is_exit,
        known=False,
        at_venue=None,
        why=kind.why,
    )


def _asked(
    ports: Ports, found: list[StuckOrder], refusing_venues: Mapping[str | None, str]
) -> tuple[StuckOrder, ...]:
    """Each account's orders one after another, the accounts side by side."""
    by_where: dict[Where, list[int]] = {}
    for place, one in enumerate(found):
        why = _not_asked(one, refusing_venues)
        if why is not None:
            found[place] = replace(one, why=f"{one.why}; {why}")
        elif one.venue is not None and one.account is not None:
            by_where.setdefault(Where(one.venue, one.account), []).append(place)

    def look(where: Where) -> Mapping[int, StuckOrder]:
        return _each(ports, where, {place: found[place] for place in by_where[where]})

    def otherwise(where: Where, why: str) -> Mapping[int, StuckOrder]:
        return {place: replace(found[place], why=f"{found[place].why}; {why}") for place in by_where[where]}

    answers = at_venues.each(list(by_where), look, otherwise, within=VENUES_WITHIN)
    for answer in answers.values():
        for place, one in answer.items():
            found[place] = one
    return tuple(found)


def _not_asked(one: StuckOrder, refusing_venues: Mapping[str | None, str]) -> str | None:
    if one.venue is None or one.account is None:
        return "nobody says at which venue, by which account"
    if one.mode != "live":
        return f"its mode is {one.mode or 'not known'}: no venue is asked"
    if not one.order.client_order_id:
        return "it has no client id to look it up by"
    return refusing_venues.get(one.venue) or refusing_venues.get(None)


def _each(ports: Ports, where: Where, orders: Mapping[int, StuckOrder]) -> Mapping[int, StuckOrder]:
    """One after another; a venue that counts our requests is asked after no further one."""
    made, counts = dict[int, StuckOrder](), False
    for place, one in orders.items():
        if counts:
            made[place] = replace(one, why=f"{one.why}; {where.venue} counts our requests: it is not asked")
            continue
        try:
            made[place] = _looked(ports, where, one)
        except RunbookError as error:
            counts = pause_after(error) is not None
            made[place] = replace(one, why=f"{one.why}; the venue did not say: {error}"[:300])
    return made


def _looked(ports: Ports, where: Where, one: StuckOrder) -> StuckOrder:
    found = ports.exchange.order(where, one.symbol, one.order.client_order_id or "")
    said = f"the venue has it {found.status.value}" if found else "the venue knows none of its id"
    return replace(one, known=True, at_venue=found, why=f"{one.why}; {said}")
