"""Settles the attempt that is open, if there is one (functions/rules/closing/settled.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions.closing.job import CloseJob, Sent
from functions.contracts import Frozen
from functions.ports import Ports
from functions.ports.exchange import AttemptState
from functions.rules.closing.rounds import NEVER_SENT, open_one
from functions.rules.closing.settled import settled

NEEDS: Final = ("clock.now", "closes.attempts", "closes.send", "closes.settle", "exchange.order")


class Settling(Frozen):
    """`number` None: no attempt was open. `open`: it still is."""

    number: int | None
    open: bool
    why: str


def settle(ports: Ports, job: CloseJob, sent: Sent | None) -> Settling:
    """Repeatable. Raises the reading's error word where the venue does not answer; the attempt stays open."""
    attempt = open_one(ports.closes.attempts(job.position_id, job.incident_id))
    if attempt is None:
        return Settling(number=None, open=False, why="no attempt is open")
    # Takes the only right to send away from whoever prepared it; without it, it was sent.
    withdrawn = attempt.state is AttemptState.PREPARED and ports.closes.send(attempt, ports.clock.now())
    # The clock first: an order that is accepted between the two is found, and none is missed.
    now = ports.clock.now()
    attempt = attempt if attempt.sent_at else replace(attempt, state=AttemptState.SENT, sent_at=now)
    found = ports.exchange.order(job.unit.where, job.unit.symbol, attempt.client_order_id)
    if withdrawn and found is None:
        ports.closes.settle(replace(attempt, state=AttemptState.NOT_ACCEPTED, why=NEVER_SENT))
        return Settling(number=attempt.number, open=False, why=NEVER_SENT)
    over = sent is not None and sent.number == attempt.number and sent.over
    result = settled(attempt, found, now, call_over=over)
    if result.attempt is None:
        return Settling(number=attempt.number, open=True, why=result.why)
    ports.closes.settle(result.attempt)
    return Settling(number=attempt.number, open=False, why=result.why)
