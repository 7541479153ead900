"""What people would have been sent: e-mails of SES, and notifications of the alerts topic."""

from __future__ import annotations

import html
import json
import threading
import urllib.request
from typing import Any

from local.platform.aws import Aws
from local.platform.names import MAILBOX_QUEUE, ON_CALL_MAIL, TOPIC

MESSAGES_A_CALL = 10


class Mailbox:
    """Reads when it is asked: an idle mailbox costs nothing."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._lock = threading.Lock()
        self._notifications: list[dict[str, Any]] = []

    def messages(self) -> list[dict[str, Any]]:
        """Oldest first: `{via: sns|ses, at, from, to, subject, text, html}`."""
        with self._lock:
            self._drain()
            return sorted([*self._notifications, *self._mails()], key=lambda message: str(message["at"]))

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
        "via": "ses",
        "at": mail["Timestamp"],
        "from": mail["Source"],
        "to": [*mail["To"], *mail["CC"], *mail["BCC"]],
        "subject": mail["Subject"],
        "text": mail["BodyText"],
        "html": mail["BodyHtml"],
    }


def page(messages: list[dict[str, Any]]) -> str:
    """The mailbox for a browser; what was sent is shown as text, never run."""
    rows = "".join(_row(message) for message in reversed(messages)) or "<p>Nothing was sent yet.</p>"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Mailbox</title>'
        "<style>body{font:16px/1.5 system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "article{border-top:1px solid #8888;padding:.5rem 0}pre{white-space:pre-wrap}</style>"
        f"<h1>Mailbox</h1><p>{len(messages)} messages, newest first.</p>{rows}</html>"
    )


def _row(message: dict[str, Any]) -> str:
    text = {name: html.escape(str(message[name] or "")) for name in ("at", "via", "from", "subject", "text")}
    to = html.escape(", ".join(message["to"]))
    return (
        f"<article><h2>{text['subject'] or '(no subject)'}</h2>"
        f"<p>{text['at']} by {text['via']} from {text['from']} to {to}</p><pre>{text['text']}</pre></article>"
    )
