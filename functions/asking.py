"""Tells people that a decision is wanted: a mail with a personal key to each, and one page to the paging topic.

Written down first, sent afterwards. Whoever writes the wave into the request sends it, so two at once send one;
a link works from the moment at which it is read; and what was written down and never sent is seen (`unsent`)
and sent again. A mail that was sent is settled with SES's message id, one that was not with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from functions import keys, runtime
from functions.approvals import Approval, Asked, MailStatus, Standing
from functions.errors import Refused, RunbookError
from functions.ports import Ports
from functions.runtime import logger
from functions.settings import Person, Settings
from functions.web.mails import Kind, mail_for, page_text

NEEDS: Final = ("approvals.change", "approvals.get", "clock.now", "mailer.send", "notifier.page")

# Longer than any function that sends may run.
SENT_WITHIN: Final = timedelta(seconds=65)
TRIES: Final = 8
# What stands for SES's message id where a page alone tells somebody.
PAGED: Final = "paged"


@dataclass(frozen=True, slots=True)
class Letters:
    """People about to be told, with the keys that only their mails hold."""

    asked: tuple[Asked, ...]
    keys: Mapping[str, str] = field(repr=False)


def letters(settings: Settings, person_ids: Iterable[str], rung: int, now: datetime) -> Letters:
    """A fresh key for everybody with a mail address. Keys of before stay good."""
    made: dict[str, str] = {}
    asked = []
    for person_id in dict.fromkeys(person_ids):
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


def send_rung(ports: Ports, settings: Settings, approval: Approval, rung: int) -> Approval:
    """Tells one wave (0 first). Where somebody else wrote meanwhile, nothing is sent and the request returned
    as it stands; what was due is then judged again."""
    now = ports.clock.now()
    people = settings.approvals.rungs_of(approval.question.desk)[rung]
    new = letters(settings, people, rung, now)
    claimed = replace(
        approval, version=approval.version + 1, asked=(*approval.asked, *new.asked), rungs_sent=rung + 1
    )
    return tell(ports, settings, approval, claimed, new, "asked")


def remind(ports: Ports, settings: Settings, approval: Approval, people: Iterable[str]) -> Approval:
    """Once more to those who were reached and have not answered, at half of the time."""
    now = ports.clock.now()
    new = letters(settings, people, max(approval.rungs_sent - 1, 0), now)
    claimed = replace(approval, version=approval.version + 1, asked=(*approval.asked, *new.asked), reminded_at=now)
    return tell(ports, settings, approval, claimed, new, "reminder")


def tell(
    ports: Ports, settings: Settings, before: Approval, claimed: Approval, new: Letters, kind: Kind
) -> Approval:
    """Writes `claimed` (the next version of `before`, the letters in it), then sends. The caller's change and
    the promise to tell are one write."""
    if not ports.approvals.change(claimed):
        return ports.approvals.get(before.approval_id) or before
    return send(ports, settings, claimed, new, kind)


def unsent(approval: Approval, now: datetime) -> tuple[Asked, ...]:
    """Those whose mail or page was written down so long ago that nobody is sending it any more."""
    return tuple(one for one in approval.asked if _on_its_way(one) and now - one.at >= SENT_WITHIN)


def send_again(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """Once more to those whose sender was killed; their first link, should it have left, stays good."""
    now = ports.clock.now()
    lost = unsent(approval, now)
    new = letters(settings, (one.person_id for one in lost), max((one.rung for one in lost), default=0), now)
    kept = (_given_up(one) if one in lost else one for one in approval.asked)
    claimed = replace(approval, version=approval.version + 1, asked=(*kept, *new.asked))
    kind: Kind = "asked" if approval.standing is Standing.PENDING else "lapsed"
    return tell(ports, settings, approval, claimed, new, kind)


def send(ports: Ports, settings: Settings, approval: Approval, new: Letters, kind: Kind) -> Approval:
    """Mails to each, one page to all, and then what became of each. One that fails stops no other."""
    ended = {_name(one): _mail(ports, settings, approval, one, new.keys, kind) for one in new.asked}
    why = page(ports, settings, approval, kind)
    if why is not None:
        ended = {name: _not_paged(one, why) for name, one in ended.items()}
    trouble = () if why is None else (f"the page could not be sent: {why}",)
    return _settle(ports, approval, ended, trouble)


def _mail(
    ports: Ports, settings: Settings, approval: Approval, one: Asked, kept: Mapping[str, str], kind: Kind
) -> Asked:
    if one.mail is MailStatus.NO_ADDRESS:
        return replace(one, message_id=PAGED)
    if one.key_hash is None:
        return one
    person = settings.approvals.people[one.person_id]
    link = f"{runtime.approvals_url()}/approvals/{approval.approval_id}?k={kept[one.key_hash]}"
    mail = mail_for(approval, one, person, link, kind, settings.env)
    try:
        return replace(one, message_id=ports.mailer.send(mail))
    except Refused as error:
        return replace(one, mail=MailStatus.REFUSED, why=_said(error))
    except RunbookError as error:
        return replace(one, mail=MailStatus.NOT_REACHED, why=_said(error))


def page(ports: Ports, settings: Settings, approval: Approval, kind: Kind) -> str | None:
    """One message to the paging topic. None, or why it did not go out."""
    try:
        ports.notifier.page(*page_text(approval, kind, settings.env))
    except RunbookError as error:
        logger.warning("a page could not be sent", approval_id=approval.approval_id, cause=_said(error))
        return _said(error)
    return None


def _settle(ports: Ports, approval: Approval, ended: Mapping[str, Asked], trouble: tuple[str, ...]) -> Approval:
    """Votes may have come meanwhile, and SES's report of a bounce: neither is written over."""
    stands: Approval | None = approval
    for _ in range(TRIES):
        if stands is None:
            break
        settled = replace(
            stands,
            version=stands.version + 1,
            asked=tuple(_ended(one, ended.get(_name(one))) for one in stands.asked),
            trouble=(*stands.trouble, *trouble),
        )
        if ports.approvals.change(settled):
            return settled
        stands = ports.approvals.get(approval.approval_id)
    return stands or approval


def _ended(one: Asked, end: Asked | None) -> Asked:
    return end if end is not None and _on_its_way(one) else one


def _given_up(one: Asked) -> Asked:
    return replace(one, mail=MailStatus.NOT_REACHED, why="nobody knows whether it left; sent again")


def _on_its_way(one: Asked) -> bool:
    return one.mail in (MailStatus.SENT, MailStatus.NO_ADDRESS) and one.message_id is None


def _name(one: Asked) -> str:
    """One mail, or one page to a person without an address."""
    return one.key_hash or f"{one.person_id} {one.at.isoformat()}"


def _not_paged(one: Asked, why: str) -> Asked:
    if one.mail is not MailStatus.NO_ADDRESS:
        return one
    return replace(one, mail=MailStatus.NOT_REACHED, message_id=None, why=f"the page could not be sent: {why}")


def _without_address(person_id: str, person: Person, rung: int, now: datetime) -> Asked:
    """Told by the page, and able to answer on the command line by an AWS identity alone."""
    if person.arns:
        return Asked(person_id, person.name, rung, now, MailStatus.NO_ADDRESS)
    why = "the settings name neither a mail address nor an AWS identity"
    return Asked(person_id, person.name, rung, now, MailStatus.NOT_REACHED, why=why)


def _said(error: RunbookError) -> str:
    return f"{type(error).__name__}: {error}"[:300]
