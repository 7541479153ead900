"""What is read before strategies are switched to another venue: their configs, what is open, who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from functions import at_venues, exposure, guarding
from functions.errors import RunbookError
from functions.facts import ExposureFact, PositionFact, ProbeFact
from functions.ports import Ports
from functions.rules.switch_exchange import Config, Seen
from functions.rules.units.owner import LIVE
from functions.rules.venue_owners import may_be_of
from functions.settings import Account, Settings
from functions.venue import Where

NEEDS: Final = (
    *exposure.NEEDS,
    *guarding.NEEDS,
    "exchange.orders",
    "exchange.positions",
    "orders.every_working",
    "positions.by_id",
    "positions.each_open",
    "probes.look",
    "strategy_config.get",
)


# Seconds; the venue is thought to be down.
ITSELF_WITHIN: Final = 8.0
MOST_LISTED: Final = 3


def configs(ports: Ports, settings: Settings, strategy_ids: Sequence[str]) -> tuple[Config, ...]:
    accounts = settings.platform.accounts
    return tuple(
        _config(strategy_id, ports.strategy_config.get(strategy_id) or {}, accounts.get(strategy_id))
        for strategy_id in strategy_ids
    )


def read(ports: Ports, settings: Settings, venue: str, found: Sequence[Config]) -> Seen:
    """Now: exposure of all of them, the kill switch, one look at each fallback whose address is known, and what
    the venue itself lists."""
    known = settings.connectivity.exchange
    wanted = sorted({one.fallback for one in found if one.fallback in known and one.fallback != venue})
    at_venue, itself = _itself(ports, venue, found)
    return Seen(
        at_venue=at_venue,
        itself=itself,
        exposure=_exposure(ports, [one.strategy_id for one in found]),
        kill_switch=guarding.kill_switch_or_none(ports),
        fallbacks={name: ports.probes.look(known[name]) for name in wanted if name is not None},
    )


def _exposure(ports: Ports, strategy_ids: Sequence[str]) -> ExposureFact:
    """What is open, and the working orders besides whose position is closed or not there yet: what they fill at
    the old venue after the switch would be watched by nobody. One without a known owner may be anybody's."""
    fact = exposure.read(ports, strategy_ids)
    try:
        listed = {(order.position_id, order.order_id) for order in fact.orders}
        others = [o for o in ports.orders.every_working() if (o.position_id, o.order_id) not in listed]
        of = ports.positions.by_id(sorted({o.position_id for o in others})) if others else {}
    except RunbookError as error:
        return replace(fact, unreadable=(*fact.unreadable, f"working orders: {error}"))
    owned = [replace(o, strategy_id=o.strategy_id or _owner(of.get(o.position_id))) for o in others]
    theirs = [order for order in owned if order.strategy_id is None or order.strategy_id in strategy_ids]
    return replace(fact, orders=(*fact.orders, *theirs))


def _itself(ports: Ports, venue: str, found: Sequence[Config]) -> tuple[dict[str, str], str]:
    """What the venue lists of each strategy, and a clause that says how far it could be asked: it may answer for an
    account although it looks down, and a person declares what it does not say."""
    live = {
        one.strategy_id: Where(venue, one.account)
        for one in found
        if (one.mode or "").lower() == LIVE and one.account is not None
    }
    if not live:
        return (
            {},
            f"{venue} itself was not asked: nobody says by which account, or whether for real money, they trade",
        )
    try:
        every, orders = ports.positions.each_open(), ports.orders.every_working()
    except RunbookError as error:
        return {}, f"{venue} itself was not asked: whose what is, could not be read ({error})"
    # One whose amount cannot be read counts as nothing: what may be the strategies' own is told, never left out.
    positions = (*every.readable, *(one for one, _ in every.broken))
    held = at_venues.read(ports, sorted(set(live.values()), key=at_venues.named), within=ITSELF_WITHIN)
    listed = dict[str, str]()
    for one in found:
        there = held.get(live[one.strategy_id]) if one.strategy_id in live else None
        if there is not None:
            seen = (there.orders or (), there.positions or ())
            told = may_be_of(one.strategy_id, one.symbols, *seen, orders, positions)
            more = f" and {len(told) - MOST_LISTED} more" if len(told) > MOST_LISTED else ""
            listed |= {one.strategy_id: f"{', '.join(told[:MOST_LISTED])}{more}"} if told else {}
    dark = [f"{at_venues.named(where)}: {one.why}" for where, one in held.items() if not one.read]
    asked = f"{venue} itself cannot be asked ({'; '.join(dark)})" if dark else f"{venue} itself was asked"
    unasked = len(found) - len(live)
    return listed, f"{asked}; not for {unasked} that trade no known account" if unasked else asked


def _owner(position: PositionFact | None) -> str | None:
    return position.strategy_id or None if position else None


def probe(ports: Ports, settings: Settings, venue: str) -> ProbeFact | None:
    """The venue itself; None where the settings know no address of it."""
    url = settings.connectivity.exchange.get(venue)
    return ports.probes.look(url) if url else None


def _config(strategy_id: str, item: Mapping[str, Any], known: Account | None) -> Config:
    record = item.get("switched_exchange")
    by = record.get("incident_id") if isinstance(record, Mapping) else None
    symbols = item.get("symbols")
    return Config(
        strategy_id,
        _text(item.get("exchange")),
        _text(item.get("fallback_exchange")),
        _text(by),
        account=_text(item.get("account")) or (known.account if known else None),
        mode=_text(item.get("mode")) or (known.mode if known else None),
        symbols=tuple(map(str, symbols)) if isinstance(symbols, list) and symbols else None,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
