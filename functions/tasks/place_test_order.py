"""Places the test order that a person has allowed, if all stands as it stood in the question."""

from __future__ import annotations

from functions.contracts import Answer, Frozen
from functions.ports import Ports
from functions.rules.closing.settled import SENDER_LIVES
from functions.runtime import task
from functions.settings import Settings
from functions.test_order import placing
from functions.test_order.job import Placed, ProbePlan

ACT = True
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = SENDER_LIVES
MEMORY_MB = 512


class Request(Frozen):
    plan: ProbePlan
    answer: Answer


class Response(Placed):
    pass


@task(Request, needs=placing.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    placed = placing.place(ports, settings, request.plan, request.answer.approval_id)
    return Response(over=placed.over, why=placed.why)
