"""Sends one attempt, exactly once.

The attempt is written down (in the write that marks the approval used), looked up by its client id, the position is
read, the attempt is marked `sent`, and then the order is created by one call. Whatever kills this in between leaves
a record by which settling.py knows what may have happened:

- before `prepared` is written: nothing; the next look starts afresh
- `prepared`: certainly not sent; it is withdrawn, by taking the only right to send it
- `sent`: it may have been accepted; it is looked up until it is found, or cannot be accepted any more

Two functions that send the same attempt (a retry beside a slow first one) cannot both get past the mark, and the
next attempt is not prepared before this one is final.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from functions.closing import unit
from functions.closing.calls import ACTS_WITHIN
from functions.closing.job import CloseJob, Sent
from functions.errors import Refused, RunbookError, Transient
from functions.ports import Ports
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.client_ids import attempt_id
from functions.rules.closing.next_step import Order
from functions.rules.closing.own_orders import protection
from functions.rules.closing.rounds import open_one
from functions.rules.closing.settled import GOES_OUT_WITHIN, done
from functions.settings import Settings
from functions.venue import NewOrder, Row, VenueOrder

NEEDS: Final = (
    "clock.now",
    *unit.NEEDS,
    "closes.prepare",
    "closes.send",
    "closes.settle",
    "exchange.create",
    "exchange.order",
    "exchange.orders",
    "exchange.position",
    "guards.held",
)


def send(ports: Ports, settings: Settings, job: CloseJob, order: Order) -> Sent:
    """Raises the error words of what came before the order; of the order itself it tells."""
    attempt = prepare(ports, job, order)
    if isinstance(attempt, Sent):
        return attempt
    return go(ports, job, attempt, unit.see(ports, settings, job), protected=True)


def prepare(ports: Ports, job: CloseJob, order: Order) -> Attempt | Sent:
    """The attempt, written down for the first time and not known to the venue; or why it must not be sent now."""
    attempts = ports.closes.attempts(job.position_id, job.incident_id)
    if (waiting := open_one(attempts)) is not None and waiting.number != order.number:
        return Sent(number=waiting.number, state=waiting.state.value, over=False, why="another attempt is open")
    attempt = _attempt(ports, job, order)
    said = ports.closes.prepare(
        attempt, approval_id=job.approval_id, guard_id=job.guard_id, act_until=attempt.prepared_at + ACTS_WITHIN
    )
    if said in ("lost", "used"):
        why = f"the guard {job.guard_id} is not ours" if said == "lost" else "the approval was used elsewhere"
        return Sent(number=order.number, state=said, over=True, why=why)
    if said == "again":
        # Whoever wrote it down may be at work: settling.py takes its right to send away, or finds what it sent.
        return Sent(number=order.number, state="prepared", over=False, why="it was written down before")
    found = ports.exchange.order(job.unit.where, job.unit.symbol, attempt.client_order_id)
    if found is not None:
        return Sent(number=order.number, state="sent", over=False, why="the venue knows an order of its id")
    return attempt


def go(
    ports: Ports,
    job: CloseJob,
    attempt: Attempt,
    sight: unit.Sight,
    *,
    protected: bool,
    until: datetime | None = None,
) -> Sent:
    """Sends what was prepared, if everything is still as `sight` shows it, and not after `until`. `protected`: its
    protection rests."""
    moved = why_not(sight, attempt.amount) or _moved(ports, job, sight, protected=protected)
    if moved or sight.facts.venue is None:
        return Sent(number=attempt.number, state="moved", over=True, why=moved or "not readable")
    if until is not None and ports.clock.now() > until:
        return Sent(number=attempt.number, state="moved", over=True, why="the time for it is over")
    return _create(ports, job, attempt, hedged=sight.facts.venue.hedged)


def _attempt(ports: Ports, job: CloseJob, order: Order) -> Attempt:
    return Attempt(
        position_id=job.position_id,
        incident_id=job.incident_id,
        number=order.number,
        client_order_id=attempt_id(job.position_id, job.incident_id, order.number),
        unit=job.unit,
        amount=order.amount,
        worst_price=order.worst_price,
        state=AttemptState.PREPARED,
        prepared_at=ports.clock.now(),
    )


def why_not(sight: unit.Sight, amount: Decimal) -> str | None:
    """None: so much may be closed by this reading. `Transient` where it was not whole."""
    standing, venue = sight.attribution, sight.facts.venue
    if standing is None or venue is None or sight.written is None:
        raise Transient(f"the position cannot be read: {'; '.join(sight.facts.unreadable)}")
    if not sight.facts.owner.live:
        return "its mode is not live"
    if standing.amount < amount:
        return f"{amount} was to be closed, and {standing.amount} can be: {standing.told}"
    if venue.opposite > 0 and not venue.hedged:
        return f"the venue holds {venue.opposite} the other way"
    return None


def _moved(ports: Ports, job: CloseJob, sight: unit.Sight, *, protected: bool) -> str | None:
    """None: the venue holds what `sight` shows, by the very last reading: between it and the order lies one write
    of our own. A whole reading takes seconds, in which a stop may fire; where others own a part of the unit, what
    is sent after that is taken from them."""
    where, symbol = job.unit.where, job.unit.symbol
    guard = ports.guards.held(job.guard_id)
    if guard is None or guard.incident_id != job.incident_id:
        return f"this run no longer owns the guard {job.guard_id}"
    if protected and not sight.mine.alone:
        rest = {order.order_id for order in ports.exchange.orders(where, symbol)}
        if any(order.order_id not in rest for order in protection(sight.mine, sight.working)):
            return "its protection does not rest any more: it may have fired"
    before, now = sight.facts.venue, ports.exchange.position(job.unit)
    if before is not None and (now.amount, now.opposite, now.hedged) == (
        before.amount,
        before.opposite,
        before.hedged,
    ):
        return None
    return f"the venue held {before.amount if before else 'nothing'} when it was read, and holds {now.amount}"


def _create(ports: Ports, job: CloseJob, attempt: Attempt, *, hedged: bool) -> Sent:
    """One call. What is neither an order of ours nor a known refusal may have been accepted."""
    number, marked_at = attempt.number, ports.clock.now()
    if not ports.closes.send(attempt, marked_at):
        return Sent(number=number, state="sent", over=False, why="somebody else has the right to send it")
    attempt = replace(attempt, state=AttemptState.SENT, sent_at=marked_at)
    late = (ports.clock.now() - marked_at).total_seconds()
    if late > GOES_OUT_WITHIN:
        return Sent(number=number, state="sent", over=True, why=f"{late:.0f} s late: not sent")
    order = NewOrder(attempt.client_order_id, job.unit, attempt.amount, attempt.worst_price, hedged)
    try:
        made = ports.exchange.create(job.unit.where, order)
    except (Refused, Transient) as error:
        return _not_taken(ports, attempt, error)
    except RunbookError as error:
        return Sent(number=number, state="sent", over=True, why=f"it may have been accepted: {error}")
    return _taken(ports, attempt, made)


def _not_taken(ports: Ports, attempt: Attempt, error: RunbookError) -> Sent:
    """Known: nothing was accepted, and nothing will be. A duplicate id is no such knowledge: an order has it."""
    row = error.trouble.row if error.trouble else None
    if row is Row.DUPLICATE_ID:
        return Sent(number=attempt.number, state="sent", over=True, why=str(error))
    state = AttemptState.REFUSED if isinstance(error, Refused) else AttemptState.NOT_ACCEPTED
    # Its first word is the row, by which the next step is chosen (settled.row_of).
    why = error.trouble.told() if error.trouble else str(error)
    retry_after = error.trouble.retry_after if error.trouble else None
    return _settle(ports, replace(attempt, state=state, why=why)).model_copy(update={"retry_after": retry_after})


def _taken(ports: Ports, attempt: Attempt, made: VenueOrder) -> Sent:
    if made.client_order_id != attempt.client_order_id or not made.final:
        return Sent(number=attempt.number, state="sent", over=True, why=f"the venue says {made.status.value}")
    return _settle(ports, done(attempt, made))


def _settle(ports: Ports, attempt: Attempt) -> Sent:
    """Where the record fails, the next look asks the venue."""
    with suppress(RunbookError):
        ports.closes.settle(attempt)
    return Sent(number=attempt.number, state=attempt.state.value, over=True, why=attempt.why or attempt.state.value)
