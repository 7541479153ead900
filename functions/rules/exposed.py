"""What a restart of one strategy would interrupt. What cannot be read is never empty."""

from __future__ import annotations

from dataclasses import dataclass

from functions.facts import ExposureFact


@dataclass(frozen=True, slots=True)
class Exposed:
    """`readable` False: nobody knows; then `positions` and `exits` prove nothing."""

    readable: bool
    positions: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Proven: no open position and no exit in flight."""
        return self.readable and not self.positions and not self.exits

    def told(self) -> str:
        if not self.readable:
            return "Its open positions and orders could not be read."
        return f"Open positions: {len(self.positions)}, exits in flight: {len(self.exits)}."


def exposed(exposure: ExposureFact | None, strategy_id: str) -> Exposed:
    """Positions that are not closed, and exits in flight.

    An exit names its position. One whose position is not among those read may be anybody's, so it counts
    for everybody. A working order that is neither protective nor known to open may be an exit too.
    """
    if exposure is None or exposure.unreadable:
        return Exposed(readable=False)
    owner = {p.position_id: p.strategy_id for p in exposure.positions}
    positions = tuple(p.position_id for p in exposure.positions if _is_open(p.status, p.strategy_id, strategy_id))
    exits = {e for e in exposure.exits_in_flight if owner.get(e, strategy_id) == strategy_id}
    exits |= {
        order.order_id
        for order in exposure.orders
        if not order.protective
        and order.reducing is not False
        and (order.strategy_id or owner.get(order.position_id, strategy_id)) == strategy_id
    }
    return Exposed(True, positions, tuple(sorted(exits)))


def _is_open(status: str, owner: str, strategy_id: str) -> bool:
    return owner == strategy_id and status != "closed"
