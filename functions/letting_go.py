"""What releasing the kill switch and allowing exits have in common: conditions, the record, and who is told."""

from __future__ import annotations

from typing import Final

from functions import resume_telling
from functions.contracts import Answer, Frozen, Run
from functions.errors import Refused, RunbookError
from functions.facts import Evidence, KillSwitchFact
from functions.ports import Ports
from functions.resume_telling import MONITORING
from functions.resuming import ResumeOrder, Scope
from functions.rules.resume_meanwhile import hash_of
from functions.runtime import logger

NEEDS: Final = (*resume_telling.NEEDS, "clock.now", "guards.kill_switch", "incidents.note")
KILL_SWITCH: Final = "kill switch"


class Request(Frozen):
    run: Run
    order: ResumeOrder
    scope: Scope
    answer: Answer


def as_asked(ports: Ports, scope: Scope) -> KillSwitchFact:
    """The kill switch, engaged by the halt that was asked about and by no stop since; else `Refused`."""
    switch = ports.guards.kill_switch()
    if not switch.engaged:
        raise Refused("the kill switch was released by somebody else while the question stood")
    if switch.halt_id != scope.halt_id or hash_of(switch.stops) != scope.stops:
        by, why = switch.engaged_by or "nobody named", switch.reason or "no reason given"
        raise Refused(f"stopped again while the question stood (the kill switch is engaged by {by}: {why})")
    return switch


def who(answer: Answer) -> str:
    return " and ".join(answer.decided_by) or "nobody named"


def tell(ports: Ports, request: Request, stops: tuple[str, ...], body: str) -> None:
    """The status page, best effort; its incidents stay in the run's own for its end."""
    pages = resume_telling.pages_of(ports, request.scope.halts, stops)
    trouble = resume_telling.update(ports, pages, MONITORING, body)
    seen = [Evidence("trouble", "status page", one, ports.clock.now()) for one in trouble]
    try:
        ports.incidents.note(request.run.incident_id, seen, status_pages=list(pages))
    except RunbookError as error:
        logger.warning("the status page's incidents could not be noted", cause=str(error))
