"""The routes behind a personal link: look, say that one looks, answer, ask again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from functions import deciding, ratifying, unanswered
from functions.approvals import Approval, Standing, Voter
from functions.errors import RunbookError
from functions.keys import form_value, holder, same
from functions.ports import Ports
from functions.rules.asking.ballots import Ballot
from functions.rules.asking.phrase import matches
from functions.rules.glass import owes
from functions.settings import Settings
from functions.web import replies
from functions.web.guard import AGAIN, RATIFY
from functions.web.headers import HTML
from functions.web.pages import Reader, page
from functions.web.requests import Bad, Event, address_of, agent_of, form_of, key_of, method_of
from functions.web.view import Told, Typed

_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_FORM: Final = re.compile(r"(\d{1,9})\.(\d{1,9})\.([0-9a-f]{64})", re.ASCII)
_MINUTES: Final = re.compile(r"\d{1,6}", re.ASCII)

NOT_FOUND: Final = Bad(404, "There is nothing behind this address. Open the newest mail, and its link whole.")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer in HTML."""

    status: int
    html: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """One call with a valid key."""

    ports: Ports
    settings: Settings
    event: Event
    approval: Approval
    reader: Reader

    @property
    def voter(self) -> Voter:
        return Voter(self.reader.asked.person_id, "link", address_of(self.event), agent_of(self.event))

    def shown(self, status: int, approval: Approval, told: Told | None = None, **headers: str) -> Page:
        html = page(
            approval,
            self.reader,
            self.settings,
            self.ports.clock.now(),
            strategies=_strategies(self.ports, approval),
            told=told,
        )
        return Page(status, html, {"Content-Type": HTML, **headers})


def visit(ports: Ports, settings: Settings, event: Event, approval_id: str) -> Visit:
    """Raises the one `Bad` for a request that is not there, for a wrong key, and for a person whom the settings
    do not name any more."""
    key = key_of(event) or ""
    known = ports.approvals.get(approval_id) if _ID.fullmatch(approval_id) else None
    asked = holder(known, key)
    if known is None or asked is None or asked.person_id not in settings.approvals.people:
        raise NOT_FOUND
    return Visit(ports, settings, event, known, Reader(asked, key))


def show(ports: Ports, settings: Settings, event: Event, approval_id: str) -> Page:
    """GET and HEAD: nothing is decided. Who opened it first from where is recorded for a GET."""
    here = visit(ports, settings, event, approval_id)
    if method_of(event) == "GET":
        deciding.opened(ports, approval_id, here.voter)
    return here.shown(200, here.approval)


def post(ports: Ports, settings: Settings, event: Event, approval_id: str) -> Page:
    """One form. Its shape is looked at before anything is read, so that nonsense says nothing of an address."""
    fields = form_of(event)
    here = visit(ports, settings, event, approval_id)
    form = _FORM.fullmatch(fields.get("form", ""))
    used, members = (int(form[1]), int(form[2])) if form else (0, 0)
    proof = form_value(here.reader.key, approval_id, here.reader.asked.person_id, used, members)
    if form is None or not same(form[3], proof):
        text = "The form was not made by this page, or not by your link. Nothing was decided; here is a fresh one."
        return here.shown(403, here.approval, Told("bad", "Not taken", text))
    match [name for name in ("decision", "looking", "again", "ratify") if name in fields]:
        case ["decision"]:
            return _answered(here, fields, used, members)
        case ["looking"] if fields["looking"] == "1":
            return _looking(here)
        case ["again"] if fields["again"] == "1":
            return _again(here, fields)
        case ["ratify"] if fields["ratify"] == "1":
            return _ratify(here, fields)
    raise Bad(400, "The form says nothing that this page knows. Nothing was decided.")


