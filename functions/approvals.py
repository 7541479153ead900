"""A request for a person's decision, as the runbooks keep it: what is asked, of whom, and what became of it.

The whole is one frozen value. Rules (functions/rules/asking) make a new one from the old one, and the store
writes it only while nobody else has written since (`version`), so that every change is one conditional write.
Neither the task token nor a key is part of it: the store keeps the token apart, and of a key only its hash.
All times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from functions.facts import Evidence


class Standing(StrEnum):
    """`pending` goes over into exactly one of the others. `superseded`: the state asked again, by a new
    request. `revoked`: the run ended first. `unreached`: nobody could be told."""

    PENDING = "pending"
    DECIDED = "decided"
    LAPSED = "lapsed"
    UNREACHED = "unreached"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Delivery(StrEnum):
    """Where the answer is. `none`: there is none yet, or nobody waits for one. `due`: to be handed over.
    `taken`: Step Functions has it. `over`: the run did not wait for it any more."""

    NONE = "none"
    DUE = "due"
    TAKEN = "taken"
    OVER = "over"


class Risk(StrEnum):
    """What an option does to the money at risk: nothing, less of it, or more of it (capacity and cost too)."""

    NONE = "none"
    REDUCES = "reduces"
    ADDS = "adds"


class MailStatus(StrEnum):
    """`sent` is what SES took, `not_reached` what it reported afterwards, `refused` what it did not take.
    `no_address`: this person is asked by the paging topic and the command line alone."""

    SENT = "sent"
    REFUSED = "refused"
    NOT_REACHED = "not_reached"
    NO_ADDRESS = "no_address"


Kind = Literal["close", "change", "resume"]
Via = Literal["link", "iam"]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. `act` is the first word of its phrase (letters and digits). `needed`: how many people must
    choose it. `until_at_most_minutes`: it needs an end, at most so far away; None: it has none. `statement`:
    what the person declares to be true by choosing it ("no open order works at the venue"); recorded.
    `opens_after`: it is taken only from so many seconds after `asked_at` on, at the pace of settings.time_scale
    (`opening.opens_at`); None: at once. `note_required`: it is taken with a note alone."""

    id: str
    label: str
    consequence: str
    risk: Risk
    act: str
    needed: int = 1
    until_at_most_minutes: int | None = None
    statement: str | None = None
    opens_after: int | None = None
    note_required: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of the question, the most important first."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CloseTerms:
    """What a close of one position may do, as the people who decide see it: the direction that is reduced, the
    largest amount in base units, and the worst price in the quote currency (an option without a bound says so
    itself). `average`: what the order book gave for the whole amount at `quoted_at`; None: it was too thin."""

    position_id: str
    venue: str
    account: str
    symbol: str
    side: Literal["long", "short"]
    amount: Decimal
    worst_price: Decimal
    mark_price: Decimal
    average: Decimal | None
    quoted_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `kind` says how long it may wait (limits.approval_lapses). `target` is the second word of
    every phrase (letters and digits), as long as the request speaks for itself alone (`phrase.spoken`).
    `cause` and `venue` tell a storm. `again`: the input with which the runbook is started afresh where nobody
    answered; None: the run's own strategy. `close`: what a yes to closing allows, and nothing beyond."""

    kind: Kind
    title: str
    target: str
    facts: tuple[Line, ...]
    options: tuple[Option, ...]
    evidence: tuple[Evidence, ...] = ()
    desk: str = "default"
    cause: str = "unknown"
    venue: str | None = None
    again: dict[str, str | tuple[str, ...]] | None = None
    close: CloseTerms | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One person who was told, in which wave (0 first), and whether the mail left; a reminder is one more, with
    a key of its own, and the earlier links stay good. `key_hash` is the hash of the personal key; None: no link
    was sent. `message_id` is SES's, or `paged` for a page alone; None with `sent` or `no_address`: written down,
    on its way. `why` says what went wrong."""

    person_id: str
    name: str
    rung: int
    at: datetime
    mail: MailStatus
    key_hash: str | None = None
    message_id: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Voter:
    """Who speaks: `via` a personal link or a verified AWS identity, from where."""

    person_id: str
    via: Via
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person chose; a later vote of the same person takes its place until the request is decided, and
    it is kept for the record (`Approval.replaced`)."""

    voter: Voter
    option: str
    at: datetime
    note: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Who opened the page first from where (`looking` False), or said "I am looking" (`looking` True)."""

    voter: Voter
    at: datetime
    looking: bool


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong phrases of one person by one way; nothing is taken from that person by that way before `not_before`:
    whoever plays with a forwarded link does not lock its owner's AWS identity out. `used` counts the forms that
    were taken, so that one cannot be sent twice."""

    person_id: str
    wrong: int = 0
    used: int = 0
    not_before: datetime | None = None
    via: Via = "link"


