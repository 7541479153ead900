"""What people would have been sent: e-mails of SES, and notifications of the alerts topic."""

from __future__ import annotations

import hashlib
import json
import threading
import urllib.request
from datetime import UTC, datetime
from typing import Any

from local.platform.aws import Aws
from local.platform.names import MAILBOX_QUEUE, ON_CALL_MAIL, TOPIC
from local.platform.pace import stamp

MESSAGES_A_CALL = 10


class Mailbox:
    """Reads when it is asked: an idle mailbox costs nothing."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._lock = threading.Lock()
        self._notifications: list[dict[str, Any]] = []
        self._known: dict[str, dict[str, Any]] = {}

    def messages(self) -> list[dict[str, Any]]:
        """Oldest first: `{id, via: sns|ses, at, from, to, subject, text, html}`; `at` is ISO 8601 in UTC.

        What came since the last look stands behind what was there: SNS counts whole seconds, SES does not.
        """
        with self._lock:
            self._drain()
            found = sorted([*self._notifications, *self._mails()], key=lambda message: str(message["at"]))
            self._notifications = []
            for message in found:
                self._known.setdefault(message["id"], message)
            return list(self._known.values())

    def _drain(self) -> None:
        sqs = self._aws.client("sqs")
        try:
            queue = sqs.get_queue_url(QueueName=MAILBOX_QUEUE)["QueueUrl"]
        except sqs.exceptions.QueueDoesNotExist:
            return
        while True:
            found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=MESSAGES_A_CALL).get("Messages", [])
            if not found:
                return
            for message in found:
                self._notifications.append(_notification(json.loads(message["Body"])))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    def _mails(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self._aws.endpoint_url}/_ministack/ses/messages", timeout=10) as answer:
            accounts: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
        return [_mail(mail) for mails in accounts.values() for mail in mails]


def _notification(envelope: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _id(envelope["MessageId"]),
        "via": "sns",
        "at": envelope["Timestamp"],
        "from": TOPIC,
        "to": [ON_CALL_MAIL],
        "subject": envelope.get("Subject") or "",
        "text": envelope["Message"],
        "html": None,
    }


def _mail(mail: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _id(mail["MessageId"]),
        "via": "ses",
        "at": stamp(datetime.fromtimestamp(float(mail["Timestamp"]), UTC)),
        "from": mail["Source"],
        "to": [*mail["To"], *mail["CC"], *mail["BCC"]],
        "subject": mail["Subject"],
        "text": mail["BodyText"],
        "html": mail["BodyHtml"] or None,
    }


def _id(message_id: str) -> str:
    """Short, and good in an address."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:12]
