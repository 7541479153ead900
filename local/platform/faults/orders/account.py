"""What only the venue's support or whoever owns the key and the host can mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from local.platform.exchange import faults as venue_faults
from local.platform.faults.orders.base import OrderTrouble
from local.platform.ordering.config import OrderConfig


@dataclass
class _OfAccounts(OrderTrouble):
    """`called`: the venue's name of it."""

    called: ClassVar[str]

    ours: list[venue_faults.Fault] = field(default_factory=list)

    def trouble_orders(self, traders: Sequence[OrderConfig], /) -> None:
        for name in self.accounts(traders):
            self.ours.append(self.world.venue.break_with(self.called, None, account=name))

    def lift(self) -> None:
        for one in self.ours:
            self.world.venue.mend(one)


class OrdersAccountFrozen(_OfAccounts):
    name = "orders.account-frozen"
    about = (
        "The accounts are frozen (with a strategy: its own): orders are -2010, canTrade is false, the account's "
        "status says locked. No change of ours helps."
    )
    called = "account-frozen"


class NoPermission(_OfAccounts):
    name = "orders.no-permission"
    about = (
        "The keys of the accounts (with a strategy: of its own) lost their right to futures: every signed call to "
        "them is -2015. No change of ours helps."
    )
    called = "key-without-permission"


@dataclass
class ClockSkew(OrderTrouble):
    name = "orders.clock-skew"
    about = "The venue's clock and ours are apart: every signed call is -1021. No change of ours helps."
    count_means = "seconds by which the venue's is ahead (default 30)"
    takes_strategy = False
    SECONDS = 30

    ours: venue_faults.Fault | None = None

    def trouble_orders(self, _traders: Sequence[OrderConfig], /) -> None:
        seconds = float(self.count or self.SECONDS)
        self.ours = self.world.venue.break_with("clock-skew", None, seconds=seconds)

    def lift(self) -> None:
        if self.ours is not None:
            self.world.venue.mend(self.ours)
