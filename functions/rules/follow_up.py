"""What a person may add to an incident, and what is left open of it until somebody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.ports.said import MOST_FOLLOW_UPS, FollowUp, FollowUpField
from functions.rules.asking.inputs import refused

LONGEST: Final = 2_000
# In the order in which they are kept where one call brings several.
FIELDS: Final[Mapping[FollowUpField, str]] = {
    "root_cause": "The root cause",
    "prevention": "The prevention",
    "note": "The note",
}
# Any of these answers an incident's open questions; a note alone is none.
ANSWERS: Final[frozenset[str]] = frozenset({"root_cause", "prevention"})


class BadFollowUp(Exception):
    """The sentence for whoever wrote it."""


def entries(given: Mapping[str, str | None], by: str, at: datetime) -> tuple[FollowUp, ...]:
    """What is kept of the fields that were given, with plain line ends and without blank margins. Raises
    `BadFollowUp` where nothing was given, or where one of them cannot be kept: then none is."""
    named = [(name, what) for name, what in FIELDS.items() if name in given]
    found = [FollowUp(name, _text(what, given[name] or ""), by, at) for name, what in named]
    if not found:
        raise BadFollowUp("Nothing was given: say the root_cause, the prevention or a note.")
    return tuple(found)


def has_room(item: Mapping[str, Any], new: Sequence[FollowUp]) -> bool:
    return len(item.get("follow_up") or ()) + len(new) <= MOST_FOLLOW_UPS


def unanswered(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The incident's open questions, as long as no person has said its root cause or its prevention."""
    said = {str(one.get("field")) for one in item.get("follow_up") or ()}
    return () if said & ANSWERS else tuple(str(one) for one in item.get("open_questions") or ())


def _text(what: str, text: str) -> str:
    kept = text.replace("\r\n", "\n").strip()
    if not any(sign.isalnum() for sign in kept):
        raise BadFollowUp(f"{what} says nothing. Write it in words.")
    if len(kept) > LONGEST:
        raise BadFollowUp(f"{what} has {len(kept):,} characters. Shorten it to {LONGEST:,}.")
    if any(sign not in "\n\t" and refused(sign) for sign in kept):
        raise BadFollowUp(f"{what} holds control characters. Type it as plain text.")
    return kept
