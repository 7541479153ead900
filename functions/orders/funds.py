"""What the account of a group has free, what its positions hold, and which of them may be offered to be closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from functions import at_venues
from functions.errors import RunbookError
from functions.orders.configs import STAKE, Config
from functions.orders.context import Context, where_of
from functions.rules.orders.margin import Closable, leverage_of, share_of, suffices
from functions.rules.units.owner import unit_of
from functions.venue import VenuePosition, Where

NEEDS: Final = ("exchange.account", "exchange.positions", "positions.each_open", "strategy_config.traded")
# Records that are being closed already are offered to nobody.
OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class Funds:
    """`available` None: not known, and `unread` says why. `stakes` by strategy, of those that have a number above
    0; `odd` have none."""

    stakes: dict[str, Decimal]
    odd: tuple[str, ...]
    available: Decimal | None
    quote: str
    leverage: Decimal | None
    positions: tuple[VenuePosition, ...]
    where: Where | None
    unread: tuple[str, ...]

    @property
    def largest(self) -> Decimal | None:
        return max(self.stakes.values(), default=None)

    @property
    def enough(self) -> bool | None:
        return suffices(self.available, self.stakes.values(), self.leverage)


def read(context: Context, found: Sequence[Config]) -> Funds:
    stakes = {one.strategy_id: stake for one in found if (stake := one.number(STAKE)) is not None and stake > 0}
    odd = tuple(one.strategy_id for one in found if one.strategy_id not in stakes)
    where, why = where_of(context.group, found)
    if where is None:
        return Funds(stakes, odd, None, "", None, (), None, (why,))
    unread, available, quote, held = list[str](), None, "", tuple[VenuePosition, ...]()
    try:
        account = context.ports.exchange.account(where)
        available, quote = account.available, account.quote or ""
        if available is None:
            unread.append(f"free margin: {'; '.join(account.unread)[:300] or 'the venue does not say'}")
    except RunbookError as error:
        unread.append(f"account: {error}"[:300])
    try:
        held = tuple(context.ports.exchange.positions(where))
    except RunbookError as error:
        unread.append(f"positions: {error}"[:300])
    symbols = [symbol for one in found for symbol in one.symbols or ()]
    leverage = leverage_of(held, symbols)
    return Funds(stakes, odd, available, quote, leverage, held, where, tuple(unread))


def closable(context: Context, funds: Funds) -> tuple[Closable, ...]:
    """Open positions of the table at the account, whoever's, with their part of what the venue holds."""
    if funds.where is None or not funds.positions:
        return ()
    try:
        readable = context.ports.positions.each_open().readable
    except RunbookError:
        return ()
    configs, _ = at_venues.configs_of(context.ports)
    by_unit = {one.unit: one for one in funds.positions}
    made = []
    for position in readable:
        unit = unit_of(position, at_venues.owner(context.settings, configs, position))
        venue = by_unit.get(unit) if unit else None
        live = at_venues.owner(context.settings, configs, position).live
        if venue is None or position.status != OPEN or not live:
            continue
        margin, gain = share_of(venue, position.amount)
        made.append(
            Closable(
                position.position_id,
                position.strategy_id,
                position.symbol,
                position.side,
                position.amount,
                margin,
                gain,
            )
        )
    return tuple(made)
