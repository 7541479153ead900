"""What a person may write beside an answer: a note, and an end where the option needs one."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from functions.approvals import Option

LONGEST_NOTE: Final = 1_000
# Letters that end a line or turn the reading direction would let a note look like a line of somebody else's;
# half a surrogate pair cannot be stored at all.
REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
REFUSED_SIGNS: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class BadInput(Exception):
    """Never leaves the rules: `judge` turns it into a ruling."""

    def __init__(self, field: Literal["note", "until"], message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def note_of(text: str | None) -> str | None:
    """The note with plain line ends and no blank margin; None where nothing is written."""
    note = (text or "").replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise BadInput("note", f"The note has {len(note)} characters. Shorten it to {LONGEST_NOTE:,}; send again.")
    if any(sign not in "\n\t" and refused(sign) for sign in note):
        raise BadInput("note", "The note holds control characters. Type it as plain text and send again.")
    return note or None


def note_for(option: Option, text: str | None) -> str | None:
    """The note of this answer; one that is required has to say something."""
    note = note_of(text)
    if option.note_required and not any(sign.isalnum() for sign in note or ""):
        raise BadInput("note", f'"{option.label}" is taken with a note only: write why, then send again.')
    return note


def until_of(until: datetime | None, option: Option, now: datetime) -> datetime | None:
    """The end of an option that needs one, in UTC: later than now, at most as far away as the option says."""
    most = option.until_at_most_minutes
    if most is None:
        if until is not None:
            raise BadInput("until", f'"{option.label}" takes no end. Leave it out and send again.')
        return None
    if until is None:
        raise BadInput("until", f"Say until when: at most {most} minutes from now.")
    if until.utcoffset() is None:
        raise BadInput("until", "The end has no time zone. Give it in UTC.")
    if not timedelta(0) < until - now <= timedelta(minutes=most):
        raise BadInput("until", f"The end must lie between now and {most} minutes from now. Choose another.")
    return until.astimezone(UTC)


def refused(sign: str) -> bool:
    """Of one character: it cannot be stored, or it would look like what it is not."""
    return sign in REFUSED_SIGNS or unicodedata.category(sign) in REFUSED_CATEGORIES
