"""Switches strategies to their fallback exchange, as a person has chosen; what has anything open by now stays."""

from __future__ import annotations

from collections.abc import Sequence

from functions import switch_facts
from functions.contracts import Answer, Frozen
from functions.facts import Evidence, Reading, Result
from functions.ports import Ports
from functions.rules.pieces import AfterAsking
from functions.rules.proposals import names
from functions.rules.switch_exchange import Switch
from functions.runtime import task
from functions.settings import Settings
from functions.switch_acts import NEEDS, follow_ups, is_ours, kept, switch_one
from functions.switching import Switched, SwitchPlan, back_again, outcome

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)


class Request(Frozen):
    plan: SwitchPlan
    answer: Answer


class Response(Switched):
    pass


@task(Request, needs=(*NEEDS, *switch_facts.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan, answer = request.plan, request.answer
    configs = {
        c.strategy_id: c for c in switch_facts.configs(ports, settings, [s.strategy_id for s in plan.switches])
    }
    begun = any(is_ours(configs[s.strategy_id], s, plan) for s in plan.switches)
    probe = None if begun else switch_facts.probe(ports, settings, plan.venue)
    if probe is not None and probe.reading is Reading.OK:
        why = f"{plan.venue} answers again ({probe.detail}): nothing was switched"
        return Response(**dict(back_again(plan, answer, why, ports.clock.now())))
    seen = switch_facts.read(ports, settings, plan.venue, tuple(configs.values()))
    effects = [switch_one(one, configs[one.strategy_id], plan, seen, ports, settings) for one in plan.switches]
    effects += [kept(left.strategy_id, left.why) for left in plan.kept]
    done = [s for s, e in zip(plan.switches, effects, strict=False) if e.result is not Result.NOT_DONE]
    _note(request, ports, settings, tuple(follow_ups(done, plan, settings)))
    told = f"{sum(e.result is Result.DONE for e in effects)} of {len(effects)} strategies switched"
    return Response(
        keep_waiting=False,
        wait=plan.wait,
        result=outcome(plan, told, answer, AfterAsking.ACTED, strategies=tuple(effects), known=_known(done, plan)),
    )


def _known(done: Sequence[Switch], plan: SwitchPlan) -> tuple[str, ...]:
    """One line in what people are told; the commands are long, and a message that is cut must not lose its end."""
    if not done:
        return ()
    whom, where = names([one.strategy_id for one in done]), " and ".join(sorted({one.fallback for one in done}))
    return (
        f"switch back from {where} to {plan.venue} once that is well and they have nothing open: {whom}; "
        f"the command of each stands in `runbooks incidents show {plan.run.incident_id}`",
    )


def _note(request: Request, ports: Ports, settings: Settings, ways: Sequence[str]) -> None:
    """What the person declared, and the way back of every strategy."""
    plan, now = request.plan, ports.clock.now()
    options = plan.question.options if plan.question else ()
    chosen = next((one for one in options if one.id == request.answer.decision), None)
    who = " and ".join(request.answer.decided_by) or "nobody named"
    declared = [Evidence("declared", f"by {who}", chosen.statement, now)] if chosen and chosen.statement else []
    follow = [Evidence("follow-up", settings.platform.strategy_config_table, line, now) for line in ways]
    ports.incidents.note(plan.run.incident_id, [*declared, *follow])
