"""What a run leaves for people to answer afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.facts import Outcome

# These met no trouble of their own: nothing happened that anybody would have to look into.
_NOTHING_HAPPENED: Final = frozenset(
    {Outcome.NOTHING_TO_DO, Outcome.DUPLICATE, Outcome.DELEGATED, Outcome.DRY_RUN, Outcome.INVALID_INPUT}
)


def questions_of(
    outcome: Outcome,
    cause: str | None,
    *,
    own: Sequence[str] = (),
    not_done: Sequence[str] = (),
    unknown: Sequence[str] = (),
) -> tuple[str, ...]:
    """The runbook's own ones first, then each thing that is left to a person. Where a runbook asks none, the one
    that every incident leaves: a run finds what broke, and seldom why."""
    if outcome in _NOTHING_HAPPENED:
        return ()
    why = f"What lies behind {cause}" if cause else "What was the cause"
    asked = own or (f"{why}, and what keeps it from happening again?",)
    left = (*(f"Left to a person: {one}" for one in not_done), *(f"Not known: {one}" for one in unknown))
    return tuple(dict.fromkeys([*asked, *left]))
