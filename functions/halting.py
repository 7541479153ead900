"""What the states of emergency-stop hand to one another.

Every task of the stop reads the order by itself (rules/stop_order.py), so that it stops what it should even where
the state before it could not run.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from functions.contracts import Frozen, Run
from functions.facts import Result
from functions.ids import incident_id_for

# Of the scan over the trading state; a constant: the Map has one item for each.
SEGMENTS: Final = 8
# Names of one kind in a state or a message; whole lists lie in the bucket.
MOST_NAMED: Final = 20
# Of one such line: what a task returns must stay far below what a state can hold.
MOST_CHARACTERS: Final = 240


class StopJob(Frozen):
    """`order` is the run's input, as it came or as it was read. `halt_id`: the kill switch's own, None where it
    could not be written. `latched`: it was written; else `latch_why` says why not."""

    order: Any
    execution_arn: str
    started_at: datetime
    halt_id: str | None
    latched: bool
    latch_why: str | None

    @property
    def incident_id(self) -> str:
        return incident_id_for(self.execution_arn)

    @property
    def mark(self) -> str:
        """What stopped strategies and records of before carry."""
        return self.halt_id or self.incident_id


class Counts(Frozen):
    """Strategies by what became of them, as far as a task looked at them. `already` were stopped by an earlier
    call or by somebody else since they were running."""

    seen: int = 0
    done: int = 0
    already: int = 0
    not_done: int = 0
    unknown: int = 0


class Part(Frozen):
    """What one branch of the stop came to. `items` are sentences, at most MOST_NAMED of them; `details_key` is the
    whole list in the bucket. `before`: what stood there, `at`: when it came to this, where the branch says so.
    `pages`: a person has to look at it now. `unproven`: what of it nothing proves, by name."""

    name: str
    result: Result
    why: str
    items: tuple[str, ...] = ()
    details_key: str | None = None
    before: str | None = None
    at: datetime | None = None
    pages: bool = False
    unproven: tuple[str, ...] = ()


def run_of(job: StopJob, *, dry_run: bool, requested_by: str | None) -> Run:
    """The run as every ending knows it (functions/ending.py)."""
    return Run(
        incident_id=job.incident_id,
        runbook="emergency-stop",
        execution_arn=job.execution_arn,
        opened_at=job.started_at,
        dry_run=dry_run,
        mode="act",
        strategy_id=None,
        alarm_name=None,
        alarm_at=None,
        requested_by=requested_by,
        proceed=True,
        why_not=None,
    )
