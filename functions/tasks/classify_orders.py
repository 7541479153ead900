"""Judges why orders fail: every cause with its evidence, and what is done about each."""

from __future__ import annotations

from functions import guarding
from functions.contracts import Frozen, Run
from functions.orders.judging import evidence_of
from functions.ports import Ports
from functions.rules.orders.classify import classify
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderPlan
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 20
MEMORY_MB = 256


class Request(Frozen):
    run: Run
    facts: OrderFacts


Response = OrderPlan


@task(Request, needs=("clock.now", "incidents.note", *guarding.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> OrderPlan:
    run, now = request.run, ports.clock.now()
    plan = classify(
        request.facts,
        settings=settings.orders,
        now=now,
        kill_switch=guarding.kill_switch_or_none(ports),
        only=run.strategy_id,
    )
    noted = evidence_of(plan, request.facts, settings.platform.log_group, now)
    ports.incidents.note(run.incident_id, noted, strategy_ids=plan.strategy_ids)
    return plan
