"""What a run leaves behind it: locks that others can take over, and no question that still decides something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tests.sweep.seen import Seen

# The longest timeout of an act: afterwards an ended owner's guard is free.
LONGEST_ACT: Final = timedelta(minutes=15)
# Written in passing, and owned by nobody afterwards: one of an earlier run keeps nobody from anything.
MARKS: Final = ("cured/", "sweeps/")


def every_guard_can_be_taken_over(seen: Seen) -> Iterator[str]:
    """Locks may be taken over when their owner has ended and the longest timeout of an act has passed since."""
    running = {one.arn for one in seen.executions if one.status == "RUNNING"}
    known = {one.arn for one in seen.executions}
    for guard in seen.guards:
        if "owner" not in guard:
            continue
        if guard["owner"] not in known and not str(guard["guard_id"]).startswith(MARKS):
            yield f"guard {guard['guard_id']} belongs to {guard['owner']}, which is no execution of this run"
        elif guard["owner"] in running:
            yield f"guard {guard['guard_id']} is held by a run that goes on"
        if datetime.fromisoformat(str(guard["act_until"])) > seen.now + LONGEST_ACT:
            yield f"guard {guard['guard_id']} cannot be taken over until {guard['act_until']}"


def nothing_is_asked_for_a_run_that_is_over(seen: Seen) -> Iterator[str]:
    """The closer revokes open approvals; a run that ends leaves no question that still decides something."""
    ended = {one.arn for one in seen.executions if one.status != "RUNNING"}
    for one in seen.approvals:
        if one["standing"] == "pending" and one.get("execution_arn") in ended:
            yield f"approval {one['approval_id']} still takes answers: {one['question']['title']}"
