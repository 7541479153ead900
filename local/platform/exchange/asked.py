"""One call as the endpoints see it, and how they are told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.platform.exchange import errors
from local.platform.exchange.account import Account
from local.platform.exchange.desk import Twist
from local.platform.exchange.errors import Refused, mandatory
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.wanted import whole


@dataclass(frozen=True)
class Asked:
    """`now`: the venue's time. `by`: the account of a signed call. `twist`: what a fault does to a new order."""

    exchange: Exchange
    params: Mapping[str, str]
    now: int
    by: Account | None = None
    twist: Twist = field(default_factory=Twist)

    @property
    def account(self) -> Account:
        if self.by is None:
            raise Refused(errors.NO_KEY)
        return self.by

    @property
    def symbol(self) -> str | None:
        """None where none was sent. Raises Refused where the venue does not list it."""
        symbol = self.params.get("symbol")
        if symbol is not None and symbol not in self.exchange.listed:
            raise Refused(errors.BAD_SYMBOL)
        return symbol

    @property
    def one_symbol(self) -> str:
        if not self.params.get("symbol"):
            raise Refused(mandatory("symbol"))
        return str(self.symbol)

    def whole(self, name: str) -> int | None:
        return whole(self.params, name)

    def limit(self, usual: int, most: int) -> int:
        sent = self.whole("limit")
        return usual if sent is None else max(1, min(sent, most))


Handle = Callable[[Asked], Any]


@dataclass(frozen=True)
class Endpoint:
    """`signed`: needs key and signature. `trading`: needs the key's right to futures too."""

    handle: Handle
    signed: bool = False
    trading: bool = False


def public(handle: Handle) -> Endpoint:
    return Endpoint(handle)


def signed(handle: Handle) -> Endpoint:
    """Of the futures API."""
    return Endpoint(handle, signed=True, trading=True)


def wallet(handle: Handle) -> Endpoint:
    """Of the wallet's API, for which reading is enough."""
    return Endpoint(handle, signed=True)
