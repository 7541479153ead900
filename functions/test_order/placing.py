"""Places the test order that a person has allowed, at most once; the records are those of a close's attempts.

Whatever kills this in between leaves a record by which withdrawing.py knows what may have happened (see
functions/closing/sending.py): nothing, `prepared` (certainly not sent), or `sent` (it may rest).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from functions import guarding
from functions.contracts import Run
from functions.errors import Refused, RunbookError, Transient
from functions.facts import Result
from functions.ports import Ports
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.settled import GOES_OUT_WITHIN, SENDER_LIVES
from functions.rules.test_order.acted import PLACED
from functions.rules.test_order.allowed import why_not_at, why_not_by, why_not_now
from functions.settings import Settings
from functions.test_order import recording
from functions.test_order.job import Placed, Probe, ProbePlan
from functions.venue import Row

NEEDS: Final = (
    *guarding.NEEDS,
    *recording.INTEND_NEEDS,
    *recording.NEEDS,
    "approvals.get",
    "closes.approval_used_by",
    "closes.attempts",
    "closes.prepare",
    "closes.send",
    "closes.settle",
    "exchange.book",
    "exchange.orders",
    "exchange.position",
    "exchange.probe",
    "positions.every_open",
)


def place(ports: Ports, settings: Settings, plan: ProbePlan, approval_id: str) -> Placed:
    """`Refused`: nothing was sent, and why. Of the order itself it tells, whatever the venue said."""
    probe, question, run = plan.probe, plan.question, plan.run
    if probe is None or question is None or run.dry_run:
        raise Refused("nobody was asked about an order")
    if ports.closes.attempts(probe.record_id, run.incident_id):
        # A retry: what was written down is looked for, and never sent again.
        return Placed(over=False, why="it was written down before")
    refusal = why_not_by(
        ports.approvals.get(approval_id),
        ports.closes.approval_used_by(approval_id),
        question,
        incident_id=run.incident_id,
        now=ports.clock.now(),
    )
    if refusal:
        raise Refused(refusal)
    _still(ports, settings, probe)
    attempt = _attempt(ports, run, probe)
    said = ports.closes.prepare(
        attempt,
        approval_id=approval_id,
        guard_id=plan.guard_id,
        act_until=attempt.prepared_at + timedelta(seconds=SENDER_LIVES),
    )
    if said in ("lost", "used"):
        raise Refused(f"{said}: the guard is not ours, or the approval was used elsewhere")
    if said == "again":
        return Placed(over=False, why="it was written down before")
    # A retry comes no further than the record above, so that no second intent follows one that failed here.
    recording.intend(ports, run, probe, plan.guard_id)
    return _send(ports, run, probe, attempt)


def _still(ports: Ports, settings: Settings, probe: Probe) -> None:
    """The kill switch is read last. What cannot be read raises, and nothing is sent."""
    position = ports.exchange.position(probe.unit)
    working = ports.exchange.orders(probe.where, probe.symbol)
    table = ports.positions.every_open()
    book = ports.exchange.book(probe.where, probe.symbol)
    switch = guarding.kill_switch_or_none(ports)
    refusal = why_not_now(switch, position, working, table) or why_not_at(
        probe.order, book, away_bps=settings.positions.probe_away_bps
    )
    if refusal:
        raise Refused(refusal)
    if position.hedged != probe.hedged:
        raise Refused("the position mode was changed since it was asked about")


def _attempt(ports: Ports, run: Run, probe: Probe) -> Attempt:
    return Attempt(
        position_id=probe.record_id,
        incident_id=run.incident_id,
        number=1,
        client_order_id=probe.client_order_id,
        unit=probe.unit,
        amount=probe.amount,
        worst_price=probe.price,
        state=AttemptState.PREPARED,
        prepared_at=ports.clock.now(),
    )


def _send(ports: Ports, run: Run, probe: Probe, attempt: Attempt) -> Placed:
    """One call. What is no known refusal may rest at the venue, and is an act of unknown result until it is seen
    gone: a run that is stopped right here must not leave it behind as done."""
    marked_at = ports.clock.now()
    if not ports.closes.send(attempt, marked_at):
        return Placed(over=False, why="somebody else has the right to send it")
    sent = replace(attempt, state=AttemptState.SENT, sent_at=marked_at)
    # The last reading before the order: a halt that came while it was written down holds it back.
    if (refusal := _halted(ports)) is not None:
        return _not_taken(ports, run, probe, replace(sent, state=AttemptState.NOT_ACCEPTED, why=refusal))
    if (ports.clock.now() - marked_at).total_seconds() > GOES_OUT_WITHIN:
        late = replace(sent, state=AttemptState.NOT_ACCEPTED, why="too late: not sent")
        return _not_taken(ports, run, probe, late)
    try:
        made = ports.exchange.probe(probe.where, probe.order)
    except (Refused, Transient) as error:
        if error.trouble is not None and error.trouble.row is Row.DUPLICATE_ID:
            return _may_rest(ports, run, probe, str(error))
        state = AttemptState.REFUSED if isinstance(error, Refused) else AttemptState.NOT_ACCEPTED
        why = error.trouble.told() if error.trouble else str(error)
        return _not_taken(ports, run, probe, replace(sent, state=state, why=why))
    except RunbookError as error:
        return _may_rest(ports, run, probe, f"it may have been accepted: {error}")
    placed = _may_rest(ports, run, probe, f"the venue says {made.status.value} (order {made.order_id})")
    recording.note(ports, run, [recording.seen(probe, PLACED, placed.why, marked_at)])
    return placed


def _halted(ports: Ports) -> str | None:
    try:
        guarding.must_be_released(ports)
    except Refused as refused:
        return str(refused)
    return None


def _may_rest(ports: Ports, run: Run, probe: Probe, why: str) -> Placed:
    recording.settle(ports, run, probe, Result.UNKNOWN, f"sent, {why}; not seen gone")
    return Placed(over=True, why=why)


def _not_taken(ports: Ports, run: Run, probe: Probe, attempt: Attempt) -> Placed:
    """Where the record fails, the venue is asked."""
    with suppress(RunbookError):
        ports.closes.settle(attempt)
    why = attempt.why or attempt.state.value
    recording.settle(ports, run, probe, Result.NOT_DONE, f"not placed: {why}")
    return Placed(over=True, why=why)
