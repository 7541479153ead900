"""More orders than the venue takes in a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local.platform.copies import Copy
from local.platform.exchange.order_limit import OrderLimit
from local.platform.faults.base import BadFault
from local.platform.faults.orders.base import OrderTrouble
from local.platform.ordering.config import OrderConfig
from local.platform.ordering.flow import BOTS_AT_MOST


@dataclass
class OrdersRateLimited(OrderTrouble):
    """The venue really counts. It takes one order a minute of each strategy that trades live now; what is refused
    counts too, so that nothing passes while the bots go on as before."""

    name = "orders.rate-limited"
    about = (
        "The bots send more orders than the venue takes in a minute: 429 with Retry-After, and whoever goes on is "
        "banned (418). They pass once order_cooldown_seconds is 60 or more; a restart brings a longer ban."
    )
    count_means = "orders that the venue takes in a minute (default: one of each strategy that trades live)"
    takes_strategy = False
    cures = frozenset({"order_cooldown_seconds"})
    # So many refusals in a row bring a ban, of so many platform seconds.
    PATIENCE = 40
    BANNED = 120
    LONGEST = 3600

    seconds: int = BANNED
    banned: bool = False

    def trouble_orders(self, traders: Sequence[OrderConfig], /) -> None:
        if self.count == 0:
            raise BadFault(f"count: {self.count_means}")
        most = self.count or min(len([one for one in traders if one.symbols]), BOTS_AT_MOST)
        self.world.venue.order_limit = OrderLimit(most, self.world.pace, self.world.clock)

    def lift(self) -> None:
        self.world.venue.order_limit = None
        if self.banned:
            self.world.venue.lift_ban()

    def tick(self) -> None:
        limit, venue = self.world.venue.order_limit, self.world.venue
        if self.banned and venue.ban_has_passed:
            self.banned = False
            venue.lift_ban()
        if limit is not None and limit.offences >= self.PATIENCE and not self.banned:
            self._ban()

    def redeployed(self, _copy: Copy, /) -> None:
        self._provoke("redeploy")

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        if strategy_id in self.ill:
            self._provoke(f"restart {strategy_id}")

    def _provoke(self, remedy: str) -> None:
        """A start asks for everything anew."""
        self.wrong(remedy)
        self.seconds = min(2 * self.seconds, self.LONGEST)
        self._ban()

    def _ban(self) -> None:
        self.banned = True
        self.world.venue.ban(418, self.seconds)
        if self.world.venue.order_limit is not None:
            self.world.venue.order_limit.offences = 0
