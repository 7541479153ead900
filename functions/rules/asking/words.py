"""The sentences that a person reads after an answer: what happened, then what to do. Plain text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, assert_never

from functions.approvals import Approval, Delivery, Option, Standing

NOT_ASKED: Final = "Not taken: you are not among the people who answer for this desk. Tell one of them."
UNKNOWN_OPTION: Final = "Not taken: this answer is not one of those offered. Reload, and choose one of them."
MEMBERS_CHANGED: Final = (
    "Not taken: other requests have joined this one since you read it. Reload, read what is new, answer again."
)
SENT_BEFORE: Final = "Not taken: this form was sent before. Reload to see what stands, and answer again."
REQUESTER: Final = "Not taken: you asked for this yourself, so somebody else has to answer. You may still say no."


def clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M} UTC"


def not_open(option: Option, opens: datetime) -> str:
    return (
        f'Nothing decided: "{option.label}" is available from {clock(opens)} if nobody else has decided. '
        "Answer again then, or choose another."
    )


def accepted(option: Option, approval: Approval) -> str:
    """A request that was decided just now: whether the run has the answer. A run that has ended is not said to
    go on."""
    others = len(approval.members)
    also = f" Each of the {others} others that it speaks for is told by itself." if others else ""
    left = "; nothing more to do here"
    if approval.glass is not None:
        left = ""
        by = approval.glass.ratify_by.astimezone(UTC)
        also = f" Everybody is told, and another person has to ratify it by {by:%H:%M} UTC, {by.day} {by:%b}."
    match approval.delivery:
        case Delivery.TAKEN:
            return f"Decided: {option.label}. The run has it and goes on{left}.{also}"
        case Delivery.OVER:
            return (
                f"{option.label}: decided and recorded, but the run had ended before it got this. "
                f"Look at incident {approval.incident_id}.{also}"
            )
        case Delivery.DUE | Delivery.NONE:
            return (
                f"Decided: {option.label}. It is being delivered; if the run does not take it at once, it is "
                f"tried again within a minute.{also}"
            )
        case _ as never:
            assert_never(never)


def waiting(option: Option, alone_at: datetime | None, lapses_at: datetime) -> str:
    """`alone_at`: from when the answer is enough by itself; None: never."""
    then = (
        f"If nobody else answers by {clock(alone_at)}, yours is enough."
        if alone_at is not None
        else f"A second person must choose it by {clock(lapses_at)}."
    )
    return f"Your answer counts: {option.label}. {then}"


def wrong_phrase(wait: int | None) -> str:
    if wait is None:
        return "Nothing decided: that is not the phrase. Write the two words of the answer together; try again."
    return f"Nothing decided: that is not the phrase. Wait {seconds(wait)}, then write its two words together."


def too_soon(wait: int) -> str:
    return f"Nothing decided: too many wrong phrases. Wait {seconds(wait)}, then try again."


def already(approval: Approval, known: Mapping[str, str]) -> str:
    """A decided request: what was decided, by whom and when, and whether the run got it."""
    made = approval.decision
    if made is None:
        return "Not taken: it is decided already. Reload to see how."
    option = approval.option(made.option)
    told = (
        f"Decided already: {option.label if option else made.option}, by {names(approval, made.by, known)} "
        f"at {clock(made.at)}. This answer changes nothing."
    )
    if approval.delivery is Delivery.OVER:
        return f"{told} The run does not wait for it any more: look at incident {approval.incident_id}."
    return told


def lapsed(approval: Approval) -> str:
    return (
        f"Too late: the request lapsed at {clock(approval.lapses_at)}, and your answer was not taken. "
        "Its page can start a fresh one."
    )


def ended(approval: Approval) -> str:
    """Revoked, superseded or unreached."""
    if approval.standing is Standing.SUPERSEDED:
        return "Not taken: the run has asked again since. Answer by the newer mail."
    if approval.standing is Standing.UNREACHED:
        return f"Not taken: nobody could be reached, so the run went on. Look at incident {approval.incident_id}."
    return f"Not taken: the run has ended, nothing waits for it. Look at incident {approval.incident_id}."


def names(approval: Approval, person_ids: tuple[str, ...], known: Mapping[str, str]) -> str:
    """Names as the request has them, else as the settings do (`known`), else the ids."""
    named = dict(known) | {asked.person_id: asked.name for asked in approval.asked}
    return " and ".join(named.get(person_id, person_id) for person_id in person_ids)


def seconds(count: int) -> str:
    if count < 60:
        return "1 second" if count == 1 else f"{count} seconds"
    minutes = -(-count // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
