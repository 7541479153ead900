"""The platform's SNS topics: who reads, and who is woken."""

from __future__ import annotations

import unicodedata
from typing import Final

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.rules.reporting.redact import clean

SUBJECT_CHARACTERS: Final = 100
MESSAGE_BYTES: Final = 256 * 1024
_DASHES: Final = str.maketrans({"–": "-", "—": "-", "…": "...", "’": "'", "→": ">"})


class SnsNotifier:
    """`footer` is the last line of what is said here; what is too long is cut above it."""

    def __init__(self, aws: Aws, topic_arn: str, paging_topic_arn: str, *, footer: str = "") -> None:
        self._aws, self._topic, self._paging_topic = aws, topic_arn, paging_topic_arn
        self._footer = footer

    def publish(self, subject: str, message: str) -> None:
        self._say(self._topic, subject, message, self._footer)

    def page(self, subject: str, message: str, *, bare: bool = False) -> None:
        self._say(self._paging_topic, subject, message, "" if bare else self._footer)

    def _say(self, topic: str, subject: str, message: str, footer: str) -> None:
        with saying(Saying.ACT, f"sns:Publish {topic}"):
            self._aws.client("sns", Saying.ACT).publish(
                TopicArn=topic, Subject=subject_line(subject), Message=body(message, footer)
            )


def subject_line(subject: str) -> str:
    """What SNS takes for a subject: at most 100 printable ASCII characters that begin with none of space."""
    ascii_only = unicodedata.normalize("NFKD", clean(subject).translate(_DASHES)).encode("ascii", "ignore").decode()
    one_line = " ".join("".join(c if c.isprintable() else " " for c in ascii_only).split())
    if len(one_line) > SUBJECT_CHARACTERS:
        one_line = one_line[: SUBJECT_CHARACTERS - 3].rstrip() + "..."
    return one_line or "(no subject)"


def body(message: str, footer: str = "") -> str:
    """SNS takes 256 KiB and no empty message; what is cut stands in the incident. Secrets go to nobody's mailbox:
    what is told here comes from tables, logs and venues too."""
    message = "\n".join(map(clean, message.split("\n")))
    end = f"\n\n{footer}" if footer else ""
    whole, most = message.encode(), MESSAGE_BYTES - len(end.encode())
    if len(whole) <= most:
        return (message or "(no text)") + end
    note = "\n(cut: the rest stands in the incident)"
    return whole[: most - len(note)].decode(errors="ignore") + note + end
