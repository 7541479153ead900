"""A check asks one thing; an answer says what is there and, where it is wrong, what to change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from console.aws import Aws


class Result(StrEnum):
    """`note`: not wrong, but good to know before the night. `unknown` is not a pass."""

    PASS = "pass"  # noqa: S105 - a checklist word, not a password
    NOTE = "note"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    what: str
    result: Result
    value: str
    advice: str = ""


Check = Callable[[Aws], Iterable[Answer]]


def passed(what: str, value: str) -> Answer:
    return Answer(what, Result.PASS, value)


def noted(what: str, value: str, advice: str = "") -> Answer:
    return Answer(what, Result.NOTE, value, advice)


def failed(what: str, value: str, advice: str) -> Answer:
    return Answer(what, Result.FAIL, value, advice)


def ask(aws: Aws, checks: Iterable[tuple[str, Check]]) -> Iterator[Answer]:
    """Every answer; a check that AWS refuses is unknown and stops no other."""
    for what, check in checks:
        try:
            yield from check(aws)
        except (ClientError, BotoCoreError) as error:
            yield Answer(what, Result.UNKNOWN, str(error), "may these credentials read it?")
