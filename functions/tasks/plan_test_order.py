"""Decides where a real test order harms nobody, and puts the question - or says why none is placed."""

from __future__ import annotations

from functions.contracts import Frozen
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
    found = planning.plan(ports, settings, request.job.run, request.job.scope.strategy_ids)
    name = "a test order is asked for" if found.question else "no test order is placed"
    where = found.probe.symbol if found.probe else "every live account"
    value = found.question.title if found.question else found.reason
    ports.incidents.note(request.job.run.incident_id, [Evidence(name, where, value, ports.clock.now())])
    return Response(**found.model_dump(exclude={"question", "probe"}), question=found.question, probe=found.probe)
