"""The words and times that mails and pages share; nothing here knows HTML.

Every text of a question comes from outside (a log line, a table, a person). `clean` takes out what could hide
or turn around what is read (control and direction characters) and cuts what is too long to be read at night.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from functions.approvals import Approval, Asked, MailStatus, Option, Risk

RISKS: Final = {
    Risk.NONE: "Changes nothing",
    Risk.REDUCES: "Reduces risk",
    Risk.ADDS: "Adds risk or cost",
}

REACHED: Final = {
    MailStatus.SENT: "mail sent",
    MailStatus.REFUSED: "not reached: the mail was refused",
    MailStatus.NOT_REACHED: "not reached: the mail did not arrive",
    MailStatus.NO_ADDRESS: "paged, has no mail address",
}

_WWW: Final = re.compile(r"\bwww\.", re.IGNORECASE)
_MARK: Final = " ... (cut)"
_SHORT: Final = 200
_SUBJECT: Final = 100


def clean(text: str, most: int = 600) -> str:
    """One line: no control, direction or invisible characters, runs of spaces as one, at most `most` long."""
    head = text[: 4 * most]
    return _cut(" ".join(_plain(head, keep="").split()), most, more=len(text) > len(head))


def clean_lines(text: str, most: int = 1_200) -> str:
    """The same, with its line breaks."""
    head = text[: 4 * most]
    lines = (" ".join(line.split()) for line in _plain(head, keep="\n").split("\n"))
    return _cut("\n".join(lines).strip(), most, more=len(text) > len(head))


def unlinked(text: str, most: int = 600) -> str:
    """`clean`, and no address in it that a mail program would make a link of."""
    return _WWW.sub("www[.]", clean(text, most).replace("://", "[:]//"))


def short(text: str) -> str:
    """A name, an id, a title."""
    return clean(text, _SHORT)


def subject(*parts: str) -> str:
    """A subject line: ASCII without control characters, at most 100 long. Letters lose their marks, every
    other character that ASCII does not have becomes a question mark."""
    decomposed = unicodedata.normalize("NFKD", clean(" ".join(parts), 1_000))
    ascii_only = "".join(c if c.isascii() else "?" for c in decomposed if not unicodedata.combining(c))
    line = unlinked(ascii_only, 1_000)
    return line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 3].rstrip()}..."


def moment(at: datetime) -> str:
    """`03:15 UTC, 31 Jan 2026`."""
    return f"{at:%H:%M} UTC, {at.day} {at:%b %Y}"


def clock(at: datetime) -> str:
    """`03:15:07 UTC`, where the day is plain."""
    return f"{at:%H:%M:%S} UTC"


def span(length: timedelta) -> str:
    """`12 min`, `1 h 5 min`, `40 s`; never negative."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 100:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def people(option: Option) -> str:
    return "one person" if option.needed == 1 else f"{option.needed} people"


def others(approval: Approval, asked: Asked) -> tuple[str, ...]:
    """The names of everybody else who was asked, each once, in the order of the waves."""
    named = {one.person_id: short(one.name) for one in approval.asked if one.person_id != asked.person_id}
    return tuple(named.values())


def listed(names: Iterable[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Cleo`."""
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _plain(text: str, keep: str) -> str:
    """Line ends as `\\n`; every character of the Unicode categories C and Z that is neither a space nor in
    `keep` becomes a space or, where it would turn or hide text, nothing."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_character(one, keep) for one in unified)


def _character(one: str, keep: str) -> str:
    if one in keep:
        return one
    category = unicodedata.category(one)
    if category == "Cf":
        return ""
    return " " if category[0] in "CZ" else one


def _cut(text: str, most: int, more: bool) -> str:
    """`more`: something was left out before; nobody pays for cleaning what nobody reads."""
    return f"{text[: most - len(_MARK)].rstrip()}{_MARK}" if more or len(text) > most else text
