"""An alarm's rule as DescribeAlarms gives it, and which rules can be judged anew."""

from __future__ import annotations

from functions.facts import BreachFact


def no_alarm(name: str) -> BreachFact:
    return unjudged(name, None, "there is no alarm of this name")


def unjudged(name: str, state: str | None, why: str) -> BreachFact:
    return BreachFact(
        name=name,
        state=state,
        treat_missing_data=None,
        comparison=None,
        threshold=None,
        needed=0,
        window=0,
        period_seconds=0,
        points=(),
        unsupported=why,
    )
