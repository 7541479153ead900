"""What every reader of outside data has to keep: it answers, or raises one of the four words, soon, and its words
hold none of our secrets."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import thread_time
from typing import Any, Final

from hypothesis import HealthCheck, settings

from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain

FOUR: Final = (Transient, Refused, Uncertain, Broken)
# Seconds of CPU for one reading of one hostile thing; a regular expression that runs away takes minutes.
LONGEST: Final = 2.0


class Unread:
    """In an answer's place: it could not be read, which is never taken for an answer."""

    def __init__(self, word: RunbookError) -> None:
        self.word = word


def lawfully(work: Callable[[], Any], *, secrets: tuple[str, ...] = (), within: float = LONGEST) -> Any:
    """The answer, or `Unread`. Any other exception goes through, and fails the test that asked."""
    began = thread_time()
    try:
        answer = work()
    except FOUR as word:
        answer = Unread(word)
        told = f"{word} {word.trouble.told() if word.trouble else ''}"
        if any(secret in told for secret in secrets):
            raise AssertionError("an error tells a secret") from None
    took = thread_time() - began
    assert took < within, f"it took {took:.1f} s"
    return answer


# `HYPOTHESIS_PROFILE=deep`: as many examples more, for the sweep.
DEEP: Final = 25 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 1


def fuzzed(examples: int) -> settings:
    """So many examples, however slow the machine is: how long a reading takes is measured by its own CPU above."""
    quick = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=examples * DEEP, deadline=None, suppress_health_check=quick)
