"""What is read before strategies are switched to another venue: their configs, what is open, who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from functions import exposure, guarding
from functions.errors import RunbookError
from functions.facts import ExposureFact, PositionFact, ProbeFact
from functions.ports import Ports
from functions.rules.switch_exchange import Config, Seen
from functions.settings import Settings

NEEDS: Final = (
    *exposure.NEEDS,
    *guarding.NEEDS,
    "orders.every_working",
    "positions.by_id",
    "probes.look",
    "strategy_config.get",
)


def configs(ports: Ports, strategy_ids: Sequence[str]) -> tuple[Config, ...]:
    return tuple(_config(strategy_id, ports.strategy_config.get(strategy_id) or {}) for strategy_id in strategy_ids)


def read(ports: Ports, settings: Settings, venue: str, found: Sequence[Config]) -> Seen:
    """Now: exposure of all of them, the kill switch, and one look at each fallback whose address is known."""
    known = settings.connectivity.exchange
    wanted = sorted({one.fallback for one in found if one.fallback in known and one.fallback != venue})
    return Seen(
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


def _owner(position: PositionFact | None) -> str | None:
    return position.strategy_id or None if position else None


def probe(ports: Ports, settings: Settings, venue: str) -> ProbeFact | None:
    """The venue itself; None where the settings know no address of it."""
    url = settings.connectivity.exchange.get(venue)
    return ports.probes.look(url) if url else None


def _config(strategy_id: str, item: Mapping[str, Any]) -> Config:
    record = item.get("switched_exchange")
    by = record.get("incident_id") if isinstance(record, Mapping) else None
    return Config(strategy_id, _text(item.get("exchange")), _text(item.get("fallback_exchange")), _text(by))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
