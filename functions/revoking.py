"""Withdraws the questions of a run that is over: nobody waits for an answer, and an old link decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions import filing
from functions.approvals import Approval, Standing
from functions.errors import RunbookError, Transient
from functions.ports import Ports
from functions.rules.asking import standing

NEEDS: Final = (*filing.NEEDS, "approvals.change", "approvals.get", "approvals.open", "incidents.get")
TRIES: Final = 8


def withdraw(ports: Ports, incident_id: str) -> tuple[dict[str, str], str | None]:
    """The titles of the incident's withdrawn questions by approval id, those of an earlier try too, and what
    went wrong. Never raises: the sweeper withdraws what this could not."""
    titles: dict[str, str] = {}
    try:
        for approval in _pending(ports, incident_id):
            if (after := _revoked(ports, approval)) is not None:
                filing.file(ports, after)
                titles[after.approval_id] = after.question.title
        for record in (ports.incidents.get(incident_id) or {}).get("approvals") or ():
            if record.get("standing") == Standing.REVOKED:
                titles.setdefault(record["approval_id"], str(record.get("title") or "untitled"))
    except RunbookError as error:
        return titles, f"{type(error).__name__}: {error}"
    return titles, None


def _pending(ports: Ports, incident_id: str) -> Iterator[Approval]:
    for approval in ports.approvals.open():
        if approval.incident_id == incident_id and approval.standing is Standing.PENDING:
            yield approval


def _revoked(ports: Ports, approval: Approval | None) -> Approval | None:
    """As it was revoked; None where somebody decided it first."""
    for _ in range(TRIES):
        changed = None if approval is None else standing.revoke(approval)
        if approval is None or changed is None:
            return None
        if ports.approvals.change(changed):
            return changed
        approval = ports.approvals.get(approval.approval_id)
    raise Transient("a question changes faster than it can be withdrawn")
