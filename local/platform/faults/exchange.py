"""Troubles of the exchange as the strategies feel them: it is away, or it refuses them."""

from __future__ import annotations

from typing import ClassVar

from local.platform.copies import Copy
from local.platform.exchange import fallback
from local.platform.exchange.venue import ID, How, Venue
from local.platform.faults.base import Fault, Lasting, Trouble

TIMED_OUT = "ReadTimeout: HTTPSConnectionPool(host='{host}', port=443): Read timed out. (read timeout=10)"


class ExchangeDown(Lasting):
    name = "exchange-down"
    about = (
        "The exchange does not answer. Nothing but its coming back cures; a strategy whose config is "
        "switched to its fallback exchange trades there."
    )
    takes_strategy = True
    HOW: ClassVar[How] = "503"
    HOST: ClassVar[str] = "fapi.binance.com"

    @property
    def venue(self) -> Venue:
        return self.world.venue

    def begin(self) -> None:
        super().begin()
        self.venue.down, self.venue.how = True, self.HOW
        self.world.backdate([one for one in self.concerned() if self._on_this_venue(one)])

    def lift(self) -> None:
        self.venue.down = False

    def redeployed(self, _copy: Copy, /) -> None:
        self.wrong("redeploy")

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        if self.touches(strategy_id) and self._on_this_venue(strategy_id):
            self.wrong(f"restart {strategy_id}")

    def trouble(self, strategy_id: str, _copy: Copy, /) -> Trouble | None:
        if not self.touches(strategy_id) or not self._on_this_venue(strategy_id):
            return None
        text = TIMED_OUT.format(host=self.HOST)
        return Trouble((("exchange_request_failed", text),), (f"requests.exceptions.{text}",))

    def _on_this_venue(self, strategy_id: str) -> bool:
        return self.world.config(strategy_id).exchange in (None, ID)


class ExchangeSilent(ExchangeDown):
    name = "exchange-silent"
    about = "As exchange-down, but instead of 503 it gives no answer at all: probes time out."
    HOW: ClassVar[How] = "timeout"


class FallbackDown(ExchangeDown):
    name = "fallback-down"
    about = "The fallback exchange does not answer: whoever is switched to it meanwhile trades nowhere."
    HOST: ClassVar[str] = "api.bybit.com"

    @property
    def venue(self) -> Venue:
        return self.world.fallback

    def redeployed(self, copy: Copy, /) -> None:
        if any(map(self._on_this_venue, self.concerned())):
            super().redeployed(copy)

    def _on_this_venue(self, strategy_id: str) -> bool:
        return self.world.config(strategy_id).exchange == fallback.ID


class RateLimited(Fault):
    """A ban of the address. It is over for a strategy once its time has passed and the strategy has slowed
    down; where one goes on as before, or anything is restarted in between, a new ban follows."""

    name = "rate-limited"
    about = (
        "The exchange answers 429 with Retry-After. Cured once that has passed and order_cooldown_seconds "
        "is at least 60; restarting anything brings a longer ban (418)."
    )
    count_means = "Retry-After in platform seconds (default 60)"
    takes_strategy = True
    RETRY_AFTER = 60
    COOLDOWN = 60
    LONGEST = 3600

    status: int = 429
    seconds: int = 0
    cured: frozenset[str] = frozenset()

    def begin(self) -> None:
        self.seconds = self.count or self.RETRY_AFTER
        self.world.venue.ban(self.status, self.seconds)
        self.world.backdate(self.concerned())

    def lift(self) -> None:
        self.world.venue.lift_ban()

    def tick(self) -> None:
        if not self.world.venue.ban_has_passed:
            return
        ill = [one for one in self.concerned() if one not in self.cured]
        self.cured |= {one for one in ill if self._slow(one)}
        if any(one not in self.cured for one in ill):
            self.world.venue.ban(self.status, self.seconds)
        else:
            self.end()

    def redeployed(self, _copy: Copy, /) -> None:
        self._provoke("redeploy")

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        if self.touches(strategy_id):
            self._provoke(f"restart {strategy_id}")

    def trouble(self, strategy_id: str, _copy: Copy, /) -> Trouble | None:
        if not self.touches(strategy_id) or strategy_id in self.cured:
            return None
        words = "429 Too Many Requests" if self.status == 429 else "418 I'm a teapot (IP banned)"
        text = f"RateLimitExceeded: binance HTTP {words} Retry-After: {self.world.venue.retry_after}"
        return Trouble((("exchange_request_failed", text),), (f"ccxt.base.errors.{text}",))

    def _slow(self, strategy_id: str) -> bool:
        cooldown = self.world.config(strategy_id).order_cooldown_seconds
        return cooldown is not None and cooldown >= self.COOLDOWN

    def _provoke(self, remedy: str) -> None:
        """A start asks for everything anew, which is the last thing a banned address should do."""
        self.wrong(remedy)
        self.status, self.seconds = 418, min(2 * self.seconds, self.LONGEST)
        self.world.venue.ban(self.status, self.seconds)
