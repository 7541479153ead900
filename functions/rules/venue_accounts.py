"""Which accounts at which venues trade real money, and for whom: by the settings, the configs and open positions.

Only an account of which somebody says `live` is one. An order at a venue belongs to an account and not to a
strategy: whose it is, is told by the orders table or by nobody else trading there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from functions.facts import PositionFact
from functions.rules.units.owner import LIVE, PAPER, Owner, owner_of
from functions.settings import Account
from functions.venue import Where

SWITCHED: Final = "switched_exchange"

Config = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Accounts:
    """`live`: accounts of real money with the strategies known to trade there. `unknown`: strategies of which
    nobody says where, by which account or in which mode they trade. `paper`: those of which somebody says that
    they trade no money."""

    live: Mapping[Where, frozenset[str]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    paper: tuple[str, ...] = ()

    @property
    def wheres(self) -> tuple[Where, ...]:
        return tuple(sorted(self.live, key=lambda where: (where.venue, where.account)))

    def of(self, strategy_ids: Iterable[str] | None) -> Accounts:
        """Those that concern these strategies; None: all."""
        if strategy_ids is None:
            return self
        wanted = frozenset(strategy_ids)
        return Accounts(
            {where: owners for where, owners in self.live.items() if owners & wanted or not owners},
            tuple(one for one in self.unknown if one in wanted),
            tuple(one for one in self.paper if one in wanted),
        )


def accounts_of(
    configs: Sequence[Config],
    positions: Sequence[PositionFact],
    accounts: Mapping[str, Account],
    venue_without_config: str | None,
    venues: Iterable[str],
) -> Accounts:
    """`venues`: every venue of the settings, where a strategy that was switched may still have something."""
    by_id = {config["strategy_id"]: config for config in configs if "strategy_id" in config}
    live: dict[Where, set[str]] = {}
    unknown: set[str] = set()
    paper: set[str] = set()
    known = tuple(venues)
    for strategy_id in {*by_id, *accounts}:
        config = by_id.get(strategy_id, {})
        owner = _trades(strategy_id, config, accounts, venue_without_config)
        switched = known if SWITCHED in config else ()
        _sort(strategy_id, owner, (owner.venue, *switched), live, unknown, paper)
    for position in positions:
        owner = owner_of(position, by_id.get(position.strategy_id), accounts, venue_without_config)
        _sort(position.strategy_id, owner, (owner.venue,), live, unknown, paper)
    sure = {one for owners in live.values() for one in owners}
    return Accounts(
        {where: frozenset(owners - {""}) for where, owners in live.items()},
        tuple(sorted(unknown - {""})),
        tuple(sorted(paper - sure - unknown)),
    )


def _trades(
    strategy_id: str, config: Config, accounts: Mapping[str, Account], venue_without_config: str | None
) -> Owner:
    known = accounts.get(strategy_id)
    mode = config.get("mode") or (known.mode if known else None)
    return Owner(
        venue=config.get("exchange") or venue_without_config,
        account=config.get("account") or (known.account if known else None),
        mode=mode.lower() if mode else None,
    )


def _sort(
    strategy_id: str,
    owner: Owner,
    venues: Iterable[str | None],
    live: dict[Where, set[str]],
    unknown: set[str],
    paper: set[str],
) -> None:
    if owner.mode == PAPER:
        paper.add(strategy_id)
    elif owner.mode != LIVE or owner.account is None or owner.venue is None:
        unknown.add(strategy_id)
    else:
        for where in _wheres(venues, owner.account):
            live.setdefault(where, set()).add(strategy_id)


def _wheres(venues: Iterable[str | None], account: str) -> Iterator[Where]:
    return (Where(venue, account) for venue in dict.fromkeys(venues) if venue is not None)
