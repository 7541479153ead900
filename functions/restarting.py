"""What the states of restart-strategies hand to one another."""

from __future__ import annotations

from functions.contracts import Frozen, Run


class Restart(Frozen):
    """One strategy to restart. `status` is the trading status that it has and comes back to."""

    strategy_id: str
    status: str
    guard_id: str


class RestartPlan(Frozen):
    """`left_out` names the strategies of the group that are not restarted, each with its reason in `why`."""

    run: Run
    group_id: str
    restarts: tuple[Restart, ...]
    left_out: tuple[str, ...]
    why: str


class Stopped(Frozen):
    """After a stop: whether the service has acknowledged it, and whether to look again."""

    acknowledged: bool
    again: bool
    looks_left: int
