"""Says what became of the test order, for the checklist and for the incident, and lets its unit go.

Of one that its run had left, which has ended and told people that it may rest, people are told how that ended.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from functions.collecting import message, told
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Check, Evidence, Result
from functions.ports import Ports
from functions.rules.test_order.acted import ENDED
from functions.rules.test_order.allowed import PLACE
from functions.runtime import task
from functions.settings import Settings
from functions.test_order import recording, telling
from functions.test_order.job import ProbePlan, RealOrder, Said, Withdrawn

ACT = False
NOTIFIES = True
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    """`seen`: the last look at it; round 0: nobody had to look. `error`: what went wrong before; `lost`: why it
    could not be looked at any more."""

    plan: ProbePlan
    asked: Said
    seen: Withdrawn
    error: dict[str, Any] | None
    lost: dict[str, Any] | None


class Response(RealOrder):
    pass


@task(Request, needs=(*recording.NEEDS, *telling.NEEDS, "guards.release"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    result, value = _of(request)
    now, plan = ports.clock.now(), request.plan
    if plan.probe is not None and (request.lost is not None or request.seen.round > 0):
        # Once more, where the last look could not write it down; with the last word where there was no last look.
        acted = request.seen.acted if request.lost is None else Result.UNKNOWN
        recording.settle(ports, plan.run, plan.probe, acted, value)
    seen = Evidence(ENDED, _where(plan), value, now)
    if plan.left:
        telling.left(ports, settings, plan, seen, result, gone=request.lost is None and request.seen.gone)
    else:
        ports.incidents.note(plan.run.incident_id, [seen])
    if plan.guard_id and result is not Check.FAIL:
        with suppress(RunbookError):
            ports.guards.release(plan.guard_id, owner=plan.run.execution_arn)
    return Response(result=result, value=value, at=now)


def _of(request: Request) -> tuple[Check, str]:
    plan, seen = request.plan, request.seen
    why = _said(request.error)
    if plan.probe is None:
        return Check.SKIPPED, f"no real test order: {plan.reason}"
    if request.lost is not None:
        name = plan.probe.client_order_id
        lost = _said(request.lost)
        return Check.FAIL, f"whether test order {name} rests is not known ({lost}): cancel it by hand"
    if request.asked.said != PLACE and not plan.left:
        return Check.SKIPPED, f"no real test order: the answer was {request.asked.said}{f' ({why})' if why else ''}"
    if seen.round == 0 or seen.result is Check.SKIPPED:
        return Check.SKIPPED, f"no real test order: {why or seen.told}"
    return seen.result, f"{seen.told}{f' ({why})' if why else ''}"


def _said(error: dict[str, Any] | None) -> str:
    """What it says, or its word where it says nothing."""
    return (message(error) or told(error)) if error else ""


def _where(plan: ProbePlan) -> str:
    return f"{plan.probe.venue}/{plan.probe.account} {plan.probe.symbol}" if plan.probe else "no venue"
