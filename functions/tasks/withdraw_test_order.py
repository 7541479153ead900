"""Sees the test order open, cancels it, and sees it gone - or says that it must be looked for once more."""

from __future__ import annotations

from functions.contracts import Frozen
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.test_order import withdrawing
from functions.test_order.job import ProbePlan, Withdrawn

ACT = True
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512


class Request(Frozen):
    """`over`: the call that placed it was seen to end. `round` and `was_open` of the look before, or 0 and
    false."""

    plan: ProbePlan
    over: bool
    round: int
    was_open: bool


class Response(Withdrawn):
    pass


@task(Request, needs=withdrawing.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del settings
    found = withdrawing.withdraw(
        ports, request.plan, number=request.round + 1, was_open=request.was_open, call_over=request.over
    )
    return Response(**found.model_dump())
