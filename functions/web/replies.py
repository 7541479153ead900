"""What a ruling means on the wire: a status, a tone, and a heading. The sentence is the ruling's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from functions.approvals import Delivery
from functions.rules import glass
from functions.rules.asking.ballots import Kind, Ruling
from functions.web.view import Told, Tone, Typed


@dataclass(frozen=True, slots=True)
class Reply:
    """`field`: what is to be typed anew, where the form is given back."""

    status: int
    tone: Tone
    head: str
    field: Literal["confirm", "until", "note"] | None = None


REPLIES: Final = {
    Kind.ACCEPTED: Reply(200, "good", "Your answer decided"),
    Kind.WAITING_FOR_SECOND: Reply(200, "good", "Your answer counts"),
    Kind.WRONG_PHRASE: Reply(422, "bad", "That is not the phrase", "confirm"),
    Kind.TOO_SOON: Reply(429, "bad", "Too many wrong phrases", "confirm"),
    Kind.UNKNOWN_OPTION: Reply(422, "bad", "That is no answer here"),
    Kind.BAD_UNTIL: Reply(422, "bad", "Until when?", "until"),
    Kind.NOT_OPEN_YET: Reply(409, "warn", "Not open yet"),
    Kind.BAD_NOTE: Reply(422, "bad", "The note is missing, or cannot be kept", "note"),
    Kind.REQUESTER: Reply(403, "bad", "Not by you alone"),
    Kind.NOT_ASKED: Reply(403, "bad", "You are not asked here"),
    Kind.ALREADY_DECIDED: Reply(409, "warn", "It was decided before"),
    Kind.LAPSED: Reply(410, "warn", "Too late"),
    Kind.TOO_LATE: Reply(410, "warn", "Too late"),
    Kind.ENDED: Reply(410, "warn", "Nobody waits for this any more"),
    Kind.CHANGED_MEANWHILE: Reply(409, "warn", "Something changed meanwhile"),
}

# What became of a ratification.
RATIFIED: Final = {
    glass.Kind.RATIFIED: Reply(200, "good", "Ratified"),
    glass.Kind.BEFORE: Reply(409, "warn", "It was ratified before"),
    glass.Kind.NOTHING: Reply(409, "warn", "Nothing to ratify"),
    glass.Kind.OWN: Reply(403, "bad", "Not by you"),
    glass.Kind.NOT_ASKED: Reply(403, "bad", "You are not asked here"),
    glass.Kind.BAD_NOTE: Reply(422, "bad", "The note cannot be kept", "note"),
}

DECIDED_LATE: Final = Reply(200, "bad", "Decided, but too late for the run")


def _reply(ruling: Ruling) -> Reply:
    """A decision that came after the end of its run stands, and is no good news."""
    late = ruling.approval is not None and ruling.approval.delivery is Delivery.OVER
    return DECIDED_LATE if late and ruling.kind is Kind.ACCEPTED else REPLIES[ruling.kind]


def told(ruling: Ruling, typed: Typed) -> Told:
    """The head of the page; what was typed is given back where it can be sent again."""
    reply = _reply(ruling)
    back = Typed(typed.option, typed.note, typed.until_minutes, reply.field, ruling.message)
    again = reply.field is not None or ruling.kind is Kind.CHANGED_MEANWHILE
    return Told(reply.tone, reply.head, ruling.message, back if again else None)
