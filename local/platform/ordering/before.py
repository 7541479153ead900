"""The venue as it was before the troubles of orders that stand now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from local.platform.exchange.account import Account
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.margin import Margins
from local.platform.exchange.market import TRADING

PLENTY = Decimal(1_000_000)


@contextmanager
def before_trouble(exchange: Exchange, account: str, symbol: str) -> Iterator[None]:
    """What is opened inside was opened then: nothing refuses it, and the free margin of now stays what it is.

    Nobody else gets in meanwhile: whoever is inside holds the venue's lock, and must ask nothing of AWS.
    """
    with exchange.lock:
        one = exchange.accounts.get(account)
        if one is None or symbol not in exchange.statuses:
            yield
            return
        free, frozen, status = _free(one, exchange), one.rights.frozen, exchange.statuses[symbol]
        moved = exchange.desk.moved.pop(symbol, None)
        exchange.statuses[symbol], one.rights.frozen = TRADING, False
        one.wallet += PLENTY
        try:
            yield
        finally:
            one.wallet += free - _free(one, exchange)
            exchange.statuses[symbol], one.rights.frozen = status, frozen
            if moved is not None:
                exchange.desk.moved[symbol] = moved


def _free(account: Account, exchange: Exchange) -> Decimal:
    margins = Margins(account, exchange.prices)
    return margins.balance - margins.initial
