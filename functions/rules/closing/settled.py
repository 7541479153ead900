"""What became of an attempt that may have been accepted.

An order that is found is the result. "Not found" proves nothing until whatever sent it can send no more and the
venue takes no late request: then, and only then, it was not accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from functions.ports.exchange import SETTLES_WITHIN, Attempt, AttemptState
from functions.venue import Row, VenueOrder

# After its mark `sent` is written, an order goes out within this or not at all (sending.py looks at the clock).
# With what an adapter reads ahead of it (2 s), the receive window and a clock that is 1 s off, it is inside
# SETTLES_WITHIN.
GOES_OUT_WITHIN: Final = 2.0
# The timeout of the functions that send: whoever wrote the mark is dead so long after it.
SENDER_LIVES: Final = 60
# Where the end of the call was not seen (the function died, or is slow and may be at work still).
UNSEEN_SENDER: Final = SENDER_LIVES + SETTLES_WITHIN


@dataclass(frozen=True, slots=True)
class Settled:
    """`attempt` in its final state, or None: it is still open, and the answer can be had at `settles_at`."""

    attempt: Attempt | None
    settles_at: datetime | None
    why: str


def settles_at(attempt: Attempt, *, call_over: bool) -> datetime:
    """From when on "not found" means not accepted. `call_over`: the call that sent it was seen to end."""
    sent = attempt.sent_at or attempt.prepared_at
    return sent + timedelta(seconds=SETTLES_WITHIN if call_over else UNSEEN_SENDER)


def settled(attempt: Attempt, found: VenueOrder | None, now: datetime, *, call_over: bool) -> Settled:
    """`found` is what the venue has under the attempt's client id (None: nothing), read at `now`."""
    if attempt.state not in (AttemptState.PREPARED, AttemptState.SENT):
        return Settled(attempt, None, "it is final")
    if found is not None and found.final:
        return Settled(done(attempt, found), None, f"the venue has it: {found.status.value}")
    until = settles_at(attempt, call_over=call_over)
    if found is not None:
        # Immediate-or-cancel: whatever works yet is about to be final.
        return Settled(None, max(until, now + timedelta(seconds=1)), f"the venue has it: {found.status.value}")
    if now < until:
        return Settled(None, until, "the venue does not know it yet")
    why = f"not found {(now - (attempt.sent_at or now)).total_seconds():.0f} s after it was sent"
    return Settled(replace(attempt, state=AttemptState.NOT_ACCEPTED, why=why), None, why)


def done(attempt: Attempt, order: VenueOrder) -> Attempt:
    return replace(
        attempt,
        state=AttemptState.DONE,
        order_id=order.order_id,
        filled=order.filled,
        average=order.average,
        why=order.status.value,
    )


def row_of(attempt: Attempt) -> Row | None:
    """What the venue said when it took no order; None: it said nothing, or took one."""
    if attempt.state not in (AttemptState.REFUSED, AttemptState.NOT_ACCEPTED):
        return None
    word = (attempt.why or "").partition(" ")[0]
    return next((row for row in Row if row.value == word), None)
