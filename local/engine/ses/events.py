"""SES's events as EventBridge hands them out.

Source: SES developer guide, "Monitoring email sending using Amazon SES event publishing" and "Contents of event
data that Amazon SES publishes"; EventBridge, "Amazon SES events" (detail types `Email Bounced`, ...).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

DETAIL_TYPES = {
    "Send": "Email Sent",
    "Delivery": "Email Delivered",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
    "Reject": "Email Rejected",
    "DeliveryDelay": "Email Delivery Delayed",
}
MATCHING = {
    "Send": "SEND",
    "Delivery": "DELIVERY",
    "Bounce": "BOUNCE",
    "Complaint": "COMPLAINT",
    "Reject": "REJECT",
    "DeliveryDelay": "DELIVERY_DELAY",
}


@dataclass(frozen=True)
class Mail:
    """A mail that SES has taken. `at` is ISO 8601 in UTC with milliseconds and `Z`."""

    message_id: str
    at: str
    source: str
    to: Sequence[str]
    subject: str
    configuration_set: str
    tags: Mapping[str, str]
    account: str
    region: str
    caller: str

    @property
    def identity(self) -> str:
        return parseaddr(self.source)[1]


def entry(kind: str, mail: Mail, recipient: str, suppressed: bool = False) -> dict[str, Any]:
    """`Source`, `DetailType`, `Resources` and the detail of one event about one recipient."""
    described = {
        "eventType": kind,
        "mail": _mail(mail),
        _field(kind): _described(kind, mail, recipient, suppressed),
    }
    arn = f"arn:aws:ses:{mail.region}:{mail.account}:configuration-set/{mail.configuration_set}"
    return {"Source": "aws.ses", "DetailType": DETAIL_TYPES[kind], "Resources": [arn], "Detail": described}


def _field(kind: str) -> str:
    return kind[:1].lower() + kind[1:]


def _mail(mail: Mail) -> dict[str, Any]:
    tags = {
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": [mail.configuration_set],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [mail.identity.rpartition("@")[2]],
        "ses:caller-identity": [mail.caller],
        **{name: [value] for name, value in mail.tags.items()},
    }
    to = list(mail.to)
    return {
        "timestamp": mail.at,
        "source": mail.source,
        "sourceArn": f"arn:aws:ses:{mail.region}:{mail.account}:identity/{mail.identity}",
        "sendingAccountId": mail.account,
        "messageId": mail.message_id,
        "destination": to,
        "headersTruncated": False,
        "headers": [
            {"name": "From", "value": mail.source},
            {"name": "To", "value": ", ".join(to)},
            {"name": "Subject", "value": mail.subject},
            {"name": "MIME-Version", "value": "1.0"},
        ],
        "commonHeaders": {
            "from": [mail.source],
            "to": to,
            "messageId": mail.message_id,
            "subject": mail.subject,
        },
        "tags": tags,
    }


def _described(kind: str, mail: Mail, recipient: str, suppressed: bool) -> dict[str, Any]:
    match kind:
        case "Send":
            return {}
        case "Reject":
            return {"reason": "Bad content"}
        case "Delivery":
            return {
                "timestamp": mail.at,
                "processingTimeMillis": 1,
                "recipients": [recipient],
                "smtpResponse": "250 2.6.0 Message received",
                "reportingMTA": "a0-0.smtp-out.amazonses.com",
            }
        case "DeliveryDelay":
            late = {"emailAddress": recipient, "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 no answer"}
            return {"timestamp": mail.at, "delayType": "TransientCommunicationFailure", "delayedRecipients": [late]}
        case "Complaint":
            return {
                "timestamp": mail.at,
                "feedbackId": str(uuid.uuid4()),
                "complainedRecipients": [{"emailAddress": recipient}],
                "complaintFeedbackType": "abuse",
                "arrivalDate": mail.at,
            }
        case _:
            return _bounce(mail, recipient, suppressed)


def _bounce(mail: Mail, recipient: str, suppressed: bool) -> dict[str, Any]:
    failed = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    return {
        "timestamp": mail.at,
        "feedbackId": str(uuid.uuid4()),
        "bounceType": "Permanent",
        "bounceSubType": "Suppressed" if suppressed else "General",
        "bouncedRecipients": [{"emailAddress": recipient, **({} if suppressed else failed)}],
        "reportingMTA": "dsn; a0-0.smtp-out.amazonses.com",
    }
