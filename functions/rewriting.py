"""A change of a request that others may be changing too: read, judged and written again until it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from functions.approvals import Approval
from functions.errors import Transient
from functions.ports import Ports

NEEDS: Final = ("approvals.change", "approvals.get")
TRIES: Final = 8

Rule = Callable[[Approval], Approval | None]


def rewrite(ports: Ports, approval: Approval, rule: Rule) -> tuple[Approval, bool]:
    """The request as it stands afterwards, and whether this call wrote it. `rule` gives its next version, or
    None where there is nothing (any more) to write; it may be asked `TRIES` times. Raises Transient where
    others were first each time."""
    for _ in range(TRIES):
        changed = rule(approval)
        if changed is None:
            return approval, False
        if ports.approvals.change(changed):
            return changed, True
        approval = again(ports, approval)
    raise Transient(f"{approval.approval_id}: others wrote at the same time, {TRIES} times")


def again(ports: Ports, approval: Approval) -> Approval:
    """As it stands after somebody else was first; nothing is ever deleted from the table."""
    return ports.approvals.get(approval.approval_id) or approval
