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


def file(ports: Ports, approval: Approval) -> Approval:
    """Writes the record (never a key or its hash) into the incident. The request as it stands afterwards: where
    that did not succeed it is marked, and the sweeper comes back to it (`catch_up`). Never raises."""
    try:
        return catch_up(ports, approval)
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.error("an approval is not in its incident", approval_id=approval.approval_id, cause=cause)
        return _mark(ports, approval)


def catch_up(ports: Ports, approval: Approval) -> Approval:
    """The same, raising what the ports raise; it is left as it is then. Whoever ends a request marks it in the
    same write, so that one who dies before this leaves something to come back to."""
    try:
        ports.incidents.record_approval(approval.incident_id, record_of(approval))
    except Broken as error:
        # There is nothing to come back to where the incident itself is missing.
        logger.error("an approval has no incident", approval_id=approval.approval_id, cause=str(error))
    if not approval.unfiled:
        return approval
    told = replace(approval, version=approval.version + 1, unfiled=False)
    return told if ports.approvals.change(told) else again(ports, approval)


def _mark(ports: Ports, approval: Approval) -> Approval:
    def rule(stands: Approval) -> Approval | None:
        return None if stands.unfiled else replace(stands, version=stands.version + 1, unfiled=True)

    try:
        return rewrite(ports, approval, rule)[0]
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.error("an unfiled approval is not marked", approval_id=approval.approval_id, cause=cause)
        return approval
