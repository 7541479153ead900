"""Asks the venues of live accounts whether they would take an order. Accounts on paper are never spoken to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from functions import at_venues
from functions.errors import Refused, RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.test_order.client_ids import is_probe, probe_id
from functions.rules.test_order.execution import Asked, Tried
from functions.rules.test_order.harmless import Unfit, harmless
from functions.rules.units.owner import Owner, owner_of
from functions.rules.units.prices import ZERO
from functions.settings import Settings
from functions.venue import Row, Trouble, Where

ACCOUNT_NEEDS: Final = ("strategy_config.get",)
NEEDS: Final = (
    *ACCOUNT_NEEDS,
    "exchange.account",
    "exchange.book",
    "exchange.fills",
    "exchange.market",
    "exchange.orders",
    "exchange.validate",
)
# Strategies whose accounts are looked up, and symbols that are asked of one account.
MOST_STRATEGIES: Final = 60
MOST_SYMBOLS: Final = 3


@dataclass(slots=True)
class Places:
    """Whose orders are asked about: symbols by live account. `unknown`: accounts that are not known; `beside`:
    strategies that are on paper."""

    live: dict[Where, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


def places(ports: Ports, settings: Settings, strategy_ids: Sequence[str]) -> Places:
    """By each strategy's config, else the settings' map."""
    found = Places()
    for strategy_id in strategy_ids[:MOST_STRATEGIES]:
        try:
            config = ports.strategy_config.get(strategy_id)
        except RunbookError as error:
            found.unknown.append(f"the config of {strategy_id}: {error}")
            continue
        _place(found, strategy_id, config, owner(settings, strategy_id, config))
    if len(strategy_ids) > MOST_STRATEGIES:
        found.unknown.append(f"{len(strategy_ids)} strategies, and only {MOST_STRATEGIES} were looked up")
    return found


def owner(settings: Settings, strategy_id: str, config: Mapping[str, Any] | None) -> Owner:
    silent = PositionFact("", strategy_id, "", "", ZERO, "")
    return owner_of(silent, config, settings.platform.accounts, settings.connectivity.venue_without_config)


def _place(found: Places, strategy_id: str, config: Mapping[str, Any] | None, whose: Owner) -> None:
    if whose.paper:
        found.beside.append(f"{strategy_id} (on paper)")
        return
    if not whose.live or whose.venue is None or whose.account is None:
        found.unknown.append(f"whose account {strategy_id} trades ({', '.join(whose.missing()) or whose.mode})")
        return
    symbols = found.live.setdefault(Where(whose.venue, whose.account), [])
    given = (config or {}).get("symbols")
    if isinstance(given, list | tuple | set):
        symbols += [one for one in sorted(map(str, given)) if one not in symbols]


def ask(
    ports: Ports, settings: Settings, found: Places, since: datetime, mark: str, *, within: float
) -> list[Asked]:
    """Every account in a thread of its own; one that does not answer in time is named. `mark`: what the client ids
    are made of. Never raises for a venue."""

    def look(where: Where) -> Asked:
        return _account(ports, settings, where, found.live[where], since, mark)

    def late(where: Where, why: str) -> Asked:
        return Asked(where, None, (), (why,))

    return list(at_venues.each(sorted(found.live, key=at_venues.named), look, late, within=within).values())


def _account(
    ports: Ports, settings: Settings, where: Where, symbols: Sequence[str], since: datetime, mark: str
) -> Asked:
    if not symbols:
        return Asked(where, None, (), ("no symbol of it is known",))
    try:
        account = ports.exchange.account(where)
    except RunbookError as error:
        return Asked(where, None, (), (f"the account: {error}",))
    left, unread = _left(ports, where)
    if account.hedged is None:
        # Where the venue is away or in maintenance, its own words say why.
        return Asked(where, account, (), ("its position mode is not known", *account.unread[:2]), left)
    some = symbols[:MOST_SYMBOLS]
    tried = tuple(_symbol(ports, settings, Tried(where, one), account.hedged, since, mark) for one in some)
    return Asked(where, account, tried, unread, left)


def _left(ports: Ports, where: Where) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Test orders that rest on the account, whatever symbol they are on and whoever asks; and what kept that from
    being read. They were placed where nothing stood, which may be a symbol that is not asked today."""
    try:
        working = ports.exchange.orders(where, None)
    except RunbookError as error:
        return (), (f"its working orders: {error}",)
    return tuple(f"{one.client_order_id} on {one.symbol}" for one in working if is_probe(one.client_order_id)), ()


def _symbol(ports: Ports, settings: Settings, tried: Tried, hedged: bool, since: datetime, mark: str) -> Tried:
    where, symbol = tried.where, tried.symbol
    try:
        # What the venue closed by itself, a liquidation, is no order of ours that was executed.
        fills = [one for one in ports.exchange.fills(where, symbol, since) if not one.forced]
        tried = replace(tried, fill=fills[-1] if fills else None)
        market = ports.exchange.market(where, symbol)
        order = harmless(
            market,
            ports.exchange.book(where, symbol),
            probe_id(mark, where.venue, where.account, symbol),
            away_bps=settings.positions.probe_away_bps,
            hedged=hedged,
        )
        if isinstance(order, Unfit):
            return replace(tried, unread=(order.why,))
        return replace(tried, order=order, validation=ports.exchange.validate(where, order))
    except Refused as refused:
        return replace(tried, refused=refused.trouble or Trouble(Row.OTHER, "Adapter", None, str(refused)))
    except RunbookError as error:
        return replace(tried, unread=(str(error),))
