"""What became of a test order, by its record and by what the venue shows under its client id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import Check, Result
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.settled import settles_at
from functions.venue import OrderStatus, VenueOrder

# Nobody waits for this one: a venue that is slow to show it has twice as long as for a close.
KNOWN_WITHIN: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Seen:
    """`cancel`: it works, and must go. `again`: ask once more later. Else `result` is final, and `gone` says that
    nothing of it rests. `acted`: what the act has come to; done where an order stood there and is over."""

    result: Check
    told: str
    acted: Result = Result.UNKNOWN
    cancel: bool = False
    again: bool = False
    gone: bool = False


def seen(attempt: Attempt, found: VenueOrder | None, now: datetime, *, was_open: bool, call_over: bool) -> Seen:
    """`found` was read at `now`. `was_open`: it was seen working before. `call_over`: see `settles_at`."""
    name = attempt.client_order_id
    if found is None:
        if attempt.state is AttemptState.REFUSED:
            told = f"the venue refuses test order {name}: {attempt.why}"
            return Seen(Check.FAIL, told, Result.NOT_DONE, gone=True)
        known = attempt.sent_at is not None and now >= attempt.sent_at + KNOWN_WITHIN
        settled = known and now >= settles_at(attempt, call_over=call_over)
        if attempt.state is not AttemptState.NOT_ACCEPTED and not settled:
            return Seen(Check.UNKNOWN, f"the venue does not know test order {name} yet", again=True)
        told = f"test order {name} was not accepted: {attempt.why or 'not found'}"
        return Seen(Check.UNKNOWN, told, Result.NOT_DONE, gone=True)
    what = f"test order {name} ({found.order_id})"
    if not found.final:
        return Seen(Check.UNKNOWN, f"{what} is {found.status.value}", cancel=True, again=True)
    if found.filled > 0:
        told = f"{what} was filled: {found.filled} at {found.average}; that position is nobody's, look at it now"
        return Seen(Check.FAIL, told, Result.DONE, gone=True)
    if found.status is OrderStatus.CANCELED:
        open_ = "seen open, " if was_open else "accepted, "
        return Seen(Check.PASS, f"{what} was placed, {open_}cancelled, and seen gone", Result.DONE, gone=True)
    told = f"{what} ended as {found.status.value}, not by our cancel"
    return Seen(Check.UNKNOWN, told, Result.DONE if was_open else Result.NOT_DONE, gone=True)
