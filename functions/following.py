"""Requests that joined another one: what became of that one becomes of them, each by a write of its own."""

from __future__ import annotations

from typing import Final

from functions import delivering, filing
from functions.approvals import Approval, Delivery
from functions.errors import RunbookError
from functions.ports import Ports
from functions.rewriting import again
from functions.rules.asking.policy import Policy
from functions.rules.asking.storms import spread
from functions.runtime import logger
from functions.settings import Settings

NEEDS: Final = (*delivering.NEEDS, *filing.NEEDS)


def follow(ports: Ports, settings: Settings, member: Approval, parent: Approval | None) -> Approval:
    """The member after what became of its parent (None: it is gone), handed over where it was answered."""
    changed = spread(parent, member, ports.clock.now(), Policy.of(settings))
    if changed is None:
        return member
    if not ports.approvals.change(changed):
        return again(ports, member)
    try:
        if changed.delivery is Delivery.DUE:
            changed = delivering.deliver(ports, changed, first=True)
    finally:
        changed = filing.file(ports, changed)
    return changed


def lead(ports: Ports, settings: Settings, parent: Approval) -> None:
    """Every member of a request follows it at once. Never raises: one that fails stops no other, and the
    sweeper finds it by itself."""
    for one in parent.members:
        try:
            member = ports.approvals.get(one.approval_id)
            if member is not None and member.parent == parent.approval_id:
                follow(ports, settings, member, parent)
        except RunbookError as error:
            logger.warning("a member is left to the sweeper", approval_id=one.approval_id, cause=str(error))
