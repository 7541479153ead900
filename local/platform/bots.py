"""What the bots do besides beating: nothing of it until a test wants it, each by a switch of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from local.platform.aws import Aws
from local.platform.exchange.exchange import Exchange
from local.platform.managing import Manager
from local.platform.ordering.flow import Flow
from local.platform.trading import Trader

# As `POST /_local/platform` takes them.
SWITCHES: Final = ("trade", "trade_at_venue", "exits", "reenters", "order_flow", "plain_lines")


class Bots:
    """Its caller holds the service's lock."""

    def __init__(self, aws: Aws, exchange: Exchange, flow: Flow) -> None:
        self._trader, self._manager, self.flow = Trader(aws, exchange), Manager(aws, exchange), flow

    def switch(self, wanted: Mapping[str, bool]) -> None:
        """`trade`: entry orders in the tables; `trade_at_venue`: at the venue too. `exits`, `reenters`: Manager.
        `order_flow`, `plain_lines`: Flow."""
        self._trader.on = wanted.get("trade", self._trader.on)
        self._trader.at_venue = wanted.get("trade_at_venue", self._trader.at_venue)
        self._manager.exits = wanted.get("exits", self._manager.exits)
        self._manager.reenters = wanted.get("reenters", self._manager.reenters)
        self.flow.plain = wanted.get("plain_lines", self.flow.plain)
        self.flow.switch(wanted.get("order_flow", self.flow.on))

    @property
    def trades(self) -> bool:
        return self._trader.on

    def place(self, strategy_ids: Sequence[str]) -> None:
        """A new entry order for the next ones of these, which trade now."""
        self._trader.place(strategy_ids)

    def manage(self, managing: Collection[str], entering: Collection[str]) -> list[tuple[str, str]]:
        """(strategy, event) of what came of the positions that these hold."""
        return self._manager.manage(managing, entering)

    def forget(self) -> None:
        """Counts begin at zero again; the switches stay as they are."""
        self._trader.forget()
        self._manager.forget()
        self.flow.forget()

    def stats(self, after: datetime | None) -> dict[str, Any]:
        return {"trading": self._trader.stats(after), "managing": self._manager.stats(), "flow": self.flow.stats()}
