"""What may stand in the head of a mail, the same for SES and for its twin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

from functions.approvals import Mail
from functions.errors import Broken, Refused

SUBJECT_CHARACTERS: Final = 200

# One address and nothing else; the settings demand the same.
_ADDRESS: Final = re.compile(r"[^@\s<>\"',;:\\]+@[^@\s<>\"',;:\\]+\.[^@\s<>\"',;:\\]+")

# SES's own alphabet of tags.
_TAG: Final = re.compile(r"[A-Za-z0-9_.@-]{1,256}")


def sendable(mail: Mail) -> Mail:
    """The mail with a subject of one line. `Refused` where the address is none, `Broken` where a tag is none."""
    if not _ADDRESS.fullmatch(mail.to) or not mail.to.isprintable():
        raise Refused("the mail has no address that SES could take")
    for name, value in mail.tags.items():
        if not _TAG.fullmatch(name) or not _TAG.fullmatch(value):
            raise Broken(f"a mail's tag {name!r} has a character that SES does not take")
    return replace(mail, subject=subject_line(mail.subject))


def subject_line(subject: str) -> str:
    """At most 200 characters without a control or format character: a line break would begin another header,
    and a mark of direction would show another text than was written."""
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in subject)
    one_line = " ".join(visible.split())
    if len(one_line) > SUBJECT_CHARACTERS:
        one_line = one_line[: SUBJECT_CHARACTERS - 1].rstrip() + "…"
    return one_line or "(no subject)"
