"""What every trouble of orders is: it starts the flow, and no restart or strange change of a config helps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from local.platform.copies import Copy
from local.platform.faults.base import BadFault, Fault
from local.platform.ordering.config import OrderConfig
from local.platform.tally import Tally


@dataclass
class OrderTrouble(Fault):
    """`cures`: the config fields whose change is its remedy; `ill`: the strategies whose orders fail by it, as they
    are when it begins."""

    cures: ClassVar[frozenset[str]] = frozenset()
    takes_strategy = True

    ill: frozenset[str] = field(default=frozenset())

    def begin(self) -> None:
        super().begin()
        traders = self.traders()
        self.ill = frozenset(one.strategy_id for one in traders)
        self.trouble_orders(traders)
        self.world.ordering.flow.start(self.strategy)

    def trouble_orders(self, traders: Sequence[OrderConfig], /) -> None:
        """Makes the orders of these fail. Raises BadFault; then nothing has changed."""
        raise NotImplementedError

    def traders(self) -> list[OrderConfig]:
        """Those that it touches and that trade live at the venue, in the order of their ids. Raises BadFault."""
        found = self.world.ordering.flow.traders(self.concerned())
        if not any(one.symbols for one in found):
            raise BadFault(f"{self.name}: no strategy with symbols trades live at the stand-in venue")
        return found

    def accounts(self, traders: Iterable[OrderConfig]) -> list[str]:
        """Raises BadFault where the venue knows one of them not."""
        names = sorted({one.account for one in traders})
        if strange := [one for one in names if one not in self.world.venue.exchange.accounts]:
            raise BadFault(f"{self.name}: the venue knows no account {strange[0]!r}")
        return names

    def redeployed(self, _copy: Copy, /) -> None:
        self.wrong("redeploy", harm=False)

    def restarted(self, strategy_id: str, _acknowledged: bool, /) -> None:
        if strategy_id in self.ill:
            self.wrong(f"restart {strategy_id}", harm=False)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "strategies": sorted(self.ill)}


def judge(changes: Iterable[tuple[str, str]], active: Iterable[Fault], tally: Tally) -> None:
    """Counts changes of config fields that cure none of the troubles of orders that there are."""
    troubles = [fault for fault in active if isinstance(fault, OrderTrouble)]
    if not troubles:
        return
    names = ", ".join(fault.name for fault in troubles)
    for strategy_id, name in changes:
        if not any(name in fault.cures and strategy_id in fault.ill for fault in troubles):
            tally.wrong_remedy(names, f"{name} of {strategy_id}", harm=False)
