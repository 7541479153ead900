"""Decides where a real test order harms nobody, and puts the question - or says why none is placed. Of one that a
run has left nobody is asked: it is only withdrawn."""

from __future__ import annotations

from contextlib import suppress

from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Evidence
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.test_order import planning
from functions.test_order.job import ProbeJob, ProbePlan

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    job: ProbeJob


class Response(ProbePlan):
    pass


@task(Request, needs=(*planning.NEEDS, "clock.now", "incidents.note"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job = request.job
    if job.left is not None:
        found = planning.left(job.run, job.left)
        # Nothing keeps an order from being withdrawn that rests already.
        with suppress(RunbookError):
            _note(ports, found, "a test order that its run has left is withdrawn", found.reason)
    else:
        found = planning.plan(ports, settings, job.run, job.scope.strategy_ids)
        name = "a test order is asked for" if found.question else "no test order is placed"
        _note(ports, found, name, found.question.title if found.question else found.reason)
    return Response(**found.model_dump(exclude={"question", "probe"}), question=found.question, probe=found.probe)


def _note(ports: Ports, found: ProbePlan, name: str, value: str) -> None:
    where = found.probe.symbol if found.probe else "every live account"
    ports.incidents.note(found.run.incident_id, [Evidence(name, where, value, ports.clock.now())])
