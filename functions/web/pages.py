"""The page behind a personal link, and the short pages that say no.

`page` is made from the request and the time alone. Before it leaves it is read as a form filler would read it:
where the phrase of an answer could be read whole, the words around its parts are changed, and where that does
not help the forms stay out and the command line is named instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from functions.approvals import Approval, Asked, Standing
from functions.keys import form_value
from functions.rules.asking.ballots import tries_of
from functions.rules.asking.phrase import spoken
from functions.settings import Settings
from functions.web import ends, glass, view
from functions.web.cards import cards
from functions.web.guard import AGAIN, RATIFY, hide, holds, phrases, readable
from functions.web.people import people
from functions.web.rendering import css, render
from functions.web.view import Told, Typed
from functions.web.words import clock, moment, short

# Said after the first and after the second word of a phrase, so that no two of them stand side by side.
_BESIDES: Final = (
    ("is the first word", "is the second word"),
    ("comes first", "follows it"),
    ("goes before", "goes behind"),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose page it is: the person who was asked, and the key of the link that was opened."""

    asked: Asked
    key: str

    def form(self, approval: Approval) -> str:
        """The hidden value of every form: which form it is, and proof that this page was made for this key."""
        used, members = tries_of(approval, self.asked.person_id).used, len(approval.members)
        proof = form_value(self.key, approval.approval_id, self.asked.person_id, used, members)
        return f"{used}.{members}.{proof}"


def page(
    approval: Approval,
    reader: Reader,
    settings: Settings,
    now: datetime,
    *,
    strategies: Sequence[str] | None,
    told: Told | None = None,
) -> str:
    """The whole page as HTML; `strategies` None: not known."""
    wanted = phrases(approval)
    names = _names(approval, reader, settings, now, strategies, told, wanted)
    for besides in _BESIDES:
        html = render("page.html.j2", **names, besides=besides, forms=True)
        if not holds(readable(html), wanted):
            return html
    return render("page.html.j2", **names, besides=_BESIDES[0], forms=False)


def message_page(title: str, text: str) -> str:
    """A page about nothing in particular: it is the same for whatever address it was asked."""
    return render("message.html.j2", css=css(), title=title, text=text)


def _names(
    approval: Approval,
    reader: Reader,
    settings: Settings,
    now: datetime,
    strategies: Sequence[str] | None,
    told: Told | None,
    wanted: tuple[str, ...],
) -> dict[str, Any]:
    def masked(text: str) -> str:
        return hide(text, wanted)

    me = reader.asked.person_id
    name = view.name_in(approval, settings.approvals)
    typed: Typed | None = told.typed if told else None
    return {
        "css": css(),
        "env": settings.env.value,
        "approval_id": approval.approval_id,
        "incident_id": short(approval.incident_id),
        "title": short(approval.question.title),
        "target": short(spoken(approval).target),
        "own_target": short(approval.question.target),
        "for_whom": masked(view.for_whom(approval, strategies)),
        "open": view.open_now(approval, now),
        "late": approval.standing is Standing.PENDING and not view.open_now(approval, now),
        "again": approval.again is not None
        and approval.standing in (Standing.LAPSED, Standing.UNREACHED)
        and {"act": AGAIN.act, "typed": typed if typed and typed.option == AGAIN.id else None},
        "ratify": glass.panel(approval, me, RATIFY.act, typed if typed and typed.option == RATIFY.id else None),
        "lapses": moment(approval.lapses_at),
        "lapses_iso": approval.lapses_at.isoformat(),
        "left": view.left(approval, now),
        "read_at": clock(now),
        "me": short(reader.asked.name),
        "told": told,
        "told_text": masked(told.text) if told else "",
        "end": ends.end_of(approval, name, masked),
        "facts": view.facts(approval),
        "evidence": view.evidence(approval),
        "members": view.members(approval, masked),
        "about": view.about(approval, masked),
        "cards": cards(approval, me, now, settings.time_scale, typed, masked),
        "people": people(approval, me, name, masked),
        "form": reader.form(approval),
    }
