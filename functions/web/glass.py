"""A broken glass in words: who decided alone, why, and who has to ratify it by when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from functions.approvals import Approval, Glass
from functions.rules.asking.counting import barred
from functions.rules.asking.words import names
from functions.rules.glass import owes
from functions.web.view import Typed
from functions.web.words import clean, moment, short, unlinked

YOURS: Final = "You broke the glass yourself: another person of the desk has to ratify it."
ASKED: Final = "You asked for this yourself: another person of the desk has to ratify it."


@dataclass(frozen=True, slots=True)
class Ratify:
    """The panel of the page: until when, and the form for whoever may. `not_you`: why this person may not."""

    by: str
    act: str
    not_you: str | None
    typed: Typed | None


def told(approval: Approval) -> tuple[tuple[str, str], ...]:
    """What a mail and a page of the topic say about it, the most important first."""
    made, glass = approval.decision, approval.glass
    if made is None or glass is None:
        return ()
    option = approval.option(made.option)
    return (
        ("Who", unlinked(names(approval, made.by, {}), 200)),
        ("When", moment(made.at)),
        ("What", unlinked(option.label if option else made.option, 200)),
        ("Why", unlinked(made.note or "no reason given")),
        ("To be ratified", f"by another person, until {moment(glass.ratify_by)}"),
    )


def rows(glass: Glass, ratifier: str | None) -> tuple[tuple[str, str], ...]:
    """How it stands, for the page; `ratifier` is the name of whoever ratified it."""
    if ratifier is None or glass.ratified_at is None:
        return (("To be ratified", f"by another person, until {moment(glass.ratify_by)}"),)
    late = " (too late)" if glass.ratified_at >= glass.ratify_by else ""
    said = (("Said to it", clean(glass.note)),) if glass.note else ()
    return (("Ratified by", f"{short(ratifier)}, at {moment(glass.ratified_at)}{late}"), *said)


def panel(approval: Approval, me: str, act: str, typed: Typed | None) -> Ratify | None:
    """None where nothing is owed."""
    made, glass = approval.decision, approval.glass
    if made is None or glass is None or not owes(approval):
        return None
    option = approval.option(made.option)
    not_you = YOURS if me in made.by else ASKED if option and barred(approval, option, me) else None
    return Ratify(moment(glass.ratify_by), act, not_you, typed)