def _answered(here: Visit, fields: dict[str, str], used: int, members: int) -> Page:
    typed = Typed(fields["decision"], fields.get("note", ""), fields.get("until_minutes", ""))
    try:
        until = _until(typed.until_minutes, here.ports.clock.now())
    except ValueError:
        error = "Write the minutes as a whole number. Nothing was decided."
        back = Typed(typed.option, typed.note, "", "until", error)
        return here.shown(422, here.approval, Told("bad", "Until when?", error, back))
    ballot = Ballot(typed.option, fields.get("confirm", ""), members, typed.note or None, until, used)
    ruling = deciding.vote(here.ports, here.settings, here.approval.approval_id, here.voter, ballot)
    retry = {} if ruling.retry_after is None else {"Retry-After": str(ruling.retry_after)}
    status = replies.REPLIES[ruling.kind].status
    return here.shown(status, ruling.approval or here.approval, replies.told(ruling, typed), **retry)


def _looking(here: Visit) -> Page:
    approval = deciding.look(here.ports, here.approval.approval_id, here.voter)
    if approval.standing is Standing.PENDING and here.ports.clock.now() < approval.lapses_at:
        text = "The others see it, and the next wave of mails waits a while. The clock goes on."
        return here.shown(200, approval, Told("good", "Noted: you are looking", text))
    gone = 409 if approval.standing is Standing.DECIDED else 410
    return here.shown(
        gone, approval, Told("warn", "It is over", "There is nothing left to look at before answering.")
    )


def _again(here: Visit, fields: dict[str, str]) -> Page:
    approval = here.approval
    if approval.again is None or approval.standing not in (Standing.LAPSED, Standing.UNREACHED):
        text = "Only a request that nobody answered can be asked again."
        return here.shown(409, approval, Told("warn", "Not started", text))
    if not matches(fields.get("confirm", ""), AGAIN, approval.question):
        error = "That is not the phrase. Nothing was started."
        typed = Typed(AGAIN.id, field="confirm", error=error)
        return here.shown(422, approval, Told("bad", "Not started", error, typed))
    try:
        started = unanswered.ask_again(here.ports, approval.approval_id, here.voter)
    except unanswered.StillGoesOn:
        text = "The run that asked has not ended yet, and another would do nothing. Nothing was started; try again "
        typed = Typed(AGAIN.id)
        return here.shown(
            409, approval, Told("warn", "Not yet", f"{text}in a minute.", typed), **{"Retry-After": "60"}
        )
    approval = here.ports.approvals.get(approval.approval_id) or approval
    if started is None:
        text = "The runbook was started again from here before. If it still has to ask, its mail is on the way."
        return here.shown(409, approval, Told("warn", "Started before", text))
    text = "The runbook runs again. If there is still something to decide, a new mail with a new link comes."
    return here.shown(200, approval, Told("good", "Started again", text))


def _ratify(here: Visit, fields: dict[str, str]) -> Page:
    """Of a decision that one person took by breaking the glass; typed, because scanners press buttons."""
    approval, note = here.approval, fields.get("note", "")
    if owes(approval) and not matches(fields.get("confirm", ""), RATIFY, approval.question):
        error = "That is not the phrase. Nothing was ratified."
        typed = Typed(RATIFY.id, note, field="confirm", error=error)
        return here.shown(422, approval, Told("bad", "That is not the phrase", error, typed))
    verdict = ratifying.ratify_one(here.ports, here.settings, approval, here.voter, note or None)
    reply = replies.RATIFIED[verdict.kind]
    back = Typed(RATIFY.id, note, field=reply.field, error=verdict.message) if reply.field else None
    told = Told(reply.tone, reply.head, verdict.message, back)
    return here.shown(reply.status, verdict.approval or approval, told)


def _until(minutes: str, now: datetime) -> datetime | None:
    if not minutes.strip():
        return None
    if not _MINUTES.fullmatch(minutes.strip()):
        raise ValueError("no whole number")
    return now + timedelta(minutes=int(minutes))


def _strategies(ports: Ports, approval: Approval) -> Sequence[str] | None:
    """For whom the run is; a page without them is better than none."""
    try:
        incident: Any = ports.incidents.get(approval.incident_id) or {}
    except RunbookError:
        return None
    found = incident.get("strategy_ids")
    return [str(one) for one in found] if isinstance(found, list | tuple | set | frozenset) else None