@dataclass(frozen=True, slots=True)
class Member:
    """Another request that this one speaks for, because too many alike came at once: what it is about, cut to
    what a list of many has room for (`storms.member_of`). `facts`: its first ones."""

    approval_id: str
    incident_id: str
    title: str
    target: str
    facts: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """`by` are person ids. `alone`: one was enough because the second was silent; `why_alone` says so."""

    option: str
    by: tuple[str, ...]
    at: datetime
    note: str | None = None
    until: datetime | None = None
    why_alone: str | None = None


@dataclass(frozen=True, slots=True)
class Glass:
    """One person has decided alone what two should (functions/rules/glass.py), and another one has to ratify it
    by `ratify_by`. `paged_at`: when the topic was paged, `told_at`: when everybody of the desk was mailed.
    `overdue_at`: when it was paged that nobody did in time. `closed`: the incident knows that it is ratified, and
    is closed by it."""

    ratify_by: datetime
    paged_at: datetime | None = None
    told_at: datetime | None = None
    overdue_at: datetime | None = None
    ratified_by: str | None = None
    ratified_at: datetime | None = None
    note: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """One request, bound to one entry of one state of one execution. `version` counts its writes.

    `requested_by` is a claim; `requester` is a person that the runbooks know by key or identity, who may not
    decide alone what he asked for. `lapses_at`: no vote is taken from then on. `again` is the runbook and the
    input with which the lapsed page starts a fresh request. `parent`: the request that speaks for this one.
    `replaced`: votes that a later one of the same person took the place of, the last ones (ballots.MOST_REPLACED).
    `unfiled`: its incident is still to be told how it stands; the sweeper comes back to it. `glass`: it was
    decided by one who broke the glass; open until it is ratified.
    """

    approval_id: str
    version: int
    standing: Standing
    delivery: Delivery
    runbook: str
    incident_id: str
    execution_arn: str
    state: str
    entered_at: datetime
    question: Question
    asked_at: datetime
    lapses_at: datetime
    requested_by: str | None = None
    requester: str | None = None
    again: dict[str, str | tuple[str, ...]] | None = None
    asked: tuple[Asked, ...] = ()
    rungs_sent: int = 0
    votes: tuple[Vote, ...] = ()
    replaced: tuple[Vote, ...] = ()
    seen: tuple[Seen, ...] = ()
    tries: tuple[Tries, ...] = ()
    reminded_at: datetime | None = None
    decision: Decision | None = None
    delivered_at: datetime | None = None
    trouble: tuple[str, ...] = ()
    parent: str | None = None
    members: tuple[Member, ...] = ()
    repeats: int = 0
    repeat_at: datetime | None = None
    acknowledged_by: str | None = None
    unfiled: bool = False
    glass: Glass | None = None

    @property
    def open(self) -> bool:
        """Somebody still has something to do with it: the sweeper looks at it, `approvals list` shows it."""
        return (
            self.standing is Standing.PENDING
            or self.delivery is Delivery.DUE
            or self.unfiled
            or (self.glass is not None and not self.glass.closed)
            or (self.standing in (Standing.LAPSED, Standing.UNREACHED) and self.acknowledged_by is None)
        )

    def option(self, option_id: str) -> Option | None:
        return next((one for one in self.question.options if one.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail to one person. `text` and `html` say the same; `tags` come back with SES's events."""

    to: str
    subject: str
    text: str
    html: str
    tags: dict[str, str]
