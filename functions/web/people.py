"""Who was asked and reached, who looks, who opened the page, and who has answered what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from functions.approvals import Approval, Asked, MailStatus, Seen
from functions.rules.asking.sights import wave_began
from functions.web.view import Masked, Tone
from functions.web.words import REACHED, clean_lines, clock, short

_WAVES: Final = ("at once", "second wave", "third wave")


@dataclass(frozen=True, slots=True)
class Row:
    """A person and what is known: a name, a sentence, a tone."""

    name: str
    text: str
    tone: Tone = "calm"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class People:
    asked: tuple[Row, ...] = ()
    looking: tuple[Row, ...] = ()
    opened: tuple[str, ...] = ()
    votes: tuple[Row, ...] = ()
    i_look_since: str | None = None


def people(approval: Approval, me: str, name: Callable[[str], str], masked: Masked) -> People:
    latest: dict[tuple[str, int], Asked] = {(one.person_id, one.rung): one for one in approval.asked}
    looking: dict[str, Seen] = {one.voter.person_id: one for one in approval.seen if one.looking}
    opened = dict.fromkeys(one.voter.person_id for one in approval.seen if not one.looking)
    return People(
        asked=tuple(_asked(one, me) for one in latest.values()),
        looking=tuple(
            Row(_named(name(who), who == me), f"is looking, said at {clock(one.at)}")
            for who, one in looking.items()
        ),
        opened=tuple(_named(name(who), who == me) for who in opened),
        votes=tuple(
            Row(
                _named(name(vote.voter.person_id), vote.voter.person_id == me),
                f"{_label(approval, vote.option)}, at {clock(vote.at)}",
                note=masked(clean_lines(vote.note)) if vote.note else None,
            )
            for vote in approval.votes
        ),
        i_look_since=_my_look(approval, looking.get(me)),
    )


def _my_look(approval: Approval, mine: Seen | None) -> str | None:
    """When I said so in this wave; in the next one it may be said once more."""
    wave = max((one.rung for one in approval.asked), default=0)
    return clock(mine.at) if mine is not None and mine.at >= wave_began(approval, wave) else None


def _label(approval: Approval, option_id: str) -> str:
    option = approval.option(option_id)
    return short(option.label if option else option_id)


def _named(name: str, me: bool) -> str:
    return f"{name} (you)" if me else name


def _asked(one: Asked, me: str) -> Row:
    wave = _WAVES[one.rung] if one.rung < len(_WAVES) else f"wave {one.rung + 1}"
    on_its_way = one.mail is MailStatus.SENT and one.message_id is None
    reached = "mail on its way" if on_its_way else REACHED[one.mail]
    good = one.mail in (MailStatus.SENT, MailStatus.NO_ADDRESS)
    text = f"{reached}, {wave}, {clock(one.at)}"
    return Row(_named(short(one.name), one.person_id == me), text, "calm" if good else "bad")
