"""From when an answer is taken: some open only once the others have had their time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from functions.approvals import Approval, Option


def opens_at(approval: Approval, option: Option, pace: float) -> datetime | None:
    """From when the answer is taken; None: at once. `pace`: seconds of this environment for one of the option's
    (settings.time_scale)."""
    if option.opens_after is None:
        return None
    return approval.asked_at + timedelta(seconds=option.opens_after * pace)


def not_open_yet(approval: Approval, option: Option, now: datetime, pace: float) -> datetime | None:
    """From when it will be taken; None where it is taken now."""
    opens = opens_at(approval, option, pace)
    return opens if opens is not None and now < opens else None


def opens_late(options: Iterable[Option]) -> bool:
    """Whether any of them opens later than the question is asked."""
    return any(option.opens_after is not None for option in options)
