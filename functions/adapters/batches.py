"""Many single writes in few calls: BatchExecuteStatement, 25 statements a call, several calls side by side.

An answer of 200 says nothing about its statements: each has an error of its own. What was throttled, or whose
answer was lost, is said again with full jitter until the time is up; every statement recognises its own earlier
try, so a repeat does nothing twice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.attribute_values import Item, packed, unpacked_item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import TURNED_AWAY, Saying, word_for
from functions.errors import RunbookError, Transient, Uncertain
from functions.ports import Clock

A_CALL: Final = 25
SIDE_BY_SIDE: Final = 8
# Answers that say how the item stands, whatever became of an earlier try.
SETTLED: Final = (None, "ConditionalCheckFailed", "DuplicateItem")
# Seconds; the wait before a repeat is anything from nothing to twice as much each time.
FIRST_WAIT: Final = 0.05
LONGEST_WAIT: Final = 2.0


@dataclass(frozen=True, slots=True)
class Statement:
    """PartiQL about one item; `key` is its partition key."""

    key: str
    text: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a statement. `code` None: it was done. `old` is the item on which its condition failed.
    `lost`: it may have been done. `again`: it may be said once more. `unsent`: why it never left."""

    code: str | None = None
    why: str = ""
    old: Item | None = None
    lost: bool = False
    again: bool = False
    unsent: RunbookError | None = None


class Batches:
    """`action` is IAM's name of what the statements do, for errors. `pace`: how long a call waits for an answer."""

    def __init__(
        self,
        aws: Aws,
        action: str,
        clock: Clock,
        *,
        pace: Saying = Saying.ACT,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._aws, self._action, self._clock = aws, action, clock
        self._pace, self._sleep, self._jitter = pace, sleep, jitter

    def run(self, statements: Sequence[Statement], *, until: datetime) -> Mapping[str, Said]:
        """One answer for each key. Raises only where not a single statement left us."""
        said: dict[str, Said] = {}
        left = list({each.key: each for each in statements}.values())
        most = FIRST_WAIT
        while left:
            for statement, answer in zip(left, self._round(left), strict=True):
                before = said.get(statement.key)
                lost = answer.lost or (before is not None and before.lost and answer.code not in SETTLED)
                said[statement.key] = replace(answer, lost=lost)
            left = [each for each in left if said[each.key].again]
            wait = self._jitter(0, most)
            if left and self._clock.now() + timedelta(seconds=wait) >= until:
                break
            if left:
                self._sleep(wait)
            most = min(2 * most, LONGEST_WAIT)
        unsent = [answer.unsent for answer in said.values()]
        if unsent and all(unsent):
            raise next(error for error in unsent if error)
        return said

    def _round(self, statements: Sequence[Statement]) -> list[Said]:
        calls = [statements[start : start + A_CALL] for start in range(0, len(statements), A_CALL)]
        with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(calls))) as pool:
            return [answer for answers in pool.map(self._call, calls) for answer in answers]

    def _call(self, statements: Sequence[Statement]) -> list[Said]:
        told = [
            {
                "Statement": each.text,
                "Parameters": [packed(value) for value in each.parameters],
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
            for each in statements
        ]
        try:
            answer = self._aws.client("dynamodb", self._pace).batch_execute_statement(Statements=told)
        except (BotoCoreError, ClientError) as error:
            return [self._failed(error)] * len(statements)
        answers = [_said(response.get("Error")) for response in answer.get("Responses", ())]
        if len(answers) != len(statements):
            why = f"{self._action}: {len(answers)} answers to {len(statements)} statements"
            return [Said("NoAnswer", why, lost=True, again=True)] * len(statements)
        return answers

    def _failed(self, error: Exception) -> Said:
        """The whole call."""
        word = word_for(error, Saying.ACT, self._action)
        unsure = isinstance(word, Uncertain)
        return Said(
            code=type(word).__name__,
            why=str(word),
            lost=unsure,
            again=unsure or isinstance(word, Transient),
            unsent=None if unsure or isinstance(error, ClientError) else word,
        )


def _said(error: Mapping[str, Any] | None) -> Said:
    """A statement's own error."""
    if not error:
        return Said()
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    unsure = code == "InternalServerError"
    return Said(
        code=code,
        why=f"{code}: {message}".removesuffix(": "),
        old=unpacked_item(error["Item"]) if error.get("Item") else None,
        lost=unsure,
        again=unsure or code in TURNED_AWAY,
    )


def insert(table: str, key: str, item: Mapping[str, Any]) -> Statement:
    """Fails with `DuplicateItem` where an item of this key stands. The attributes' names are our own."""
    names = ", ".join(f"'{name}': ?" for name in item)
    return Statement(str(item[key]), f'INSERT INTO "{table}" VALUE {{{names}}}', tuple(item.values()))


def update(
    table: str,
    key: Mapping[str, str],
    sets: Mapping[str, Any],
    where: Mapping[str, Any],
    removing: Sequence[str] = (),
) -> Statement:
    """Fails with `ConditionalCheckFailed` where the item is gone or `where` does not hold. Each attribute has a SET
    of its own, as in DynamoDB's reference."""
    assigned = " ".join([*(f'SET "{name}" = ?' for name in sets), *(f'REMOVE "{name}"' for name in removing)])
    held = " AND ".join(f'"{name}" = ?' for name in (*key, *where))
    text = f'UPDATE "{table}" {assigned} WHERE {held}'
    return Statement(next(iter(key.values())), text, (*sets.values(), *key.values(), *where.values()))
