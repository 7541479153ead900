"""What a standing fault changes at the exchange, and how that is undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from local.platform.exchange.account import Account
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.faults import Fault

# Fault: (the right it changes, what it becomes).
RIGHTS = {
    "account-frozen": ("frozen", True),
    "key-without-permission": ("futures", False),
    "key-revoked": ("revoked", True),
}


def stand(exchange: Exchange, fault: Fault) -> Callable[[], None]:
    """Makes it so, and returns what puts it back as it was."""
    undo: list[Callable[[], None]] = []
    with exchange.lock:
        concerned = [one for one in exchange.accounts.values() if fault.account in (None, one.name)]
        if fault.name in RIGHTS:
            name, value = RIGHTS[fault.name]
            for account in concerned:
                undo.append(partial(setattr, account.rights, name, getattr(account.rights, name)))
                setattr(account.rights, name, value)
        elif fault.name == "hedge-mode":
            undo += [partial(_back, account, account.hedged) for account in concerned]
            for account in concerned:
                account.hedged = True
        elif fault.name == "symbol-delisted":
            for symbol in [one for one in exchange.listed if fault.symbol in (None, one)]:
                undo.append(partial(exchange.set_status, symbol, exchange.statuses[symbol]))
                exchange.set_status(symbol, str(fault.options["status"]))

    def all_of_it() -> None:
        for one in undo:
            one()

    return all_of_it


def _back(account: Account, hedged: bool) -> None:
    account.hedged = hedged
