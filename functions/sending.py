"""Sends what was written down, and writes down what became of it: one page to all, a mail to each.

The link in a mail is the only place in the world that holds a personal key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from functions import rewriting, runtime
from functions.approvals import Approval, Asked, MailStatus
from functions.errors import Refused, RunbookError
from functions.ports import Ports
from functions.rewriting import rewrite
from functions.runtime import logger
from functions.settings import Settings
from functions.web.mails import Kind, PageKind, mail_for, page_text

NEEDS: Final = (*rewriting.NEEDS, "clock.now", "mailer.send", "notifier.page")

# Longer than any function that sends may run.
SENT_WITHIN: Final = timedelta(seconds=65)
# A mail that SES does not answer takes a third of a minute: what is not begun by then is left to the sweeper.
BEGUN_WITHIN: Final = timedelta(seconds=20)
# What stands for SES's message id where a page alone tells somebody.
PAGED: Final = "paged"


@dataclass(frozen=True, slots=True)
class Letters:
    """People about to be told, with the keys that only their mails hold."""

    asked: tuple[Asked, ...]
    keys: Mapping[str, str] = field(repr=False)


def unsent(approval: Approval, now: datetime) -> tuple[Asked, ...]:
    """Those whose mail or page was written down so long ago that nobody is sending it any more."""
    return tuple(one for one in approval.asked if _on_its_way(one) and now - one.at >= SENT_WITHIN)


def send(
    ports: Ports,
    settings: Settings,
    approval: Approval,
    new: Letters,
    kind: Kind,
    *,
    paged: bool = False,
) -> Approval:
    """One page to all, which is there in a moment, then mails to each, and then what became of each. One that
    fails stops no other. `paged`: the page went out before."""
    why = None if paged else page(ports, settings, approval, kind)
    began, ended = ports.clock.now(), {}
    for one in new.asked:
        if ports.clock.now() - began < BEGUN_WITHIN:
            ended[_name(one)] = _mail(ports, settings, approval, one, new.keys, kind)
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
    try:
        link = f"{runtime.approvals_url()}/approvals/{approval.approval_id}?k={kept[one.key_hash]}"
        mail = mail_for(approval, one, person, link, kind, settings.env, settings.time_scale)
        return replace(one, message_id=ports.mailer.send(mail))
    except Refused as error:
        return replace(one, mail=MailStatus.REFUSED, why=_said(error))
    except RunbookError as error:
        return replace(one, mail=MailStatus.NOT_REACHED, why=_said(error))


def page(ports: Ports, settings: Settings, approval: Approval, kind: PageKind) -> str | None:
    """One message to the paging topic. None, or why it did not go out."""
    try:
        ports.notifier.page(*page_text(approval, kind, settings.env), bare=True)
    except RunbookError as error:
        logger.warning("a page could not be sent", approval_id=approval.approval_id, cause=_said(error))
        return _said(error)
    return None


def _settle(ports: Ports, approval: Approval, ended: Mapping[str, Asked], trouble: tuple[str, ...]) -> Approval:
    """Votes may have come meanwhile, and SES's report of a bounce: neither is written over."""

    def rule(stands: Approval) -> Approval:
        return replace(
            stands,
            version=stands.version + 1,
            asked=tuple(_ended(one, ended.get(_name(one))) for one in stands.asked),
            trouble=(*stands.trouble, *trouble),
        )

    return rewrite(ports, approval, rule)[0]


def _ended(one: Asked, end: Asked | None) -> Asked:
    return end if end is not None and _on_its_way(one) else one


def _on_its_way(one: Asked) -> bool:
    return one.mail in (MailStatus.SENT, MailStatus.NO_ADDRESS) and one.message_id is None


def _name(one: Asked) -> str:
    """One mail, or one page to a person without an address."""
    return one.key_hash or f"{one.person_id} {one.at.isoformat()}"


def _not_paged(one: Asked, why: str) -> Asked:
    if one.mail is not MailStatus.NO_ADDRESS:
        return one
    return replace(one, mail=MailStatus.NOT_REACHED, message_id=None, why=f"the page could not be sent: {why}")


def _said(error: RunbookError) -> str:
    return f"{type(error).__name__}: {error}"[:300]
