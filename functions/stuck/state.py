"""What stuck-position collects on its way, as its last task gets it."""

from __future__ import annotations

from typing import Any

from functions.contracts import Frozen, Run
from functions.facts import OrderFact, PositionFact
from functions.ports.exchange import Attempt
from functions.rules.stuck.delegated import Delegated
from functions.rules.units.pnl import Pnl
from functions.stuck.model import Settled


class Accounted(Frozen):
    """The position as its record stands now, its orders, what was sent for it, and what it came to. `pnl` null:
    nothing of it was closed, or nothing of it is known; `unreadable` says what could not be read."""

    position: PositionFact
    orders: tuple[OrderFact, ...]
    attempts: tuple[Attempt, ...]
    pnl: Pnl | None
    unreadable: tuple[str, ...]


class Guard(Frozen):
    guard_id: str
    owned: bool
    why: str


class StuckState(Frozen):
    """The whole state of stuck-position; null is "did not come that far"."""

    run: Run
    position_id: str | None
    guard_id: str | None
    reason: str | None
    strategy_ids: tuple[str, ...]
    one: bool
    guard: Guard | None = None
    refused: dict[str, Any] | None = None
    delegated: Delegated | None = None
    settled: Settled | None = None
    accounted: Accounted | None = None
    unaccounted: dict[str, Any] | None = None
    verified: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
