"""A person who is asked, from outside: the mail, the page behind its link, and the answer that is typed."""

from __future__ import annotations

from typing import Any

from tests.approvals.desk import LINK, Answer, Form, http
from tests.e2e.platform import APPROVALS, Platform


def asked(platform: Platform, seconds: float = 60) -> str:
    """Waits for a mail with a personal link, and gives the link."""
    return platform.until(lambda: _link(platform), "somebody is asked by mail", seconds)


def page(link: str) -> Answer:
    return http("GET", link)


def answer(link: str, decision: str) -> Answer:
    """Opens the page, types the two words that it shows apart, and sends that option's form."""
    form: Form = page(link).form_of(decision)
    return http("POST", link, {**form.fields, "confirm": form.phrase})


def request(platform: Platform) -> dict[str, Any]:
    """The one request as it stands; {} while there is none."""
    found = platform.items(APPROVALS)
    assert len(found) <= 1, [one["approval_id"] for one in found]
    return found[0] if found else {}


def _link(platform: Platform) -> str | None:
    found = [LINK.search(one["text"] or "") for one in platform.letters()]
    return next((match[0] for match in found if match), None)
