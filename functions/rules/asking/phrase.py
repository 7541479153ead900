"""The phrase that a person types: the option's act and the question's target, written together.

A request that speaks for others is answered for all of them: its second word says for how many, and is the
target of none.

No page and no mail prints it whole, so whatever fills in forms with the words that it finds cannot decide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final

from functions.approvals import Approval, Member, Option, Question

# Longer than any phrase; what is longer is not even read.
LONGEST: Final = 200
WANTED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def normal(text: str) -> str:
    """Upper case, letters A-Z and digits only: case, spaces, dashes and full-width forms do not matter."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign in WANTED)


def whole(option: Option, question: Question) -> str:
    """The phrase of an option in its normal form; empty where the act or the target has no letter or digit."""
    act, target = normal(option.act), normal(question.target)
    return act + target if act and target else ""


def matches(typed: str, option: Option, question: Question) -> bool:
    """True where `typed` is the phrase of this option."""
    phrase = whole(option, question)
    return bool(phrase) and len(typed) <= LONGEST and normal(typed) == phrase


def spoken(approval: Approval) -> Question:
    """The question with the target that is to be typed: the request's own, or `ALL5` where it speaks for four
    others besides itself, with digits behind it where a phrase stood in a text. The same for the same members."""
    if not approval.members:
        return approval.question
    everybody = replace(approval.question, target=f"ALL{len(approval.members) + 1}")
    listed = tuple(text for member in approval.members for text in _of_member(member))
    return distinct(everybody, (*listed, " ".join(listed), approval.question.target))


def distinct(question: Question, beside: Iterable[str] = ()) -> Question:
    """The same question with a target that makes every phrase one that stands nowhere in its visible text, nor
    `beside` it: where one does, or where the target has no letter or digit, three or more digits are added to
    it, the same ones for the same texts."""
    texts = tuple(normal(text) for text in (*visible(question), *beside))
    tried, target = 0, question.target
    while not normal(target) or any(_stands(texts, option, target) for option in question.options):
        seed = int(sha256(f"{question.target}|{tried}|{'|'.join(texts)}".encode()).hexdigest(), 16)
        target = f"{question.target}-{seed % _bound(tried):03d}"
        tried += 1
    return question if target == question.target else replace(question, target=target)


def visible(question: Question) -> tuple[str, ...]:
    """Every text of a question that a page or a mail shows, the target apart; at last all of them in a row,
    because what stands in two cells side by side can be read as one."""
    texts = tuple(_texts(question))
    return (*texts, " ".join(texts))


def _texts(question: Question) -> Iterator[str]:
    yield question.title
    yield from (question.kind, question.desk, question.cause, question.venue or "")
    for line in question.facts:
        yield f"{line.name} {line.value}"
    for seen in question.evidence:
        yield f"{seen.what} {seen.where} {seen.value}"
    for option in question.options:
        yield f"{option.id} {option.label} {option.consequence} {option.statement or ''}"


def _of_member(member: Member) -> Iterator[str]:
    yield f"{member.title} {member.target} {member.incident_id}"
    for line in member.facts:
        yield f"{line.name} {line.value}"


def _stands(texts: tuple[str, ...], option: Option, target: str) -> bool:
    act = normal(option.act)
    return bool(act) and any(act + normal(target) in text for text in texts)


def _bound(tried: int) -> int:
    """Three digits; more where so many were tried that a text seems to hold them all."""
    return 1_000 if tried < 100 else 10 ** (3 + tried // 100)
