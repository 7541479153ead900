"""What is read before strategies are switched to another venue: their configs, what is open, who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions import exposure, guarding
from functions.facts import ProbeFact
from functions.ports import Ports
from functions.rules.switch_exchange import Config, Seen
from functions.settings import Settings

NEEDS: Final = (*exposure.NEEDS, *guarding.NEEDS, "probes.look", "strategy_config.get")


def configs(ports: Ports, strategy_ids: Sequence[str]) -> tuple[Config, ...]:
    return tuple(_config(strategy_id, ports.strategy_config.get(strategy_id) or {}) for strategy_id in strategy_ids)


def read(ports: Ports, settings: Settings, venue: str, found: Sequence[Config]) -> Seen:
    """Now: exposure of all of them, the kill switch, and one look at each fallback whose address is known."""
    known = settings.connectivity.exchange
    wanted = sorted({one.fallback for one in found if one.fallback in known and one.fallback != venue})
    return Seen(
        exposure=exposure.read(ports, [one.strategy_id for one in found]),
        kill_switch=guarding.kill_switch_or_none(ports),
        fallbacks={name: ports.probes.look(known[name]) for name in wanted if name is not None},
    )


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
