"""The mails and pages that tell people that a decision is wanted.

A mail says the same as text and as HTML, the facts first, and carries one link: the reader's own. It needs no
image and nothing remote. The phrase that decides stands in no mail, and no answer to a mail decides anything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from functions.approvals import Approval, Asked, Mail, MailStatus, Option, Standing
from functions.approvers import Person
from functions.rules.asking.opening import opens_at
from functions.web import glass
from functions.web.rendering import render
from functions.web.words import RISKS, listed, moment, others, people, span, subject, unlinked

Kind = Literal["asked", "reminder", "lapsed", "joined", "glass"]
# The topic is paged once more where nobody has ratified in time; nobody is mailed about that.
PageKind = Kind | Literal["overdue"]

_HEADS: Final[dict[PageKind, str]] = {
    "asked": "Decision wanted",
    "reminder": "Still no decision",
    "lapsed": "Nobody decided",
    "joined": "More of the same",
    "glass": "Glass broken",
    "overdue": "Not ratified in time",
}
_MOST_FACTS: Final = 12
_MOST_MEMBERS: Final = 10


def mail_for(
    approval: Approval, asked: Asked, person: Person, link: str, kind: Kind, env: str, pace: float = 1.0
) -> Mail:
    """The mail to one person; `link` is that person's own, `pace` as in `opening.opens_at`. `person.email` must
    be there."""
    if person.email is None:
        raise ValueError(f"{asked.person_id} has no mail address")
    question = approval.question
    names = {
        "env": env,
        "head": _HEADS[kind],
        "kind": kind,
        "name": _short(person.name),
        "title": _short(question.title),
        "facts": [(_short(line.name), unlinked(line.value)) for line in question.facts[:_MOST_FACTS]],
        "more_facts": max(0, len(question.facts) - _MOST_FACTS),
        "options": [_option(approval, option, pace) for option in question.options],
        "members": [(_short(one.title), _short(one.target)) for one in approval.members[:_MOST_MEMBERS]],
        "more_members": max(0, len(approval.members) - _MOST_MEMBERS),
        "lapses": _lapses(approval, asked, kind),
        "glass": glass.told(approval) if kind == "glass" else (),
        "mine": approval.decision is not None and asked.person_id in approval.decision.by,
        "others": listed(others(approval, asked)),
        "link": link,
        "again": approval.again is not None,
        "incident": approval.incident_id,
        "runbook": approval.runbook,
    }
    return Mail(
        to=person.email,
        subject=subject(f"[tradai {env}] {_HEADS[kind]}:", question.title),
        text=render("mail.txt.j2", **names),
        html=render("mail.html.j2", **names),
        tags={"approval_id": approval.approval_id, "person_id": asked.person_id},
    )


def page_text(approval: Approval, kind: PageKind, env: str) -> tuple[str, str]:
    """Subject and message for the paging topic. No link stands in it: whoever reads the topic is nobody's key."""
    question, head = approval.question, _page_head(approval, kind)
    lines = [
        f"{head}: {_short(question.title)}",
        *(f"{name}: {value}" for name, value in _page_facts(approval, kind)),
        *_standing(approval, kind, env),
    ]
    if approval.members:
        lines.append(f"The answer counts for {len(approval.members)} more of the same.")
    lines += _asked(approval) if kind != "overdue" else ()
    lines += [
        f"Incident {approval.incident_id}, request {approval.approval_id}.",
        f"On the command line: runbooks approvals show {approval.approval_id} --env {env}",
    ]
    return subject(f"[tradai {env}] {head}:", question.title), "\n".join(lines) + "\n"


def _short(text: str) -> str:
    return unlinked(text, 200)


def _option(approval: Approval, option: Option, pace: float) -> dict[str, str | bool | None]:
    opens = opens_at(approval, option, pace)
    return {
        "label": _short(option.label),
        "consequence": unlinked(option.consequence),
        "risk": RISKS[option.risk],
        "people": people(option),
        "statement": unlinked(option.statement) if option.statement else None,
        "opens": None if opens is None else moment(opens),
        "note_required": option.note_required,
        "until": None
        if option.until_at_most_minutes is None
        else f"until a time that you give, at most {option.until_at_most_minutes} minutes away",
    }


def _page_facts(approval: Approval, kind: PageKind) -> tuple[tuple[str, str], ...]:
    if kind in ("glass", "overdue"):
        return glass.told(approval)
    return tuple((_short(line.name), unlinked(line.value, 200)) for line in approval.question.facts[:3])


def _page_head(approval: Approval, kind: PageKind) -> str:
    unreached = kind == "lapsed" and approval.standing is Standing.UNREACHED
    return "Nobody could be reached" if unreached else _HEADS[kind]


def _standing(approval: Approval, kind: PageKind, env: str) -> tuple[str, ...]:
    lapses = moment(approval.lapses_at)
    repeat = f" This is repeat {approval.repeats}." if approval.repeats else ""
    if kind in ("glass", "overdue"):
        return (
            f"One person decided this alone, and another one has to ratify it.{repeat} The incident stays open "
            "until then:",
            f"runbooks incidents ratify {approval.incident_id} --env {env}",
        )
    if kind != "lapsed":
        return (f"It lapses at {lapses}, {span(approval.lapses_at - approval.asked_at)} after asking.",)
    unreached = approval.standing is Standing.UNREACHED
    how = "It was asked, and reached nobody." if unreached else f"It lapsed at {lapses}."
    return (
        f"{how}{repeat} The incident stays open until it is acknowledged:",
        f"runbooks incidents ack {approval.incident_id} --env {env}",
    )


def _asked(approval: Approval) -> tuple[str, ...]:
    """Who was told, who has a link in a mail that left and, as far as is known, arrived, and whose mail is about
    to be tried: this page goes out first, and SES may still refuse it."""
    named = dict.fromkeys(_short(one.name) for one in approval.asked)
    if not named:
        return ()
    sent = [one for one in approval.asked if one.mail is MailStatus.SENT and one.key_hash is not None]
    linked = dict.fromkeys(_short(one.name) for one in sent if one.message_id is not None)
    trying = dict.fromkeys(_short(one.name) for one in sent if one.message_id is None)
    links = f" A personal link by mail: {listed(linked)}." if linked else ""
    links += f" A personal link is being mailed to: {listed(trying)}." if trying else ""
    return (f"Asked: {listed(named)}.{links or ' No mail has reached anybody.'}",)


def _lapses(approval: Approval, asked: Asked, kind: Kind) -> str:
    """When it lapses, and how long that is from the time at which this mail is written, where that is known."""
    written: datetime | None = {"asked": asked.at, "reminder": approval.reminded_at}.get(kind)
    at = moment(approval.lapses_at)
    if written is None:
        return f"{at}, {span(approval.lapses_at - approval.asked_at)} after it was asked"
    return f"{at}, in {span(approval.lapses_at - written)}"
