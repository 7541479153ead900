"""The orders of closes as acts: every order that was sent, with its outcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from functions.contracts import ActRecord
from functions.facts import Result
from functions.ports.exchange import Attempt, AttemptState
from functions.rules.closing.rounds import NEVER_SENT

RESULTS: Final = {
    AttemptState.PREPARED: Result.UNKNOWN,
    AttemptState.SENT: Result.UNKNOWN,
    AttemptState.DONE: Result.DONE,
    AttemptState.REFUSED: Result.NOT_DONE,
    AttemptState.NOT_ACCEPTED: Result.NOT_DONE,
}


def went_out(attempt: Attempt) -> bool:
    """It was sent, or may have been; not one that was only written down, or withdrawn before it was sent."""
    return attempt.state is not AttemptState.PREPARED and not (attempt.why or "").startswith(NEVER_SENT)


def act_of(attempt: Attempt, by: str) -> ActRecord:
    """`by`: the execution that closes."""
    price = f"at {attempt.worst_price:f} or better" if attempt.worst_price is not None else "at any price"
    average = f" at {attempt.average:f}" if attempt.average is not None else ""
    filled = f"{attempt.filled or 0:f} filled{average}"
    return ActRecord(
        action=f"close {attempt.amount:f} {price}",
        target=attempt.client_order_id,
        result=RESULTS[attempt.state],
        before=None,
        after=filled if attempt.state is AttemptState.DONE else attempt.why,
        by=by,
        at=attempt.sent_at or attempt.prepared_at,
    )


def acts_of(attempts: Iterable[Attempt], by: str) -> tuple[ActRecord, ...]:
    return tuple(act_of(one, by) for one in attempts if went_out(one))
