"""Until runs have ended and what goes on beside them has come to rest, while people answer what is asked."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tests.e2e.platform import ClientError, Platform
from tests.sweep.people import People

SETTLED_SECONDS = 60.0
# A closer that is at work on another run of the same case; and a mail's way into the mailbox.
REST_SECONDS = 0.5


def ended(platform: Platform, arns: Sequence[str], people: People, seconds: float) -> None:
    """Raises AssertionError where they do not end in that time."""
    deadline = time.monotonic() + seconds
    while any(platform.describe(arn)["status"] == "RUNNING" for arn in arns):
        assert time.monotonic() < deadline, f"no end within {seconds:.0f} s: {', '.join(arns)}"
        _answered(people)
        time.sleep(0.15)


def settled(platform: Platform, arns: Sequence[str], people: People) -> None:
    """Those that they started, the closer, mails. What never comes, the laws tell."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while not _over(platform, arns) and time.monotonic() < deadline:
        _answered(people)
        time.sleep(0.2)
    time.sleep(REST_SECONDS)


def _over(platform: Platform, arns: Sequence[str]) -> bool:
    return not platform._busy() and all(_told(platform, arn) for arn in arns)


def _told(platform: Platform, arn: str) -> bool:
    """A run that came to its own end says so before it; any other one is ended and told of by the closer."""
    field = "outcome" if platform.describe(arn)["status"] == "SUCCEEDED" else "notified_at"
    return bool(platform.incident_of(arn).get(field))


def _answered(people: People) -> None:
    if not people.says:
        return
    try:
        people.answer_all()
    except ClientError:
        # Its run ended in this moment.
        return
