"""What the states of prove-recovery hand to one another, and to the end of the run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions.contracts import Frozen, Run


class Wanted(Frozen):
    """A strategy that must beat again, and since when."""

    strategy_id: str
    since: datetime


class Beats(Frozen):
    """A look for heartbeats newer than the remedy."""

    all_back: bool
    again: bool
    looks_left: int
    missing: tuple[str, ...]


class Monitor(Frozen):
    """The watch over every strategy of the service. `own` failed among those cured, `others` besides."""

    again: bool
    looks_done: int
    looks_left: int
    worst: int
    own_failed: tuple[str, ...]
    others_failed: tuple[str, ...]


class ProofPlan(Frozen):
    run: Run
    proceed: bool
    wanted: tuple[Wanted, ...]
    beats: Beats
    monitor: Monitor


class Proof(Frozen):
    """The child's output. `signals` is null where none were looked for, and holds `Error` where that failed."""

    proved: bool
    wanted: tuple[Wanted, ...]
    beats: Beats
    monitor: Monitor
    signals: dict[str, Any] | None
