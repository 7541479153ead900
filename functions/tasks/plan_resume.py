"""Decides whether trading may be asked about, and puts the question - or says why it is not put.

Everything that can hold while nobody trades is looked at first; what fails asks nobody.
"""

from __future__ import annotations

from math import ceil

from functions import halts_left, resume_facts, returning
from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import ChecklistItem, Evidence, KillSwitchFact
from functions.ports import Ports
from functions.raising import desk_of
from functions.resuming import MANAGE_ONLY, ResumeOrder, ResumePlan, Scope
from functions.rules import kill_switch
from functions.rules.halt_watch import may_hold_down
from functions.rules.proposals import names
from functions.rules.resume_batches import size_of
from functions.rules.resume_checks import checks, failing, unknown
from functions.rules.resume_meanwhile import hash_of
from functions.rules.resume_plan import Way, way
from functions.rules.resume_question import Asking, question
from functions.rules.resume_scope import One, Stands, comes_back, forgotten, left_out, surely
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)
HOUR = 3_600


class Request(Frozen):
    run: Run
    order: ResumeOrder


class Response(ResumePlan):
    pass


@task(
    Request,
    needs=(
        *returning.NEEDS,
        *halts_left.NEEDS,
        *resume_facts.NEEDS,
        "clock.now",
        "guards.kill_switch",
        "incidents.note",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, order = request.run, request.order
    try:
        switch = ports.guards.kill_switch()
    except RunbookError as error:
        return _ended("escalate", f"the kill switch could not be read: {error}", _nothing())
    states = returning.states_of(ports, order)
    halt_ids = halts_left.halts_of(ports, switch, states, settings)
    records = returning.recorded(ports, halt_ids, states, order)
    ones = returning.ones_of(records, states, halt_ids, settings)
    out = left_out(states, records, halt_ids, order.strategy_ids)
    lost = forgotten(out, halt_ids)
    only = order.to == MANAGE_ONLY
    # Who manages exits does so only while the service may run: a stop since has taken it down.
    coming = [one for one in ones if comes_back(one, managing=only and not may_hold_down(switch))]
    ids = [one.strategy_id for one in coming]
    found = way(switch, strategy_ids=order.strategy_ids, coming=ids, only_manage=only)
    scope = Scope(
        halt_id=switch.halt_id if switch.engaged else None,
        halts=halt_ids,
        stops=hash_of(switch.stops),
        whole=found.whole,
        total=len(coming),
        service_halts=tuple(dict.fromkeys([*halt_ids, *surely(switch)])),
    )
    if found.nothing is not None and lost:
        return _ended("escalate", "nobody can be brought back", scope, *_forgotten(lost))
    if found.nothing is not None:
        return _ended("nothing_to_do", found.nothing, scope)
    if found.blocked is not None:
        return _ended("escalate", found.blocked, scope, *_forgotten(lost))
    facts = resume_facts.facts_of(
        ports, settings, order, switch, halt_ids=scope.service_halts, states=states, coming=ids
    )
    items = checks(facts)
    names_out = tuple(state.strategy_id for state in out)
    exposure = resume_facts.exposure_of(ports, order, facts.orders)
    asking = _asking(request, settings, switch, coming, found, items, exposure, names_out)
    stands = Evidence("kill switch", "guards", _told(switch), facts.at)
    ports.incidents.note(run.incident_id, [stands], checklist=items, strategy_ids=ids)
    return _planned(run, scope, asking, items, lost)


def _planned(
    run: Run, scope: Scope, asking: Asking, items: tuple[ChecklistItem, ...], lost: tuple[str, ...]
) -> Response:
    out = [one for one in asking.left_out if one not in set(lost)]
    failed, dark = failing(items), unknown(items)
    put = question(asking)
    verdict, reason = "ask", "asked"
    if failed:
        verdict, reason = "escalate", f"{_checks(len(failed))} before trading may come back: {failed[0]}"
    elif run.dry_run:
        verdict, reason = "dry_run", f"would ask: {put.title}"
    return Response.model_validate(
        {
            "verdict": verdict,
            "reason": reason,
            "question": put if verdict == "ask" else None,
            "scope": scope,
            "failing": failed,
            "unknown": tuple(f"{item.question} Not known: {item.value}" for item in dark),
            "not_proven": tuple(item.id for item in dark),
            "left_out": (f"{names(out, 10)}: stopped, and no halt recorded them",) if out else (),
            "forgotten": _forgotten(lost),
            "would": tuple(f"{option.label}: {option.consequence}" for option in put.options),
        }
    )


def _forgotten(lost: tuple[str, ...]) -> tuple[str, ...]:
    why = "stopped by a halt, and nobody knows what they were: look them up and start them by hand"
    return (f"{names(lost, 10)}: {why}",) if lost else ()


def _checks(number: int) -> str:
    return "1 check fails" if number == 1 else f"{number} checks fail"


def _asking(
    request: Request,
    settings: Settings,
    switch: KillSwitchFact,
    coming: list[One],
    found: Way,
    items: tuple[ChecklistItem, ...],
    exposure: str,
    out: tuple[str, ...],
) -> Asking:
    order, limits = request.order, settings.limits
    waiting = tuple(one.strategy_id for one in coming if one.stands is Stands.WAITING)
    size = size_of(2, len(coming), least=limits.resume_batch_least, most=limits.resume_batches_most)
    earlier = tuple(one.strategy_id for one in coming if switch.halt_id not in one.marks and switch.engaged)
    again: dict[str, str | tuple[str, ...]] = {"reason": order.reason, "to": order.to}
    if order.strategy_ids is not None:
        again["strategy_ids"] = order.strategy_ids
    return Asking(
        switch=switch,
        waiting=waiting,
        managing=tuple(one.strategy_id for one in coming if one.stands is Stands.MANAGING),
        earlier=earlier,
        left_out=out,
        everybody=found.everybody,
        whole=found.whole,
        batches=1 + ceil(max(0, len(coming) - 1) / size),
        batch_size=size,
        checks=items,
        exposure=exposure,
        reason=order.reason,
        requested_by=order.requested_by,
        only_manage=order.to == MANAGE_ONLY,
        desk=desk_of(settings.platform.accounts, [one.strategy_id for one in coming]) if coming else "default",
        needed=settings.approvals.needed["resume"],
        break_glass_after=limits.break_glass_after if settings.resume.break_glass else None,
        ratify_hours=max(1, limits.ratify_within // HOUR),
        again=again,
    )


def _told(switch: KillSwitchFact) -> str:
    return kill_switch.told(switch) if switch.engaged else "released"


def _nothing() -> Scope:
    return Scope(halt_id=None, halts=(), stops=hash_of(()), whole=False, total=0)


def _ended(verdict: str, reason: str, scope: Scope, *lost: str) -> Response:
    return Response.model_validate(
        {"verdict": verdict, "reason": reason, "question": None, "scope": scope, "forgotten": lost}
    )
