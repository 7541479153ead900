"""Whether an approval allows this very close. Everything that is not plainly so is refused at the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from functions.approvals import Approval, Standing

BOUNDED: Final = "emergency_close"
UNBOUNDED: Final = "emergency_close_unbounded"


def is_bounded(approval: Approval) -> bool:
    """Whether the chosen option has a worst price. Whatever is not the option without one has it."""
    return approval.decision is None or approval.decision.option != UNBOUNDED


def why_refused(
    approval: Approval | None,
    used_by: str | None,
    *,
    position_id: str,
    incident_id: str,
    now: datetime,
    holds: timedelta,
) -> str | None:
    """None: the close may begin. `used_by`: the incident that has used it already. `holds`: how long after its
    decision it may begin.

    An approval is used by the write that prepares the first order, so whoever finds it used at the door of a close
    would be a second close by the same yes; a close that goes on never comes to its door again.
    """
    if approval is None:
        return "approval_id: there is no such approval"
    if approval.incident_id != incident_id:
        return f"approval_id: it belongs to the incident {approval.incident_id}"
    terms, decision = approval.question.close, approval.decision
    if terms is None or terms.position_id != position_id:
        return "approval_id: it is not about closing this position"
    if approval.standing is not Standing.DECIDED or decision is None:
        return f"approval_id: it is {approval.standing.value}, not decided"
    if decision.option not in (BOUNDED, UNBOUNDED):
        return f"approval_id: it was decided for {decision.option}, which allows no order"
    if used_by is not None:
        return f"approval_id: the incident {used_by} has used it already"
    if now > decision.at + holds:
        return f"approval_id: it was decided at {decision.at:%Y-%m-%d %H:%M:%S} UTC and has lapsed since"
    return None
