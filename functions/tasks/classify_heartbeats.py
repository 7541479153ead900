"""The verdict: which cause, which remedy, for which strategies - by the pure rule, with its evidence."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Evidence
from functions.ports import Ports
from functions.rules.classify import classify
from functions.rules.plan import Group
from functions.rules.situation import Policy, Situation
from functions.runtime import task
from functions.settings import Settings
from functions.stages import MOST, Facts, Found

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    found: Found
    facts: Facts


class Response(Frozen):
    verdict: str
    reason: str
    groups: tuple[Group, ...]
    strategy_ids: tuple[str, ...]


@task(Request, needs=("clock.now", "incidents.note"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    found, facts, now = request.found, request.facts, ports.clock.now()
    situation = Situation(
        stale=found.stale,
        beating=found.beating,
        service=facts.service.fact,
        logs=facts.logs.fact,
        exchange=facts.exchange.fact or {},
        database=facts.database.fact,
        network=facts.network.fact,
        exposure=facts.exposure.fact,
        kill_switch=found.kill_switch,
        alarm=found.alarm,
        besides=found.besides,
        stale_total=found.stale_total,
    )
    plan = classify(situation, Policy.of(settings.limits, settings.platform.cluster), now)
    evidence = [e for group in plan.groups for e in group.evidence]
    verdict = Evidence("verdict", "functions/rules/classify.py", f"{plan.verdict}: {plan.reason}", now)
    causes = sorted({group.cause for group in plan.groups})
    ports.incidents.note(request.run.incident_id, [*evidence[:50], verdict], cause=", ".join(causes) or None)
    return Response(
        verdict=plan.verdict,
        reason=plan.reason,
        groups=plan.groups,
        strategy_ids=tuple(s.strategy_id for s in found.stale[:MOST]),
    )
