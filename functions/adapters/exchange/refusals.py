"""What the adapter itself finds wrong, said like the errors of a venue."""

from __future__ import annotations

from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.errors import Doing
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.venue import Row, Trouble, Where


def unlike(what: str, where: Where, said: str, doing: Doing) -> RunbookError:
    """An answer about another order than ours."""
    trouble = Trouble(Row.OTHER, "answer", None, said)
    text = f"{what} {where.venue}/{where.account}: {trouble.told()}"
    word = Uncertain if doing is Doing.ORDER else Transient
    return word(text).of(trouble)


def not_configured(venue: str) -> Refused:
    trouble = Trouble(Row.OTHER, "settings", None, f"no exchange {venue!r} in the settings")
    return Refused(trouble.told()).of(trouble)


def unified_only(client: Ccxt, symbol: str) -> None:
    """ccxt takes the venue's own notation too (`BTCUSDT`), but answers in the unified one: what was asked for so
    would be traded, and its orders known by nobody. Raises ccxt's error where the venue has no such market."""
    known = str(client.market(symbol)["symbol"])
    if known != symbol:
        trouble = Trouble(
            Row.INVALID_SYMBOL, "symbol", None, f"{symbol!r} is not the unified name: it is {known!r}"
        )
        raise Refused(trouble.told()).of(trouble)
