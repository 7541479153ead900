"""Sees the test order open, cancels it, and sees it gone; repeatable from wherever the one before was killed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions.facts import Check, Evidence, Result
from functions.ports import Ports
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.rounds import NEVER_SENT
from functions.rules.closing.settled import done
from functions.rules.test_order.acted import CANCELLED, GONE, OPEN
from functions.rules.test_order.seen import Seen, seen
from functions.rules.units.prices import ZERO
from functions.test_order import recording
from functions.test_order.job import Probe, ProbePlan, Withdrawn

NEEDS: Final = (
    *recording.NEEDS,
    "closes.attempts",
    "closes.send",
    "closes.settle",
    "exchange.cancel",
    "exchange.order",
    "exchange.position",
)
# Each a while after the other: a sender that was not seen to end is waited for 70 s (settled.UNSEEN_SENDER).
MOST_ROUNDS: Final = 30


def withdraw(ports: Ports, plan: ProbePlan, *, number: int, was_open: bool, call_over: bool) -> Withdrawn:
    """`number` counts from 1. Raises the reading's error word where the venue does not answer."""
    probe = plan.probe
    written = ports.closes.attempts(probe.record_id, plan.run.incident_id) if probe else ()
    if probe is None or not written:
        return _never(number, Check.SKIPPED, "none was sent", was_open=False)
    moments: list[Evidence] = []
    try:
        found = _withdraw(ports, probe, written[0], moments, number=number, was_open=was_open, call_over=call_over)
    finally:
        # Behind the cancel, which nothing may hold up; and what was seen before a call that failed is kept.
        recording.note(ports, plan.run, moments)
    if not found.again:
        recording.settle(ports, plan.run, probe, found.acted, found.told)
    return found


def _withdraw(
    ports: Ports,
    probe: Probe,
    written: Attempt,
    moments: list[Evidence],
    *,
    number: int,
    was_open: bool,
    call_over: bool,
) -> Withdrawn:
    attempt = _never_sent_or(ports, written)
    if attempt.state is AttemptState.NOT_ACCEPTED and attempt.why == NEVER_SENT:
        told = f"test order {attempt.client_order_id} was never sent"
        return _never(number, Check.UNKNOWN, told, was_open=was_open)
    found = _look(ports, probe, attempt, was_open, call_over)
    if found.cancel:
        if not was_open:
            moments.append(recording.seen(probe, OPEN, found.told, ports.clock.now()))
        was_open = True
        order = ports.exchange.order(probe.where, probe.symbol, attempt.client_order_id)
        if order is not None and not order.final:
            taken = ports.exchange.cancel(probe.where, order)
            said = "the venue took the cancel" if taken else "the venue had nothing left to cancel"
            moments.append(recording.seen(probe, CANCELLED, said, ports.clock.now()))
        found = _look(ports, probe, attempt, was_open, call_over)
    if found.gone and found.acted is Result.DONE:
        moments.append(recording.seen(probe, GONE, found.told, ports.clock.now()))
    if found.gone and found.result is Check.PASS and (held := _held(ports, probe)):
        found = replace(found, result=Check.UNKNOWN, told=f"{found.told}; the venue now holds {held}")
    again = found.again and number < MOST_ROUNDS
    told = found.told if found.gone or again else f"{found.told}: it may rest there, cancel it by hand"
    result = found.result if found.gone or again else Check.FAIL
    return Withdrawn(
        round=number,
        again=again,
        was_open=was_open,
        gone=found.gone,
        result=result,
        told=told,
        acted=found.acted if found.gone else Result.UNKNOWN,
    )


def _never(number: int, result: Check, told: str, *, was_open: bool) -> Withdrawn:
    return Withdrawn(
        round=number,
        again=False,
        was_open=was_open,
        gone=True,
        result=result,
        told=told,
        acted=Result.NOT_DONE,
    )


def _never_sent_or(ports: Ports, attempt: Attempt) -> Attempt:
    """Takes the only right to send from whoever wrote it down; without it, it was sent."""
    if attempt.state is AttemptState.PREPARED and ports.closes.send(attempt, ports.clock.now()):
        never = replace(attempt, state=AttemptState.NOT_ACCEPTED, why=NEVER_SENT)
        ports.closes.settle(never)
        return never
    if attempt.state is AttemptState.PREPARED:
        return replace(attempt, state=AttemptState.SENT, sent_at=ports.clock.now())
    return attempt


def _look(ports: Ports, probe: Probe, attempt: Attempt, was_open: bool, call_over: bool) -> Seen:
    # The clock first: an order that is accepted between the two is found, and none is missed.
    now = ports.clock.now()
    order = ports.exchange.order(probe.where, probe.symbol, attempt.client_order_id)
    if order is not None and order.final:
        ports.closes.settle(done(attempt, order))
    return seen(attempt, order, now, was_open=was_open, call_over=call_over)


def _held(ports: Ports, probe: Probe) -> str | None:
    position = ports.exchange.position(probe.unit)
    held = position.amount or position.opposite
    return f"{held} of {probe.symbol}" if held > ZERO else None
