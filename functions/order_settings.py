"""What the settings say about orders that fail: what counts, how far a remedy may go, how it is proven."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from functions.model import Model, Seconds
from functions.position_settings import ASKED_WITHIN, VENUE_WITHIN, Bps

# Seconds: the closes that a person may choose to free margin, each in a run of its own that asks once more.
CLOSES_WITHIN: Final = 7_200


class OrderSettings(Model):
    """Times in seconds, prices in basis points of the mark.

    `pending_overdue_after`: how long an order may stand as `pending`; `exit_overdue_after`: how long a reducing
    order may work unfilled. `log_window`: how far back the log is read. `failures_least`: fewer failures of one
    cause in the window are no cause by themselves. `failing_within`: a cause whose newest failure is older fails no
    more. `offset_unasked_most`, `offset_asked_most`: caps of `limit_offset_bps`. `stake_factor`: what a
    stake is multiplied by where a person says so. `symbol_reads_apart`: a symbol is not traded only after two reads
    so far apart. `clock_skew_most`: beyond it the clock is a cause. `proof_window`: so long a cause must be silent,
    looked at every `proof_look_every`, `proof_looks` times at most. `rows_read`: lines of a pattern that are read,
    the newest first."""

    pending_overdue_after: Seconds = 120
    exit_overdue_after: Seconds = 300
    log_window: Seconds = 3_600
    failures_least: Annotated[int, Field(ge=1, le=1_000)] = 3
    failing_within: Seconds = 600
    rows_read: Annotated[int, Field(ge=10, le=1_000)] = 200
    query_look_every: Seconds = 2
    query_looks: Annotated[int, Field(ge=1, le=60)] = 30
    offset_unasked_most: Bps = 20
    offset_asked_most: Bps = 100
    stake_factor: Annotated[Decimal, Field(gt=0, lt=1)] = Decimal("0.5")
    symbol_reads_apart: Seconds = 5
    clock_skew_most: Annotated[Decimal, Field(gt=0, le=60)] = Decimal(1)
    maintenance_look_every: Seconds = 120
    rounds: Annotated[int, Field(ge=1, le=5)] = 3
    questions_a_remedy: Annotated[int, Field(ge=1, le=6)] = 3
    closes_within: Seconds = CLOSES_WITHIN
    leave_at_most_minutes: Annotated[int, Field(ge=1, le=10_080)] = 1_440
    proof_window: Seconds = 300
    proof_look_every: Seconds = 60
    proof_looks: Annotated[int, Field(ge=1, le=30)] = 10
    detect_every_minutes: Annotated[int, Field(ge=1, le=60)] = 5

    @property
    def remedy_within(self) -> int:
        """Seconds: every question of one remedy with the closes after it, and a venue that is in maintenance."""
        return self.questions_a_remedy * (ASKED_WITHIN + self.closes_within) + VENUE_WITHIN

    @property
    def venue_within(self) -> int:
        """Seconds: what calms a venue, and then what changes something there."""
        return 2 * self.remedy_within
