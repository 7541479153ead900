"""Every account at a venue with whose key live money is traded, as far as the platform says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.units.owner import Owner, owner_of
from functions.settings import Account, Settings
from functions.venue import Where

NEEDS: Final = ("positions.each_open", "strategy_config.traded")
_NOTHING: Final = Decimal(0)


def read(ports: Ports, settings: Settings) -> tuple[tuple[Where, ...], tuple[str, ...]]:
    """By the settings' map, every strategy's config, and every open position. Beside them what could not be read:
    with it there may be more of them."""
    known, unread = settings.platform.accounts, list[str]()
    without = settings.connectivity.venue_without_config
    owners = list[Owner]()
    try:
        owners += [_of_config(config, known, without) for config in ports.strategy_config.traded()]
    except RunbookError as error:
        unread.append(f"strategy configs: {error}")
    try:
        # A position tells its own account; without one it is its strategy's, which the configs tell.
        every = ports.positions.each_open()
        held = (*every.readable, *(one for one, _ in every.broken))
        owners += [owner_of(one, None, known, without) for one in held if one.account]
    except RunbookError as error:
        unread.append(f"positions: {error}")
    return tuple(_live(owners)), tuple(unread)


def _of_config(config: Mapping[str, str], known: Mapping[str, Account], without: str | None) -> Owner:
    """As that of a position which says nothing itself."""
    silent = PositionFact("", config["strategy_id"], "", "", amount=_NOTHING, status="")
    return owner_of(silent, config, known, without)


def _live(owners: Iterable[Owner]) -> list[Where]:
    found = {Where(o.venue, o.account) for o in owners if o.live and o.venue and o.account}
    return sorted(found, key=lambda where: (where.venue, where.account))
