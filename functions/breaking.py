"""Somebody has broken the glass: the paging topic hears it in the same call that decided."""

from __future__ import annotations

from typing import Final

from functions import rewriting, sending
from functions.approvals import Approval
from functions.ports import Ports
from functions.rewriting import rewrite
from functions.rules import glass
from functions.settings import Settings

NEEDS: Final = (*rewriting.NEEDS, "clock.now", "notifier.page")


def page(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """Pages the topic at once. Whoever takes the answers sends no mail, so that he holds no right to: the sweeper
    mails everybody within a minute, and pages where this could not. Raises what the approvals port raises."""
    if not glass.owes(approval) or sending.page(ports, settings, approval, "glass") is not None:
        return approval
    now = ports.clock.now()
    return rewrite(ports, approval, lambda stands: glass.paged(stands, now))[0]
