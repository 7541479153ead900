"""What the settings say about positions, exchanges, and how one is closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from functions.model import Model, Seconds

Bps = Annotated[int, Field(ge=1, le=2_000)]
Percent = Annotated[Decimal, Field(gt=0, le=100)]
Money = Annotated[Decimal, Field(gt=0)]

# `{env}`, `{venue}`, `{account}` are filled in. Its text is `{"apiKey": ..., "secret": ..., "password": ...}`.
SECRET: Final = "tradai-{env}-exchange-{venue}-{account}"  # noqa: S105 - a name


# Seconds, each more than what the limits say: one question, one close, all the waiting for a venue.
ASKED_WITHIN: Final = 7_200
VENUE_WITHIN: Final = 21_600
CLOSE_WITHIN: Final = 3_600 + VENUE_WITHIN


class ExchangeSettings(Model):
    """One venue. `secret` names the secret of an account's key. `address`: the address that the keys are bound to,
    which preflight compares."""

    secret: Annotated[str, Field(min_length=1, max_length=400)] = SECRET
    http_timeout: Annotated[int, Field(ge=1, le=10)] = 5
    address: str | None = None


class PositionSettings(Model):
    """Prices in basis points of the mark; money in the quote currency; times in seconds unless the name says so.

    `max_age_minutes` holds where the strategy's config has no `max_position_age_minutes`. `exit_overdue_after`: how
    long after its signal an exit counts as stuck. `two_people_from`: the notional from which a second person is
    asked. `quote_holds`: how old the quote of a question may be when the close begins. `cycle`: one cycle of a
    strategy, in which it is watched after a close. `exit_pattern`: the text in the service's log that says that an
    exit is due, with `{symbol}`. `probe_away_bps`: how far below the best bid an order stands that is validated or
    placed only to see whether orders are taken.
    """

    max_age_minutes: Annotated[int, Field(ge=1, le=525_600)] = 1_440
    exit_overdue_after: Seconds = 300
    exit_pattern: str | None = None
    probe_away_bps: Bps = 300
    worst_price_bps: Bps = 50
    wider_price_bps: Bps = 150
    voids_before_wider: Annotated[int, Field(ge=1, le=5)] = 2
    close_attempts: Annotated[int, Field(ge=1, le=5)] = 5
    flat_reads_apart: Seconds = 5
    two_people_from: Money = Decimal(50_000)
    quote_holds: Seconds = 900
    protection_back_within: Annotated[int, Field(ge=1, le=10)] = 10
    cycle: Seconds = 60
    questions_a_run: Annotated[int, Field(ge=1, le=10)] = 6
    # "Wait for the next cycle" is offered only within these.
    wait_at_most_minutes: Annotated[int, Field(ge=1, le=1_440)] = 60
    wait_loss_at_most_bps: Bps = 100
    wait_liquidation_at_least_percent: Percent = Decimal(10)
    wait_spread_at_most_bps: Bps = 20
    leave_at_most_minutes: Annotated[int, Field(ge=1, le=10_080)] = 1_440
    # A second person is not waited for where liquidation is nearer than this.
    liquidation_near_percent: Percent = Decimal(5)
    detect_every_minutes: Annotated[int, Field(ge=1, le=60)] = 1

    @property
    def close_within(self) -> int:
        """Seconds: how long a run waits for one close, with a venue that goes away in the middle of it; the close's
        own looks and waits are bounded below that."""
        return CLOSE_WITHIN

    @property
    def settle_within(self) -> int:
        """Seconds: every question of a run with the close after it, the waits that people may allow, and a venue
        that is in maintenance."""
        asked = self.questions_a_run * (ASKED_WITHIN + CLOSE_WITHIN)
        return asked + self.wait_at_most_minutes * 60 + VENUE_WITHIN
