"""Whether a position is open in a symbol that is to leave the configs."""

from __future__ import annotations

from typing import Final

from functions.errors import RunbookError
from functions.orders.context import Context
from functions.venue import Where

NEEDS: Final = ("exchange.positions", "positions.each_open")


def held(context: Context, where: Where, symbol: str) -> str | None:
    """A position in it, at the account or in the table; what cannot be read counts as one."""
    try:
        at_venue = [one for one in context.ports.exchange.positions(where) if one.unit.symbol == symbol]
        every = context.ports.positions.each_open()
    except RunbookError as error:
        return f"whether a position is open in it is not readable ({error})"[:300]
    # One of which nobody can read the symbol may be in this one.
    readable = [one for one in every.readable if one.symbol in (symbol, "")]
    table = [*readable, *(broken for broken, _ in every.broken if broken.symbol in (symbol, ""))]
    mine = [one for one in table if one.strategy_id in context.group.strategy_ids or one.exchange == where.venue]
    if mine:
        return f"a position is open in it: {', '.join(one.position_id for one in mine[:5])}"
    if any(one.amount for one in at_venue):
        return f"{where.venue}/{where.account} holds a position in it"
    return None
