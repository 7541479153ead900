"""Hands the answer to the execution that waits for it. The task token is read here and goes nowhere else.

A request whose answer is `due` is handed over by whoever wrote the answer, and by the sweeper as long as it
stays `due`; Step Functions takes one answer for a token, so that two who deliver do no harm.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from functions import rewriting
from functions.approvals import Approval, Delivery, Standing
from functions.contracts import Answer
from functions.ports import Ports
from functions.rewriting import rewrite

NEEDS: Final = (
    *rewriting.NEEDS,
    "approvals.token",
    "callbacks.succeed",
    "clock.now",
    "executions.status",
)

# Until then an answer may have come before Step Functions began to wait for it.
ARMED_WITHIN: Final = timedelta(minutes=1)
NOBODY_WAITS: Final = "The run did not wait for this answer any more."
MAYBE_TAKEN: Final = "The run waits no more: it has had this answer before, or it went on without one."

_OF_ITSELF: Final = {
    Standing.LAPSED: "lapsed",
    Standing.UNREACHED: "unreached",
    Standing.REVOKED: "revoked",
}
# From where an answer may come to stand there: who handed it over knows better than who found nobody waiting.
_BEFORE: Final = {
    Delivery.TAKEN: frozenset({Delivery.DUE, Delivery.OVER}),
    Delivery.OVER: frozenset({Delivery.DUE}),
}


def answer_of(approval: Approval, at: datetime) -> Answer:
    """What the waiting state gets of a request that has its answer; `at` stands for the time of a decision
    where nobody made one."""
    made = approval.decision
    return Answer(
        approval_id=approval.approval_id,
        decision=made.option if made else _OF_ITSELF[approval.standing],
        decided_by=made.by if made else (),
        decided_at=made.at if made else at,
        note=made.note if made else None,
        until=made.until if made else None,
        why_alone=made.why_alone if made else None,
    )


def deliver(ports: Ports, approval: Approval, *, first: bool = False) -> Approval:
    """The request after its answer was handed over: `taken`, `over` (nobody waits for it), or still `due`
    because the state that asks may not wait yet. `first`: nobody can have tried before.

    Raises what the ports raise; the answer stays `due` then, and nothing is lost.
    """
    if approval.delivery is not Delivery.DUE:
        return approval
    now = ports.clock.now()
    token = ports.approvals.token(approval.approval_id)
    answer = answer_of(approval, now).model_dump(mode="json")
    if token is not None and ports.callbacks.succeed(token, answer):
        return _settle(ports, approval, Delivery.TAKEN, None)
    young = now - approval.asked_at < ARMED_WITHIN
    if young and token is not None and ports.executions.status(approval.execution_arn) == "RUNNING":
        return approval
    return _settle(ports, approval, Delivery.OVER, NOBODY_WAITS if first else MAYBE_TAKEN)


def _settle(ports: Ports, approval: Approval, delivery: Delivery, why: str | None) -> Approval:
    now = ports.clock.now()

    def rule(stands: Approval) -> Approval | None:
        if stands.delivery not in _BEFORE[delivery]:
            return None
        said = (*(one for one in stands.trouble if one not in (NOBODY_WAITS, MAYBE_TAKEN)), *_why(why))
        # Nobody has anything left to do with it from here on but to tell its incident.
        return replace(
            stands,
            version=stands.version + 1,
            delivery=delivery,
            delivered_at=now,
            trouble=said,
            unfiled=True,
        )

    return rewrite(ports, approval, rule)[0]


def _why(why: str | None) -> tuple[str, ...]:
    return (why,) if why else ()
