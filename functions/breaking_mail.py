"""Somebody has broken the glass: everybody of the desk hears it by mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions import asking
from functions.approvals import Approval
from functions.ports import Ports
from functions.rules import glass
from functions.rules.asking.policy import Policy
from functions.settings import Settings

NEEDS: Final = asking.NEEDS


def tell(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """Tells everybody of the desk, all waves, by mail and, where nobody was paged yet, by page; once, whoever
    comes first."""
    now, policy = ports.clock.now(), Policy.of(settings)
    begun = glass.told(approval, now, policy)
    if begun is None:
        return approval
    rungs = settings.approvals.rungs_of(approval.question.desk)
    everybody = {person: number for number, people in reversed(list(enumerate(rungs))) for person in people}
    new = asking.letters(settings, everybody, now)
    claimed = replace(begun, asked=(*begun.asked, *new.asked))
    paged = begun.glass is not None and begun.glass.paged_at is not None
    return asking.tell(ports, settings, approval, claimed, new, "glass", paged=paged)
