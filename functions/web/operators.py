"""The same requests for people at a command line: JSON, and the identity that AWS has verified.

Who calls is read from the authorizer's own part of the event and from nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from functions import deciding, follow_up, ratifying, unanswered
from functions.approvals import Approval, Voter
from functions.ports import Ports
from functions.rules.asking.ballots import Ballot
from functions.rules.asking.opening import opens_at
from functions.rules.asking.phrase import spoken
from functions.rules.follow_up import BadFollowUp
from functions.settings import Settings
from functions.web.replies import RATIFIED, REPLIES
from functions.web.requests import FOLLOW_UP_FIELDS, Bad, Event, address_of, agent_of, caller_of, json_of
from functions.web.view import name_in

MOST_LISTED: Final = 200

REPORT_WAITS: Final = "Kept. The report could not be asked for anew: it shows this after the next change."

Said = tuple[int, dict[str, Any], dict[str, str]]


def caller(settings: Settings, event: Event) -> Voter:
    """The person who calls. Raises `Bad` 403, naming the ARN, where it stands for nobody."""
    arn = caller_of(event)
    if arn is None:
        raise Bad(403, "This route takes requests that are signed with an AWS identity.")
    person_id = settings.approvals.person_of(arn)
    if person_id is None:
        raise Bad(403, f"{arn} stands for no person in approvals.people of the settings.")
    return Voter(person_id, "iam", address_of(event), agent_of(event))


def listing(ports: Ports, settings: Settings, event: Event) -> Said:
    """Every request with something left to do, the oldest first."""
    caller(settings, event)
    found = ports.approvals.open()
    listed = [_brief(shown(one, settings)) for one in found[:MOST_LISTED]]
    return 200, {"approvals": listed, "total": len(found)}, {}


def one(ports: Ports, settings: Settings, event: Event, approval_id: str) -> Said:
    caller(settings, event)
    return 200, shown(_known(ports, approval_id), settings), {}


def decide(ports: Ports, settings: Settings, event: Event, approval_id: str) -> Said:
    """`{decision, confirm, note, until, members}`; `members`: how many others the caller was shown, none where
    he does not say."""
    voter = caller(settings, event)
    fields = json_of(event)
    if "decision" not in fields:
        raise Bad(400, "The field decision is missing.")
    approval = _known(ports, approval_id)
    ballot = Ballot(
        fields["decision"],
        fields.get("confirm", ""),
        _members(fields.get("members")),
        fields.get("note"),
        _until(fields.get("until")),
    )
    ruling = deciding.vote(ports, settings, approval_id, voter, ballot)
    after = ruling.approval or approval
    retry = {} if ruling.retry_after is None else {"Retry-After": str(ruling.retry_after)}
    body = {"ruling": ruling.kind.value, "message": ruling.message, "approval": shown(after, settings)}
    return REPLIES[ruling.kind].status, body, retry


def acknowledge(ports: Ports, settings: Settings, event: Event, incident_id: str) -> Said:
    """Ends the repeats about an incident that nobody answered."""
    voter = caller(settings, event)
    if json_of(event):
        raise Bad(400, "This route takes an empty object.")
    if ports.incidents.get(incident_id) is None:
        raise Bad(404, "There is no such incident.")
    try:
        taken = unanswered.acknowledge(ports, incident_id, voter.person_id)
    except unanswered.NotRatified:
        text = "Not taken: one person broke the glass, and another one has to ratify that first. That closes it: "
        raise Bad(409, f"{text}runbooks incidents ratify {incident_id}") from None
    if not taken:
        raise Bad(409, "There is nothing left to acknowledge: the incident is closed.")
    return 200, {"incident_id": incident_id, "acknowledged_by": voter.person_id, "message": "Acknowledged."}, {}


def ratify(ports: Ports, settings: Settings, event: Event, incident_id: str) -> Said:
    """`{note}`: ratifies what another person has decided alone by breaking the glass, and closes the incident."""
    voter = caller(settings, event)
    fields = json_of(event)
    if other := sorted(set(fields) - {"note"}):
        raise Bad(400, f"This route takes a note and nothing else, not {other[0]}.")
    if ports.incidents.get(incident_id) is None:
        raise Bad(404, "There is no such incident.")
    verdict = ratifying.ratify(ports, settings, incident_id, voter, fields.get("note"))
    body: dict[str, Any] = {"incident_id": incident_id, "verdict": verdict.kind.value, "message": verdict.message}
    if verdict.approval is not None:
        body["approval"] = shown(verdict.approval, settings)
    return RATIFIED[verdict.kind].status, body, {}


def note(ports: Ports, settings: Settings, event: Event, incident_id: str) -> Said:
    """`{root_cause, prevention, note}`, at least one of them: appended to what people know of the incident."""
    voter = caller(settings, event)
    fields = json_of(event, FOLLOW_UP_FIELDS)
    if ports.incidents.get(incident_id) is None:
        raise Bad(404, "There is no such incident.")
    try:
        kept = follow_up.add(ports, incident_id, fields, voter.person_id)
    except BadFollowUp as error:
        raise Bad(422, str(error)) from None
    except follow_up.Full as error:
        raise Bad(409, str(error)) from None
    message = "Kept. The report is written again." if kept.announced else REPORT_WAITS
    entries = [{"field": one.field, "text": one.text, "at": one.at.isoformat()} for one in kept.entries]
    return 200, {"incident_id": incident_id, "by": voter.person_id, "kept": entries, "message": message}, {}


def shown(approval: Approval, settings: Settings) -> dict[str, Any]:
    """The request as JSON, without the hashes of keys. `question.target` is the word to type, `own_target` what
    this request itself is about; `opens_at` of an option: from when it is taken, null where at once; `names`:
    how the people are called who did something with it."""
    asked = replace(approval, question=spoken(approval))
    told: dict[str, Any] = _adapter().dump_python(asked, mode="json")
    for one in told["asked"]:
        del one["key_hash"]
    for option, given in zip(approval.question.options, told["question"]["options"], strict=True):
        opens = opens_at(approval, option, settings.time_scale)
        given["opens_at"] = None if opens is None else opens.isoformat()
    name = name_in(approval, settings.approvals)
    names = {person_id: name(person_id) for person_id in _people(approval)}
    return {**told, "own_target": approval.question.target, "names": names}


def _people(approval: Approval) -> Iterator[str]:
    yield from (one.person_id for one in approval.asked)
    yield from (one.voter.person_id for one in approval.seen)
    yield from (one.voter.person_id for one in approval.votes)
    yield from approval.decision.by if approval.decision else ()
    ratified_by = approval.glass.ratified_by if approval.glass else None
    yield from (who for who in (approval.acknowledged_by, approval.requester, ratified_by) if who)


def _brief(told: dict[str, Any]) -> dict[str, Any]:
    """A list of many names those that each speaks for; their facts stand with the one request."""
    for member in told["members"]:
        del member["facts"]
    return told


@cache
def _adapter() -> TypeAdapter[Approval]:
    return TypeAdapter(Approval)


def _known(ports: Ports, approval_id: str) -> Approval:
    approval = ports.approvals.get(approval_id) if len(approval_id) <= 64 else None
    if approval is None:
        raise Bad(404, "There is no such request.")
    return approval


def _members(told: str | None) -> int:
    if told is None:
        return 0
    if not (told.isascii() and told.isdigit()):
        raise Bad(400, "members must be a whole number.")
    return int(told)


def _until(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Bad(422, "until must be a time with its zone, such as 2026-03-01T04:00:00Z.") from None
