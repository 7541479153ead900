"""SES refuses what it would not send, and tells the configuration set's destinations what became of the rest."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import eventbridge, ses_v2

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.ses.events import MATCHING, Mail, entry
from local.engine.ses.outcomes import event_types, illegal, is_refused, suppressed

Answer = tuple[int, dict[str, str], bytes]
# A server that does not know an address says so after the mail was taken, never before.
SOONEST_SECONDS, USUAL_SECONDS = 0.25, 2.0
TAG = re.compile(r"[A-Za-z0-9_.@-]{1,256}")
TAG_RULE = "only alphanumeric ASCII characters, '_', '-', '.' and '@' are allowed"
Handler = Callable[[str, str, dict[str, str], bytes, Any], Awaitable[Answer]]


@fix("ses-refusals")
def refuse_what_ses_refuses(_setup: Setup) -> None:
    """An address or a tag that is none, an unknown configuration set, and addresses that begin with `refuse+`.

    AWS: SES API v2 reference, SendEmail (BadRequestException, MessageRejected, NotFoundException).
    """

    def make(original: Handler) -> Handler:
        async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Answer:
            refused = _refusal(json.loads(body or b"{}")) if _sends(method, path) else None
            return refused or await original(method, path, headers, body, query)

        return handle

    around(ses_v2, "handle_request", make)


@fix("ses-events")
def publish_what_became_of_a_mail(setup: Setup) -> None:
    """Bounces, complaints, rejects and delays are events, by EventBridge, where the configuration set wants them.

    AWS: SES developer guide, "Monitoring email sending using Amazon SES event publishing".
    """
    after = max(SOONEST_SECONDS, USUAL_SECONDS * setup.time_scale)

    def make(original: Handler) -> Handler:
        async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Answer:
            answer = await original(method, path, headers, body, query)
            if _sends(method, path) and answer[0] == 200:
                told = json.loads(body), json.loads(answer[2])["MessageId"], _caller(headers, query)
                timer = threading.Timer(after, copy_context().run, args=(_publish, *told))
                timer.daemon = True
                timer.start()
            return answer

        return handle

    around(ses_v2, "handle_request", make)


def _sends(method: str, path: str) -> bool:
    return method == "POST" and path.rstrip("/").endswith("/outbound-emails")


def _refusal(sent: Mapping[str, Any]) -> Answer | None:
    name = sent.get("ConfigurationSetName")
    if name and ses_v2._config_sets.get(name) is None:
        missing: Answer = ses_v2._missing_config_set(name)
        return missing
    for address in _recipients(sent):
        if told := illegal(address):
            return _error("BadRequestException", told)
    for tag in sent.get("EmailTags") or ():
        if not TAG.fullmatch(str(tag.get("Name"))) or not TAG.fullmatch(str(tag.get("Value"))):
            return _error("BadRequestException", f"Invalid tag <{tag.get('Name')}>: {TAG_RULE}")
    refused = [address for address in _recipients(sent) if is_refused(address)]
    if not refused:
        return None
    return _error(
        "MessageRejected",
        "Email address is not verified. The following identities failed the check in region "
        f"{get_region().upper()}: {', '.join(refused)}",
    )


def _publish(sent: Mapping[str, Any], message_id: str, caller: str) -> None:
    name = sent.get("ConfigurationSetName")
    record = ses_v2._config_sets.get(name) if name else None
    if record is None:
        return
    simple = (sent.get("Content") or {}).get("Simple") or {}
    mail = Mail(
        message_id=message_id,
        at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        source=str(sent.get("FromEmailAddress") or ""),
        to=_recipients(sent),
        subject=str((simple.get("Subject") or {}).get("Data") or ""),
        configuration_set=str(name),
        tags={str(tag["Name"]): str(tag["Value"]) for tag in sent.get("EmailTags") or ()},
        account=get_account_id(),
        region=get_region(),
        caller=caller,
    )
    for recipient in mail.to:
        bare = parseaddr(recipient)[1]
        for kind in event_types(recipient):
            for bus in _buses(record, MATCHING[kind]):
                event = entry(kind, mail, bare, suppressed(recipient))
                event = {**event, "Detail": json.dumps(event["Detail"]), "EventBusName": bus}
                eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)


def _buses(record: Mapping[str, Any], event_type: str) -> list[str]:
    """Where the enabled destinations of a configuration set want this type of event."""
    return [
        destination["EventBridgeDestination"]["EventBusArn"]
        for destination in (record.get("EventDestinations") or {}).values()
        if destination.get("Enabled")
        and event_type in destination.get("MatchingEventTypes", ())
        and "EventBridgeDestination" in destination
    ]


def _recipients(sent: Mapping[str, Any]) -> list[str]:
    destination = sent.get("Destination") or {}
    kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
    return [str(address) for kind in kinds for address in destination.get(kind) or ()]


def _caller(headers: dict[str, str], query: Any) -> str:
    """The last part of who called: a user's or a role's name."""
    found = resolve_caller_identity(extract_access_key_id(headers, query)) or {}
    return str(found.get("userArn") or "root").rsplit(":", 1)[-1].removeprefix("user/").split("/")[-1]


def _error(code: str, message: str) -> Answer:
    answer: Answer = ses_v2._json_err(code, message)
    return answer
