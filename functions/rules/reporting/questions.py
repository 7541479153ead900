"""What a run leaves for people to answer afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.facts import Outcome
from functions.rules.reporting.causes import NONE_FOUND, cause_told

# These met no trouble of their own: nothing happened that anybody would have to look into.
_NOTHING_HAPPENED: Final = frozenset(
    {Outcome.NOTHING_TO_DO, Outcome.DUPLICATE, Outcome.DELEGATED, Outcome.DRY_RUN, Outcome.INVALID_INPUT}
)

# Of these a good end means that nothing had broken.
_NOTHING_BROKE: Final = frozenset({"resume-trading", "verify-trading"})

# What a person began for a reason of his own.
_BY_HAND: Final = {
    "emergency-stop": "What made it necessary to stop trading",
    "resume-trading": "Why did trading not come back as it was",
}


def questions_of(
    outcome: Outcome,
    cause: str | None,
    *,
    runbook: str = "",
    own: Sequence[str] = (),
    not_done: Sequence[str] = (),
    unknown: Sequence[str] = (),
) -> tuple[str, ...]:
    """The runbook's own ones first, then each thing that is left to a person. Where a runbook asks none, the one
    that every incident leaves: a run finds what broke, and seldom why."""
    if outcome in _NOTHING_HAPPENED:
        return ()
    nothing_broke = outcome is Outcome.RESOLVED and runbook in _NOTHING_BROKE
    asked = own or (() if nothing_broke else (_behind(runbook, cause),))
    left = (*(f"Left to a person: {one}" for one in not_done), *(f"Not known: {one}" for one in unknown))
    return tuple(dict.fromkeys([*asked, *left]))


def _behind(runbook: str, cause: str | None) -> str:
    if cause is None or cause in NONE_FOUND:
        return "What was the cause, and what keeps it from happening again?"
    if runbook in _BY_HAND:
        return f"{_BY_HAND[runbook]}, and what keeps it from happening again?"
    told = " ".join(cause_told(runbook, cause)).rstrip(".")
    return f"What lies behind it ({told}), and what keeps it from happening again?"
