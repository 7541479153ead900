"""The configs of the strategies that a remedy is about, read just now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.units.owner import Owner, owner_of
from functions.settings import Settings

NEEDS: Final = ("strategy_config.get",)

STAKE: Final = "stake_amount"
ORDER_TYPE: Final = "order_type"
OFFSET: Final = "limit_offset_bps"
COOLDOWN: Final = "order_cooldown_seconds"
SYMBOLS: Final = "symbols"
MARKET: Final = "market"


@dataclass(frozen=True, slots=True)
class Config:
    """`item` None: it has none, or it could not be read (`unread` says why)."""

    strategy_id: str
    item: Mapping[str, Any] | None
    owner: Owner
    unread: str | None = None

    def raw(self, field: str) -> Any:
        """As it stands in the table; None where it is missing."""
        return (self.item or {}).get(field)

    def number(self, field: str) -> Decimal | None:
        """None where it is missing or no finite number."""
        value = self.raw(field)
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            return None
        found = Decimal(value)
        return found if found.is_finite() else None

    @property
    def symbols(self) -> tuple[str, ...] | None:
        """None where it is no list of texts."""
        value = self.raw(SYMBOLS)
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return None
        return tuple(value)

    @property
    def at_market(self) -> bool:
        return bool(self.raw(ORDER_TYPE) == MARKET)


def read(ports: Ports, settings: Settings, strategy_ids: Sequence[str]) -> tuple[Config, ...]:
    return tuple(_one(ports, settings, strategy_id) for strategy_id in strategy_ids)


def _one(ports: Ports, settings: Settings, strategy_id: str) -> Config:
    item, unread = None, None
    try:
        item = ports.strategy_config.get(strategy_id)
    except RunbookError as error:
        unread = f"its config could not be read: {error}"
    silent = PositionFact("", strategy_id, "", "", amount=Decimal(0), status="")
    without = settings.connectivity.venue_without_config
    owner = owner_of(silent, item, settings.platform.accounts if unread is None else {}, without)
    return Config(strategy_id, item, owner, unread if item is None else None)
