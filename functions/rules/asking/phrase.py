"""The phrase that a person types: the option's act and the question's target, written together.

No page and no mail prints it whole, so whatever fills in forms with the words that it finds cannot decide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final

from functions.approvals import Option, Question

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


def distinct(question: Question) -> Question:
    """The same question with a target that makes every phrase one that stands nowhere in its visible text:
    where one does, or where the target has no letter or digit, three or more digits are added to it, the same
    ones for the same question."""
    texts = tuple(normal(text) for text in visible(question))
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


def _stands(texts: tuple[str, ...], option: Option, target: str) -> bool:
    act = normal(option.act)
    return bool(act) and any(act + normal(target) in text for text in texts)


def _bound(tried: int) -> int:
    """Three digits; more where so many were tried that a text seems to hold them all."""
    return 1_000 if tried < 100 else 10 ** (3 + tried // 100)
