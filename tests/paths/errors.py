"""Which error leads where: names that a retrier or a catcher takes, and that none before it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

# What a task may end with; the first that fits is taken.
NAMES: Final = ("Broken", "Uncertain", "Refused", "Transient", "States.Timeout", "States.TaskFailed")
# Never taken by States.ALL.
APART: Final = frozenset({"States.DataLimitExceeded", "States.Runtime"})


def takes(handler: Mapping[str, Any], error: str) -> bool:
    names = handler["ErrorEquals"]
    if error in names:
        return True
    if "States.ALL" in names and error not in APART:
        return True
    return "States.TaskFailed" in names and error != "States.Timeout" and error not in APART


def first(handlers: Sequence[Mapping[str, Any]], error: str) -> int | None:
    return next((index for index, one in enumerate(handlers) if takes(one, error)), None)


def leading_to(handlers: Sequence[Mapping[str, Any]], index: int) -> Iterator[str]:
    """Errors that the handler of this index takes, and none before it."""
    named = [one for one in handlers[index]["ErrorEquals"] if one not in ("States.ALL", "States.TaskFailed")]
    for error in (*named, *NAMES):
        if first(handlers, error) == index:
            yield error


def throws(retriers: Sequence[Mapping[str, Any]], error: str) -> int:
    """How often a task must fail so until no retrier tries it again."""
    index = first(retriers, error)
    return 1 if index is None else int(retriers[index].get("MaxAttempts", 3)) + 1
