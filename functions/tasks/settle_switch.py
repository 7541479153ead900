"""What the question came to where nothing is switched: wait on, leave it, no answer, or the venue is back."""

from __future__ import annotations

from typing import Any

from functions import switch_facts
from functions.collecting import told
from functions.contracts import Answer, Frozen
from functions.facts import Evidence, Reading, Result
from functions.outlasting import Outlast
from functions.ports import Ports
from functions.rules.pieces import AfterAsking
from functions.rules.switch_exchange import longer
from functions.rules.switch_question import KEEP_WAITING, LEAVE, SWITCH
from functions.runtime import task
from functions.settings import Settings
from functions.switching import Switched, SwitchPlan, back_again, outcome

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256
IN_NETWORK = True


class Request(Frozen):
    """`answer` null: nobody was asked, or `error` says why nobody answered. Both: the act itself failed."""

    plan: SwitchPlan
    answer: Answer | None
    error: dict[str, Any] | None


class Response(Switched):
    pass


@task(Request, needs=("clock.now", "incidents.note", "probes.look"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan, answer = request.plan, request.answer
    why = told(request.error) if request.error else None
    if plan.question is None:
        return _unasked(plan)
    if answer is not None and answer.decision == SWITCH:
        lost = why or "what came of the switch is not known"
        return _ended(plan, answer, lost, AfterAsking.ACTED, Result.UNKNOWN)
    probe = switch_facts.probe(ports, settings, plan.venue)
    if probe is not None and probe.reading is Reading.OK:
        back = f"{plan.venue} answers again: {probe.detail}"
        seen = Evidence("back while a person was asked", probe.target, back, ports.clock.now())
        ports.incidents.note(plan.run.incident_id, [seen])
        return Response(**dict(back_again(plan, answer, back, ports.clock.now())))
    if answer is not None and answer.decision == KEEP_WAITING:
        return _wait_on(plan, answer, ports, settings)
    if answer is not None and answer.decision == LEAVE:
        return _ended(plan, answer, "left as it is", AfterAsking.LEFT_OPEN, None)
    return _ended(plan, answer, why or "nobody answered", AfterAsking.UNANSWERED, None)


def _unasked(plan: SwitchPlan) -> Response:
    if plan.back_at is not None:
        return Response(**dict(back_again(plan, None, plan.why, plan.back_at)))
    return _ended(plan, None, f"nobody was asked: {plan.why}", None, Result.NOT_DONE)


def _ended(
    plan: SwitchPlan, answer: Answer | None, why: str, ending: AfterAsking | None, result: Result | None
) -> Response:
    told = outcome(plan, why, answer, ending, result=result)
    return Response(keep_waiting=False, wait=plan.wait, result=told)


def _wait_on(plan: SwitchPlan, answer: Answer, ports: Ports, settings: Settings) -> Response:
    """As long as the person has allowed, and no longer than the settings do."""
    limits, now = settings.limits, ports.clock.now()
    asked = (answer.until - now).total_seconds() if answer.until else 0
    every, looks = longer(min(asked, limits.maintenance_wait), limits.look_again_every)
    until = f"until {answer.until:%H:%M:%S} UTC" if answer.until else "once more"
    why = f"waiting on for {plan.venue} {until}, as {' and '.join(answer.decided_by) or 'nobody named'} chose"
    ports.incidents.note(plan.run.incident_id, [Evidence("keeps waiting", plan.venue, why, now)])
    changed = {
        "wait_seconds": every,
        "looks_left": looks,
        "over": False,
        "again": True,
        "ask": False,
        "asks_left": plan.wait.asks_left - 1,
        "seen_at": None,
        "why": why,
    }
    wait = Outlast(**{**dict(plan.wait), **changed})
    return Response(keep_waiting=True, wait=wait, result=outcome(plan, why, answer, None, result=Result.NOT_DONE))
