"""What a request has come to, put into its incident; trouble with that stops no answer on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from functions import rewriting
from functions.approvals import Approval
from functions.errors import Broken, RunbookError
from functions.ports import Ports
from functions.recording import record_of
from functions.rewriting import again, rewrite
from functions.runtime import logger

NEEDS: Final = (*rewriting.NEEDS, "approvals.change", "incidents.record_approval")


def file(ports: Ports, approval: Approval) -> bool:
    """Writes the record (never a key or its hash) into the incident. False where that did not succeed: the
    request is marked then, and the sweeper comes back to it (`catch_up`). Never raises."""
    try:
        ports.incidents.record_approval(approval.incident_id, record_of(approval))
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.error("an approval is not in its incident", approval_id=approval.approval_id, cause=cause)
        # There is nothing to come back to where the incident itself is missing.
        if not isinstance(error, Broken):
            _mark(ports, approval)
        return False
    return True


def catch_up(ports: Ports, approval: Approval) -> Approval:
    """Files a request whose incident was not told. Raises what the ports raise; it stays marked then."""
    told = replace(approval, version=approval.version + 1, unfiled=False)
    ports.incidents.record_approval(told.incident_id, record_of(told))
    return told if ports.approvals.change(told) else again(ports, approval)


def _mark(ports: Ports, approval: Approval) -> None:
    def rule(stands: Approval) -> Approval | None:
        return None if stands.unfiled else replace(stands, version=stands.version + 1, unfiled=True)

    try:
        rewrite(ports, approval, rule)
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.error("an unfiled approval is not marked", approval_id=approval.approval_id, cause=cause)
