"""Takes what SES tells about a mail: who was not reached, so that the next ones are asked at once.

Events come from SES's configuration set through EventBridge's default bus (source `aws.ses`; detail-types
`Email Bounced`, `Email Complaint Received`, `Email Rejected`, `Email Delivery Delayed`, `Email Rendering
Failed`; https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html). `detail.mail.tags` holds the
tags of the mail as lists. What is not about a mail of ours is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from functions import filing, pursuing
from functions.approvals import Approval, Asked, MailStatus
from functions.contracts import Frozen
from functions.ports import Ports
from functions.rewriting import rewrite
from functions.runtime import task
from functions.settings import Settings

ACT = True
TRIGGER = "mail-events"
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
LAYERS = ("web",)

MOST_TOLD: Final = 200

# How each kind of event reads, and where its own words stand (`Rendering Failure` to SNS, without a blank here).
_KINDS: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "Bounce": ("the mail came back", "bounce", ("bounceType", "bounceSubType")),
    "Complaint": ("the mail was reported as spam", "complaint", ("complaintFeedbackType", "complaintSubType")),
    "Reject": ("SES found a virus in the mail", "reject", ("reason",)),
    "DeliveryDelay": ("the mail is delayed", "deliveryDelay", ("delayType",)),
    "RenderingFailure": ("the mail could not be rendered", "failure", ("errorMessage",)),
}
_RECIPIENTS: Final = ("bouncedRecipients", "delayedRecipients")


class Request(BaseModel):
    """The event as EventBridge gives it; a part that does not look as documented counts as not there."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    source: Any = None
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says about one mail of ours."""

    approval_id: str
    person_id: str
    message_id: str
    why: str


class Response(Frozen):
    """`marked`: this event is the first to say that a mail of the request reached nobody."""

    approval_id: str | None
    marked: bool
    why: str


@task(Request, needs=pursuing.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    told = told_by(request.source, request.detail)
    if told is None:
        return Response(approval_id=None, marked=False, why="not about a mail of a request")
    approval, is_new = _mark(ports, told)
    if approval is None:
        return Response(approval_id=None, marked=False, why="there is no such request")
    if is_new:
        # Whoever comes next is asked at once; where nobody is left, the run hears so at once.
        pursuing.pursue(ports, settings, approval)
    return Response(approval_id=approval.approval_id, marked=is_new, why=told.why)


def told_by(source: object, detail: object) -> Told | None:
    """None where it is no event of these kinds, or the mail is not one that asked for a decision."""
    what = _map(detail)
    kind = _KINDS.get(_text(what.get("eventType")).replace(" ", ""))
    mail = _map(what.get("mail"))
    tags = _map(mail.get("tags"))
    approval_id, person_id = (_text(_first(tags.get(name))) for name in ("approval_id", "person_id"))
    if source != "aws.ses" or kind is None or not approval_id or not person_id:
        return None
    reads, field, words = kind
    said = _map(what.get(field))
    recipient = next((_map(_first(said.get(name))) for name in _RECIPIENTS if said.get(name)), {})
    told = [_text(said.get(word)) for word in words] + [_text(recipient.get("diagnosticCode"))]
    # The words are a foreign mail server's: one line of them, and not too long.
    why = " ".join(" ".join([f"{reads}:", *told]).split()).rstrip(":")
    return Told(approval_id, person_id, _text(mail.get("messageId")), why[:MOST_TOLD])


def marked(approval: Approval, told: Told) -> tuple[Asked, ...]:
    """Those asked, with the mail of the event marked. An event may come before SES's message id is written
    down: then it is about the mail of this person that is on its way. One that names an earlier mail (told
    twice, or of its delay and then of its bounce) says nothing about that."""
    own = [one for one in approval.asked if one.person_id == told.person_id]
    named = [one for one in own if told.message_id and one.message_id == told.message_id]
    lost = [one for one in named or own if one.mail is MailStatus.SENT and (named or one.message_id is None)]
    return tuple(_lost(one, told) if one in lost else one for one in approval.asked)


def _lost(one: Asked, told: Told) -> Asked:
    return replace(one, mail=MailStatus.NOT_REACHED, message_id=told.message_id or "unknown", why=told.why)


def _mark(ports: Ports, told: Told) -> tuple[Approval | None, bool]:
    """The request afterwards (None: there is none), and whether this event changed it."""
    approval = ports.approvals.get(told.approval_id)
    if approval is None:
        return None, False

    def rule(stands: Approval) -> Approval | None:
        asked = marked(stands, told)
        return None if asked == stands.asked else replace(stands, version=stands.version + 1, asked=asked)

    after, changed = rewrite(ports, approval, rule)
    if changed:
        filing.file(ports, after)
    return after, changed


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
