"""Whether "wait for the next cycle" may be offered: only while waiting costs little and the strategy can exit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from functions.position_settings import PositionSettings

BPS = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Market:
    """What the price does to a position. `loss_bps`: against the market's price when the exit was due; below 0: a
    gain. `liquidation_percent`: how far the liquidation price is from the mark; None with
    `liquidation_named` False: the venue names none. None in any other place: not known."""

    loss_bps: Decimal | None
    liquidation_percent: Decimal | None
    liquidation_named: bool
    spread_bps: Decimal | None


def why_not_wait(
    market: Market, settings: PositionSettings, *, healthy: str | None, waited_minutes: int
) -> tuple[str, ...]:
    """Every reason against it; none: it may be offered. `healthy` None: the strategy can exit by itself, else why
    it cannot. What is not known speaks against it."""
    return tuple(_reasons(market, settings, healthy, waited_minutes))


def _reasons(market: Market, settings: PositionSettings, healthy: str | None, waited: int) -> Iterator[str]:
    if healthy is not None:
        yield healthy
    if market.loss_bps is None:
        yield "the loss since the exit was due is not known"
    elif market.loss_bps > settings.wait_loss_at_most_bps:
        lost = f"{market.loss_bps:.0f} bps are lost since the exit was due"
        yield f"{lost}, and {settings.wait_loss_at_most_bps} are allowed"
    if market.liquidation_percent is None:
        if market.liquidation_named:
            yield "the distance to liquidation is not known"
    elif market.liquidation_percent < settings.wait_liquidation_at_least_percent:
        least = settings.wait_liquidation_at_least_percent
        yield f"liquidation is {market.liquidation_percent:.1f} % away, and {least} % are wanted"
    if market.spread_bps is None:
        yield "the spread is not known"
    elif market.spread_bps > settings.wait_spread_at_most_bps:
        yield f"the spread is {market.spread_bps:.0f} bps, and {settings.wait_spread_at_most_bps} are allowed"
    if waited >= settings.wait_at_most_minutes:
        yield f"it was waited {waited} min already, and {settings.wait_at_most_minutes} are allowed"


def liquidation_near(market: Market, settings: PositionSettings) -> bool:
    """So near that a second person is not waited for."""
    found = market.liquidation_percent
    return found is not None and found < settings.liquidation_near_percent
