"""What becomes of the lists of symbols: without one, or with another one in its place."""

from __future__ import annotations

from collections.abc import Sequence

from functions.orders.configs import SYMBOLS, Config
from functions.orders.context import proposed
from functions.orders.model import OrderChange
from functions.orders.symbol_question import REPLACE, TAKE_OUT
from functions.orders.written import in_words
from functions.rules.orders.symbols import replaced, without

NONE_LEFT = "no symbol is left, so it trades nothing"


def out(users: Sequence[Config], symbol: str) -> list[OrderChange]:
    made = []
    for one in users:
        left = without(one.symbols or (), symbol)
        why = f"{SYMBOLS} without {symbol}: {in_words(left) if left else NONE_LEFT}"
        made.append(proposed(one, SYMBOLS, left, why, expires_at=None, option=TAKE_OUT))
    return made


def renamed(users: Sequence[Config], symbol: str, by: str, number: int) -> list[OrderChange]:
    made = []
    for one in users:
        new = replaced(one.symbols or (), symbol, by)
        why = f"{SYMBOLS} with {by} in place of {symbol}: {in_words(new)}"
        made.append(proposed(one, SYMBOLS, new, why, expires_at=None, option=f"{REPLACE}{number}"))
    return made
