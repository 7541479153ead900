"""Which other open positions of the table may be part of a unit, and of which of them nobody knows."""

from __future__ import annotations

from typing import Final

from functions.facts import PositionFact
from functions.rules.units.owner import Owner, side_of
from functions.venue import Unit

_MARKS: Final = str.maketrans("", "", "/-_ ")


def may_share(other: PositionFact, unit: Unit, owner: Owner | None = None) -> bool:
    """Of the unit's symbol on its account, in either direction, as far as is known. A symbol in another notation
    (`BTCUSDT`, `BTC/USDT`) may be the same."""
    if _plain(other.symbol) not in (_plain(unit.symbol), ""):
        return False
    return owner is None or (owner.venue in (None, unit.venue) and owner.account in (None, unit.account))


def doubt_of(other: PositionFact, owner: Owner, unit: Unit) -> str | None:
    """Why nobody knows whether it is part of the unit; None: it is. What may be and may not be there makes every
    sum a guess."""
    unknown = [*owner.missing(), *(["side"] if side_of(other) is None else [])]
    if unknown:
        return f"its {' and '.join(unknown)} not known"
    if not owner.live:
        return f"its mode is {owner.mode!r}"
    if other.symbol.strip() != unit.symbol:
        return f"its symbol is {other.symbol!r}"
    return None


def _plain(symbol: str) -> str:
    return symbol.split(":", 1)[0].translate(_MARKS).upper()
