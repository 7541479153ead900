"""The answers, each a card with a form of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from functions.approvals import Approval, Option
from functions.rules.asking import words
from functions.rules.asking.counting import barred, needed
from functions.rules.asking.opening import not_open_yet
from functions.web.view import Masked, Typed
from functions.web.words import RISKS, clean, short


@dataclass(frozen=True, slots=True)
class Card:
    """One answer, with a form of its own. `opens`: from when it is taken, where that is not yet. `barred`: why
    this person may not give it."""

    number: int
    id: str
    label: str
    consequence: str
    risk: str
    risk_name: str
    needed: int
    statement: str | None
    until_most: int | None
    act: str
    mine: bool
    note_required: bool
    opens: str | None
    barred: str | None
    typed: Typed | None

    @property
    def wrong(self) -> str | None:
        return self.typed.field if self.typed else None


def cards(
    approval: Approval, me: str, now: datetime, pace: float, typed: Typed | None, masked: Masked
) -> tuple[Card, ...]:
    """`pace`: as in `opening.opens_at`."""
    mine = next((vote.option for vote in approval.votes if vote.voter.person_id == me), None)
    return tuple(
        Card(
            number=number,
            id=option.id,
            label=short(option.label),
            consequence=clean(option.consequence),
            risk=RISKS[option.risk],
            risk_name=option.risk.value,
            needed=needed(option),
            statement=clean(option.statement) if option.statement else None,
            until_most=option.until_at_most_minutes,
            act=short(option.act),
            mine=mine == option.id,
            note_required=option.note_required,
            opens=_opens(approval, option, now, pace),
            barred=_barred(approval, option, me),
            typed=_given_back(typed, masked) if typed and typed.option == option.id else None,
        )
        for number, option in enumerate(approval.question.options, start=1)
    )


def _opens(approval: Approval, option: Option, now: datetime, pace: float) -> str | None:
    opens = not_open_yet(approval, option, now, pace)
    return None if opens is None else words.clock(opens)


def _barred(approval: Approval, option: Option, me: str) -> str | None:
    if barred(approval, option, me):
        return "You asked for this yourself: somebody else has to choose it. You may still say no."
    return None


def _given_back(typed: Typed, masked: Masked) -> Typed:
    note = masked(typed.note)
    return Typed(typed.option, note if note == typed.note else "", typed.until_minutes, typed.field, typed.error)
