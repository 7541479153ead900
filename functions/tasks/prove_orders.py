"""Judges whether the remedies of a round have helped, and whether another cause has appeared meanwhile."""

from __future__ import annotations

from functions import guarding
from functions.contracts import Frozen
from functions.facts import Evidence, Result
from functions.orders.proving import in_flight, prove, proven
from functions.orders.state import Proof
from functions.ports import Ports
from functions.rules.orders.causes import Remedy
from functions.rules.orders.classify import classify
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import Verdict, groups_of
from functions.rules.orders.proof import appeared
from functions.rules.orders.words import of_cause, word_of
from functions.runtime import task
from functions.settings import Settings

ACT = False
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    proof: Proof
    facts: OrderFacts


class Response(Proof):
    pass


@task(Request, needs=("clock.now", "incidents.note", *guarding.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    proof, facts, orders = request.proof, request.facts, settings.orders
    run, now = proof.run, ports.clock.now()
    left = proof.looks_left - 1
    found = prove(proof, facts, settings, now=now, last=left <= 0)
    if found is None:
        return Response(**{**dict(proof), "looks_left": left, "why": "too early to tell"})
    plan = classify(
        facts,
        settings=orders,
        now=now,
        kill_switch=guarding.kill_switch_or_none(ports),
        only=run.strategy_id,
    )
    treated = [one.group for one in proof.next.remedied]
    new = appeared((*groups_of(plan), *plan.left), (*treated, *proof.plan.left))
    failed = any(one.result is Result.NOT_DONE for one in found)
    curable = any(group.remedy is not Remedy.ESCALATE for group in new)
    another = (failed or curable) and plan.verdict is Verdict.ACT and proof.number < orders.rounds
    judged = proof.model_copy(
        update={
            "proofs": found,
            "appeared": new,
            "blind": plan.blind,
            "looks_left": left,
            "again": False,
            "another": another,
        }
    )
    words = {one.group.group_id: word_of(one.group) for one in proof.next.remedied}
    evidence = [
        Evidence(f"proof, {words[one.group_id]}: {one.result.value}", settings.platform.log_group, one.why, now)
        for one in found
    ]
    evidence += [Evidence("appeared meanwhile", group.venue or "the log", of_cause(group), now) for group in new]
    # From here on the checklist reads the log: what failed before belongs to the trouble that was cured.
    ports.incidents.note(run.incident_id, evidence, cured_at=proof.since + in_flight(settings))
    why = "; ".join(one.why for one in found) or "nothing was to be proven"
    return Response(**{**dict(judged), "next": proven(proof, found), "why": why})
