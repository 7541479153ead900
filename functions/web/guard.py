"""The phrase that decides stands nowhere whole: neither in a sentence nor across two of them.

A form filler that types what it reads into every field therefore decides nothing. The page is looked at as it
leaves, because only there it is plain what stands beside what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from typing import Final

from functions.approvals import Approval, Option, Risk
from functions.rules.asking.phrase import normal, spoken, whole
from functions.rules.glass import breaks

# What the lapsed page asks to type; it only starts the runbook again.
AGAIN: Final = Option("again", "Ask again", "The runbook starts again and asks anew.", Risk.NONE, "AGAIN")

# What the page of a decision that one person took by breaking the glass asks another one to type.
RATIFY: Final = Option("ratify", "Ratify it", "You know of it and stand behind it.", Risk.NONE, "RATIFY")

HIDDEN: Final = "(not shown here: it holds the words that decide)"

# Attributes that are read out or shown; of the others only code sees the value.
_SPOKEN: Final = frozenset({"alt", "aria-label", "content", "placeholder", "title", "value"})


def phrases(approval: Approval) -> tuple[str, ...]:
    """Every whole phrase that this request takes, in its normal form."""
    question = spoken(approval)
    answers = (whole(option, question) for option in question.options)
    # Asking again starts the one run of this request, whomever it spoke for.
    others = [whole(AGAIN, approval.question)]
    others += [whole(RATIFY, approval.question)] if any(breaks(one.id) for one in question.options) else []
    return tuple(phrase for phrase in (*answers, *others) if phrase)


def holds(text: str, wanted: Iterable[str]) -> bool:
    """Whether one of these phrases can be read in the text."""
    read = normal(text)
    return any(phrase in read for phrase in wanted)


def hide(text: str, wanted: Sequence[str]) -> str:
    """A text that somebody else wrote, or a word in its place where it holds a phrase."""
    return HIDDEN if holds(text, wanted) else text


def readable(html: str) -> str:
    """Everything that a person or a program can read on a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        hidden = ("type", "hidden") in attrs
        self.found += [value for name, value in attrs if value and name in _SPOKEN and not hidden]

    def handle_endtag(self, tag: str) -> None:
        self._style = self._style and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.found.append(data)
