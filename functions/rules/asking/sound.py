"""Whether a question can be answered at all: nonsense is told to whoever made it, and no person is woken for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from functions.approvals import Option, Question, Risk
from functions.rules.asking.phrase import normal
from functions.rules.glass import breaks

MOST_NEEDED: Final = 2
# A shorter act stands in too many texts, and is typed by accident.
SHORTEST_ACT: Final = 4


def faults(question: Question, people: int) -> tuple[str, ...]:
    """What is wrong: each with the field, its value and what would be right; none for a sound question.
    `people`: how many stand on the ladder of its desk."""
    return tuple(_faults(question, people))


def _faults(question: Question, people: int) -> Iterator[str]:
    if not question.title.strip():
        yield f"title is {question.title!r}: it must say what is asked"
    if not normal(question.target):
        yield f"target is {question.target!r}: it needs a letter A-Z or a digit, because it is typed"
    if not question.options:
        yield "options is empty: give at least one without risk, so that there is a way to say no"
    elif all(option.risk is not Risk.NONE for option in question.options):
        risks = ", ".join(f"{option.id}: {option.risk.value}" for option in question.options)
        yield f"options have the risks ({risks}): one must have none, so that there is a way to say no"
    elif all(option.risk is not Risk.NONE or option.opens_after is not None for option in question.options):
        yield "options without risk all have opens_after: one must be open at once, as a way to say no"
    for name, times in Counter(option.id for option in question.options).items():
        if times > 1:
            yield f"options name the id {name!r} {times} times: each needs an id of its own"
    for option in question.options:
        yield from _of_option(option, people)


def _of_option(option: Option, people: int) -> Iterator[str]:
    where = f"option {option.id!r}:"
    if not option.id.strip():
        yield f"{where} id is empty: an answer is told by it"
    if len(normal(option.act)) < SHORTEST_ACT:
        yield f"{where} act is {option.act!r}: it needs at least {SHORTEST_ACT} letters A-Z or digits"
    if not 1 <= option.needed <= MOST_NEEDED:
        yield f"{where} needed is {option.needed}: it must be 1 or {MOST_NEEDED}"
    # What reduces risk is decided by one where the second is silent, and what has none by one anyway.
    elif option.risk is Risk.ADDS and option.needed > people:
        yield (
            f"{where} needed is {option.needed}, and people on the desk are {people}: nobody could ever decide; "
            f"name {option.needed} people on the desk's rungs"
        )
    if breaks(option.id) and (option.needed != 1 or not option.note_required or option.opens_after is None):
        yield f"{where} one person decides by it, late and with a reason: give needed 1, opens_after, note_required"
    if option.opens_after is not None and option.opens_after < 1:
        yield f"{where} opens_after is {option.opens_after}: it must be at least 1, or left out"
    if option.until_at_most_minutes is not None and option.until_at_most_minutes < 1:
        yield f"{where} until_at_most_minutes is {option.until_at_most_minutes}: it must be at least 1, or left out"
