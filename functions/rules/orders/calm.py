"""Which venues count us at present: they are asked nothing more until they have had their pause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from functions.rules.orders.causes import Cause
from functions.rules.orders.facts import OrderLogFact

# Without a Retry-After this is the shortest honest pause: venues count by the minute.
SHORTEST: Final = 60


def refusing(logs: OrderLogFact | None, now: datetime) -> Mapping[str | None, str]:
    """By venue, why it is asked nothing; under None where the log does not say which venue it was."""
    found: dict[str | None, tuple[datetime, str]] = {}
    for sign in logs.signs if logs else ():
        if sign.cause is not Cause.RATE_LIMITED:
            continue
        until = sign.last_at + timedelta(seconds=max(sign.retry_after_seconds or 0, SHORTEST))
        if until > now and (sign.venue not in found or found[sign.venue][0] < until):
            told = f"rate limited at {sign.last_at:%H:%M:%S} UTC by the log"
            found[sign.venue] = (until, f"{told}, so it is asked nothing before {until:%H:%M:%S} UTC")
    return {venue: why for venue, (_, why) in found.items()}
