"""What a venue says of symbols now: whether it trades them, and whether it ever will again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.errors import Refused, RunbookError
from functions.orders.turned_away import pause_after
from functions.ports import Ports
from functions.rules.orders.symbols import ends_for_good
from functions.venue import Row, Where

NEEDS: Final = ("exchange.market",)
TRADED: Final = "traded"
NOT_KNOWN: Final = "not known to the venue"
UNREAD: Final = "unread"
_HALTED: Final = "not traded"


def read(ports: Ports, where: Where, symbols: Sequence[str]) -> tuple[dict[str, str], int]:
    """Each in words; and for how many seconds the venue is to be left alone: one that counts our requests is asked
    after no further symbol."""
    found, pause = dict[str, str](), 0
    for symbol in symbols:
        found[symbol], away = (UNREAD, pause) if pause else _one(ports, where, symbol)
        pause = max(pause, away)
    return found, pause


def for_good(state: str) -> bool:
    """The venue says that it is no symbol any more, and not only that nobody can trade it now."""
    return state == NOT_KNOWN or ends_for_good(state.removeprefix(f"{_HALTED} (").removesuffix(")"))


def _one(ports: Ports, where: Where, symbol: str) -> tuple[str, int]:
    try:
        market = ports.exchange.market(where, symbol)
    except RunbookError as error:
        trouble = error.trouble
        if isinstance(error, Refused) and trouble is not None and trouble.row is Row.INVALID_SYMBOL:
            return NOT_KNOWN, 0
        return UNREAD, pause_after(error) or 0
    return (TRADED if market.active else f"{_HALTED} ({market.status or 'inactive'})"), 0
