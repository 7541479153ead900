"""The checklist after an emergency stop: started when the stop has ended and been told, and not waited for.

Nothing of the stop depends on it: whoever cannot start it says so, and nothing else happens.
"""

from __future__ import annotations

from typing import Any

from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.ids import execution_name
from functions.ports import Ports
from functions.runtime import logger, task
from functions.settings import Settings

ACT = True
REPEATABLE = True
TIMEOUT_SECONDS = 15
MEMORY_MB = 256

VERIFY = "verify-trading"


class Request(Frozen):
    """`output` as the conclusion gives it (RunOutput)."""

    execution_arn: str
    output: dict[str, Any]


class Response(Frozen):
    """`execution` null: none was started, `why` says why not."""

    execution: str | None
    why: str | None


@task(Request, needs=("executions.start_verification", "incidents.get"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del settings
    execution_arn, incident_id = request.execution_arn, str(request.output["incident_id"])
    try:
        # A stop whose incident could not be opened has nothing that a checklist could be written into.
        if (item := ports.incidents.get(incident_id)) is None:
            return Response(execution=None, why=f"there is no incident {incident_id} to write it into")
        given = {
            "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": execution_arn,
            "incident_id": incident_id,
            "dry_run": bool(item.get("dry_run")),
        }
        started = ports.executions.start_verification(execution_name(VERIFY, "after", execution_arn), given)
    except RunbookError as error:
        logger.warning("the checklist after a stop could not be started", cause=str(error))
        return Response(execution=None, why=str(error))
    return Response(execution=started, why=None if started else "it has run already")
