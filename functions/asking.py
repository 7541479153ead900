"""Tells people that a decision is wanted: a mail with a personal key to each, and one page to the paging topic.

Written down first, sent afterwards. Whoever writes the wave into the request sends it, so two at once send one;
a link works from the moment at which it is read; and what was written down and never sent is seen (`unsent`)
and sent again. A mail that was sent is settled with SES's message id, one that was not with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from functions import keys, sending
from functions.approvals import Approval, Asked, MailStatus, Standing
from functions.approvers import Person
from functions.ports import Ports
from functions.rewriting import again
from functions.sending import Letters
from functions.settings import Settings
from functions.web.mails import Kind

NEEDS: Final = (*sending.NEEDS, "approvals.change", "approvals.get", "clock.now")

# How often one person is told anew because a sender died. Then he counts as not reached, and others are asked.
MOST_LOST: Final = 3
LOST: Final = "nobody knows whether it left"


def letters(settings: Settings, rungs: Mapping[str, int], now: datetime) -> Letters:
    """To people by id, each of a wave; a fresh key for everybody with a mail address. Keys of before stay
    good. Whom the settings do not know any more is left out."""
    made: dict[str, str] = {}
    asked = []
    for person_id, rung in rungs.items():
        person = settings.approvals.people.get(person_id)
        if person is None:
            continue
        if person.email is None:
            asked.append(_without_address(person_id, person, rung, now))
            continue
        key = keys.new_key()
        made[keys.hash_of(key)] = key
        asked.append(Asked(person_id, person.name, rung, now, MailStatus.SENT, key_hash=keys.hash_of(key)))
    return Letters(tuple(asked), made)


def letters_again(settings: Settings, approval: Approval, people: Iterable[str], now: datetime) -> Letters:
    """Once more to people who were asked before, each of the wave of then."""
    first = {one.person_id: one.rung for one in reversed(approval.asked)}
    return letters(settings, {person_id: first.get(person_id, 0) for person_id in people}, now)


def send_rung(ports: Ports, settings: Settings, approval: Approval, rung: int) -> Approval:
    """Tells one wave (0 first). Where somebody else wrote meanwhile, nothing is sent and the request returned
    as it stands; what was due is then judged again."""
    now = ports.clock.now()
    people = settings.approvals.rungs_of(approval.question.desk)[rung]
    new = letters(settings, dict.fromkeys(people, rung), now)
    claimed = replace(
        approval, version=approval.version + 1, asked=(*approval.asked, *new.asked), rungs_sent=rung + 1
    )
    return tell(ports, settings, approval, claimed, new, "asked")


def remind(ports: Ports, settings: Settings, approval: Approval, people: Iterable[str]) -> Approval:
    """Once more to those who were reached and have not answered, at half of the time."""
    now = ports.clock.now()
    new = letters_again(settings, approval, people, now)
    claimed = replace(approval, version=approval.version + 1, asked=(*approval.asked, *new.asked), reminded_at=now)
    return tell(ports, settings, approval, claimed, new, "reminder")


def tell(
    ports: Ports,
    settings: Settings,
    before: Approval,
    claimed: Approval,
    new: Letters,
    kind: Kind,
    *,
    paged: bool = False,
) -> Approval:
    """Writes `claimed` (the next version of `before`, the letters in it), then sends. The caller's change and
    the promise to tell are one write. `paged`: the page went out before."""
    if not ports.approvals.change(claimed):
        return again(ports, before)
    return sending.send(ports, settings, claimed, new, kind, paged=paged)


def send_again(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """Once more to those whose sender was killed; their first link, should it have left, stays good."""
    now = ports.clock.now()
    lost = sending.unsent(approval, now)
    kept = tuple(_given_up(one) if one in lost else one for one in approval.asked)
    times = Counter(one.person_id for one in kept if one.why == LOST)
    people = dict.fromkeys(one.person_id for one in lost if times[one.person_id] < MOST_LOST)
    new = letters_again(settings, approval, people, now)
    claimed = replace(approval, version=approval.version + 1, asked=(*kept, *new.asked))
    if not new.asked:
        return claimed if ports.approvals.change(claimed) else again(ports, approval)
    return tell(ports, settings, approval, claimed, new, _kind_again(approval))


def _kind_again(approval: Approval) -> Kind:
    if approval.glass is not None:
        return "glass"
    return "asked" if approval.standing is Standing.PENDING else "lapsed"


def _without_address(person_id: str, person: Person, rung: int, now: datetime) -> Asked:
    """Told by the page, and able to answer on the command line by an AWS identity alone."""
    if person.arns:
        return Asked(person_id, person.name, rung, now, MailStatus.NO_ADDRESS)
    why = "the settings name neither a mail address nor an AWS identity"
    return Asked(person_id, person.name, rung, now, MailStatus.NOT_REACHED, why=why)


def _given_up(one: Asked) -> Asked:
    return replace(one, mail=MailStatus.NOT_REACHED, why=LOST)
