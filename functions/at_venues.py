"""What accounts hold at their venues now: working orders and open positions, read beside one another.

A venue that does not answer in time is named, and nobody waits for it. The orders are read first: what then stands
flat is protected by none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from typing import Final, TypeVar

from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.units.owner import Owner, owner_of
from functions.rules.venue_accounts import Accounts, accounts_of
from functions.settings import Settings
from functions.venue import VenueOrder, VenuePosition, Where

NEEDS: Final = ("exchange.orders", "exchange.positions", "strategy_config.traded")
# Seconds.
WITHIN: Final = 12.0
MOST_TOLD: Final = 300

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Held:
    """What one account holds; None: not readable, and `why` says why."""

    where: Where
    orders: tuple[VenueOrder, ...] | None
    positions: tuple[VenuePosition, ...] | None
    why: str = ""

    @property
    def read(self) -> bool:
        return self.orders is not None and self.positions is not None


def named(where: Where) -> str:
    return f"{where.venue}/{where.account}"


def accounts(
    settings: Settings, configs: Mapping[str, Mapping[str, str]] | None, positions: Sequence[PositionFact]
) -> Accounts:
    return accounts_of(
        tuple((configs or {}).values()),
        positions,
        settings.platform.accounts,
        settings.connectivity.venue_without_config,
        settings.exchanges,
    )


def configs_of(ports: Ports) -> tuple[Mapping[str, Mapping[str, str]] | None, str]:
    """Whose account each strategy trades, by its config; None where that cannot be read, and why."""
    found, why = _tried(ports.strategy_config.traded)
    return (None if found is None else {one["strategy_id"]: one for one in found if "strategy_id" in one}), why


def owner(settings: Settings, configs: Mapping[str, Mapping[str, str]] | None, position: PositionFact) -> Owner:
    """Where the configs could not be read, only what the position itself says is known."""
    if configs is None:
        return owner_of(position, None, {}, None)
    without = settings.connectivity.venue_without_config
    return owner_of(position, configs.get(position.strategy_id), settings.platform.accounts, without)


def read(ports: Ports, wheres: Sequence[Where], *, within: float = WITHIN) -> Mapping[Where, Held]:
    """Never raises for a venue."""
    return each(wheres, lambda where: held(ports, where), unread, within=within)


def held(ports: Ports, where: Where) -> Held:
    orders, no_orders = _tried(lambda: tuple(ports.exchange.orders(where, None)))
    positions, no_positions = _tried(lambda: tuple(ports.exchange.positions(where)))
    whys = [f"orders: {no_orders}" if no_orders else "", f"positions: {no_positions}" if no_positions else ""]
    return Held(where, orders, positions, "; ".join(filter(None, whys)))


def unread(where: Where, why: str) -> Held:
    return Held(where, None, None, why)


def each(
    wheres: Sequence[Where], look: Callable[[Where], T], otherwise: Callable[[Where, str], T], *, within: float
) -> dict[Where, T]:
    """One thread an account. Nobody waits for one that a venue keeps; that, and whatever breaks in one, is
    `otherwise`, with why."""
    found: dict[Where, T] = {}

    def run(where: Where) -> None:
        try:
            found[where] = look(where)
        except Exception as error:  # whatever breaks at one venue keeps no other from being looked at
            found[where] = otherwise(where, f"{type(error).__name__}: {error}"[:MOST_TOLD])

    threads = [Thread(target=run, args=(where,), daemon=True) for where in dict.fromkeys(wheres)]
    for thread in threads:
        thread.start()
    end = monotonic() + within
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    seen = dict(found)
    late = f"no answer within {within:.0f} s"
    return {where: seen[where] if where in seen else otherwise(where, late) for where in dict.fromkeys(wheres)}


def _tried(look: Callable[[], T]) -> tuple[T | None, str]:
    try:
        return look(), ""
    except RunbookError as error:
        return None, f"{type(error).__name__}: {error}"[:MOST_TOLD]
