"""What a request has come to, put into its incident; trouble with that stops no answer on its way."""

from __future__ import annotations

from typing import Final

from functions.approvals import Approval
from functions.errors import RunbookError
from functions.ports import Ports
from functions.recording import record_of
from functions.runtime import logger

NEEDS: Final = ("incidents.record_approval",)
TRIES: Final = 3


def file(ports: Ports, approval: Approval) -> bool:
    """Writes the record (never a key or its hash) into the incident. False where that did not succeed: the
    table of approvals holds all of it, and the next change files it again."""
    for _ in range(TRIES):
        try:
            ports.incidents.record_approval(approval.incident_id, record_of(approval))
        except RunbookError as error:
            cause = f"{type(error).__name__}: {error}"
            continue
        return True
    logger.error("an approval is not in its incident", approval_id=approval.approval_id, cause=cause)
    return False
